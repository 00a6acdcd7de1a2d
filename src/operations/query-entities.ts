import { badRequest } from '../core/model/problems.ts'
import { CORE } from '../core/model/uri.ts'
import type { EntityFilter, EntityQuery } from '../core/query/ast.ts'
import type { Call } from '../ports/call.ts'
import type { EntityPage, Store } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** A page, and where in the result it really begins. */
interface FoundPage extends EntityPage {
  readonly offset: number
}

/** 5.7.2 Query Entities, before any projection. `local`: the scope is local, so that nothing more has to be given. */
export async function queryEntities(
  { store }: OperationContext,
  call: Call,
  query: EntityQuery,
  local: boolean,
): Promise<FoundPage> {
  refuseTooWide(query.filter, local)
  const page = await store.entities.query(call, query)
  if (page.entities.length > 0 || query.offset === 0 || query.limit === 0) return { ...page, offset: query.offset }
  return lastElement(store, call, query)
}

/** 6.3.10: "If offset is set to a value larger than the result set … only the last element of the result set is to be returned if there are any results." */
async function lastElement(store: Store, call: Call, query: EntityQuery): Promise<FoundPage> {
  const { total = 0 } = await store.entities.query(call, { ...query, limit: 0, offset: 0, count: true })
  const offset = Math.max(0, total - 1)
  const { entities } =
    total === 0 ? { entities: [] } : await store.entities.query(call, { ...query, limit: 1, offset, count: false })
  return { entities, offset, ...(query.count && { total }) }
}

const SYSTEM = new Set(['createdAt', 'modifiedAt', 'deletedAt', 'expiresAt'].map((name) => CORE + name))

/** 5.7.2.4: "If none of the above is provided, then an error of type BadRequestData shall be raised (too wide query)." */
export function refuseTooWide({ types, attributes }: EntityFilter, local: boolean): void {
  // "list of Attribute names, including at least one non-system Attribute"
  const narrow = types !== undefined || attributes?.some((name) => !SYSTEM.has(name))
  if (!narrow && !local) {
    throw badRequest('the query is too wide: add type=… (or type=* for all), attrs=…, or local=true')
  }
}
