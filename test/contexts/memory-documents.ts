import { Problem } from '../../src/core/model/problems.ts'
import type { DocumentStore, TenantStore } from '../../src/ports/store.ts'

/** Documents as JSON text by Tenant, kind and id: what a store keeps of them, over a restart of what is tested. */
export function createMemoryStore(): { readonly documents: DocumentStore; readonly tenants: TenantStore } {
  const tenants = new Map<string, Map<string, string>>([['', new Map()]])
  const of = (tenant: string): Map<string, string> => {
    const found = tenants.get(tenant)
    if (found === undefined) throw new Problem('NonexistentTenant', `There is no Tenant ${tenant}.`)
    return found
  }
  return {
    documents: {
      get: async (call, kind, id) => parse(of(call.tenant).get(`${kind}\n${id}`)),
      put: async (call, kind, id, document) => {
        of(call.tenant).set(`${kind}\n${id}`, JSON.stringify(document))
      },
      change: async (call, kind, id, change) => {
        const key = `${kind}\n${id}`
        const { document, result } = change(parse(of(call.tenant).get(key)))
        if (document === null) of(call.tenant).delete(key)
        else if (document !== undefined) of(call.tenant).set(key, JSON.stringify(document))
        return result
      },
      count: async (call, kind) => [...of(call.tenant).keys()].filter((key) => key.startsWith(`${kind}\n`)).length,
      delete: async (call, kind, id) => of(call.tenant).delete(`${kind}\n${id}`),
      list: async (call, kind) =>
        [...of(call.tenant)]
          .filter(([key]) => key.startsWith(`${kind}\n`))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, text]) => ({ id: key.slice(kind.length + 1), document: parse(text) })),
    },
    tenants: {
      exists: async (name) => tenants.has(name),
      create: async (name) => {
        if (!tenants.has(name)) tenants.set(name, new Map())
      },
      list: async () => [...tenants.keys()].filter((name) => name !== '').sort(),
    },
  }
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : JSON.parse(text)
}
