/** JSON-LD's context processing, by the `jsonld` package, of @contexts whose URLs have been followed already. */

import jsonld from 'jsonld'
import type { TermDefinitions } from '../core/jsonld/definitions.ts'
import type { JsonObject } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'

/** The package's own state: what has been defined so far. */
interface ActiveContext {
  readonly mappings: TermDefinitions
  readonly protected: object
  clone(): ActiveContext
}

/** What the package offers beyond its published types. */
interface ContextProcessor {
  processContext(active: ActiveContext | null, local: unknown, options: object): Promise<ActiveContext>
}

const processor = jsonld as unknown as ContextProcessor

/**
 * In place of the package's resolver, which keeps the last hundred @contexts with their texts, whatever their size:
 * what is worth keeping is kept by us, within a bound.
 */
const contextResolver = {
  resolve: async ({ context }: { readonly context: unknown }) => {
    const members = membersOf(context)
    return members.map((document) => {
      if (typeof document === 'string') throw new Error(`a reference to ${document} stands where none is allowed.`)
      return { document, getProcessed: () => undefined, setProcessed: () => undefined }
    })
  },
}

const options = { base: '', contextResolver }

/** Throws BadRequestData, naming `where`, when the @context is invalid. A null member takes back what came before it. */
export async function processMembers(members: readonly (JsonObject | null)[], where: string): Promise<TermDefinitions> {
  try {
    let active = await begin()
    for (const part of betweenNulls(members)) {
      if (part === null) {
        await processor.processContext(active, { '@context': [null] }, options)
        active = await begin()
      } else active = await processor.processContext(active, { '@context': part }, options)
    }
    return active.mappings
  } catch (error) {
    throw badRequest(`${where} is invalid: ${explain(error)}`)
  }
}

/**
 * The package copies all that is defined so far before each member, to be able to go back, which takes a second where a
 * hundred members follow a large one. Here nobody goes back, so its copy is the state itself.
 */
async function begin(): Promise<ActiveContext> {
  const initial = await processor.processContext(null, null, options)
  const active: ActiveContext = { ...initial, mappings: new Map(), protected: {}, clone: () => active }
  return active
}

/** Null begins anew, which the package would do with a state of its own. */
function betweenNulls(members: readonly (JsonObject | null)[]): readonly (readonly JsonObject[] | null)[] {
  const parts: (JsonObject[] | null)[] = []
  for (const member of members) {
    const last = parts.at(-1)
    if (member === null) parts.push(null)
    else if (last === undefined || last === null) parts.push([member])
    else last.push(member)
  }
  return parts
}

function membersOf(context: unknown): readonly unknown[] {
  const inner = (context as { readonly '@context'?: unknown } | null)?.['@context'] ?? context
  return Array.isArray(inner) ? inner : [inner]
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const term = 'details' in error ? (error.details as { readonly term?: unknown } | undefined)?.term : undefined
  return typeof term === 'string' ? `${error.message} (term "${term}")` : error.message
}
