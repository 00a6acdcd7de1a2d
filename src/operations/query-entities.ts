import { badRequest } from '../core/model/problems.ts'
import { CORE } from '../core/model/uri.ts'
import type { EntityFilter, EntityQuery, TypeSelection } from '../core/query/ast.ts'
import { linkDepth, namesAttribute } from '../core/query/parse-query.ts'
import type { Call } from '../ports/call.ts'
import type { EntityPage, KnownState, Store } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** A page, and where in the result it really begins. */
export interface FoundPage extends EntityPage {
  readonly offset: number
}

/**
 * 5.7.2 Query Entities, before any projection.
 * @param local the scope is local, so that nothing more has to be given
 * @param known of which states of entities nothing need be read
 */
export async function queryEntities(
  { store }: OperationContext,
  call: Call,
  query: EntityQuery,
  local: boolean,
  known?: KnownState,
): Promise<FoundPage> {
  refuseTooWide(query.filter, local)
  const page = await store.entities.query(call, query, known)
  if (page.entities.length > 0 || query.offset === 0 || query.limit === 0) return { ...page, offset: query.offset }
  return lastElement(store, call, query)
}

/** 6.3.10: "If offset is set to a value larger than the result set … only the last element of the result set is to be returned if there are any results." */
async function lastElement(store: Store, call: Call, query: EntityQuery): Promise<FoundPage> {
  const { total = 0, plan } = await store.entities.query(call, { ...query, limit: 0, offset: 0, count: true })
  const counted = query.count ? { total } : {}
  const offset = Math.max(0, total - 1)
  if (total === 0) return { entities: [], offset, plan, ...counted }
  const last = await store.entities.query(call, { ...query, limit: 1, offset, count: false })
  return { ...last, offset, ...counted }
}

/** 4.8: what the system makes, so that all entities have it. */
const SYSTEM: ReadonlySet<string> = new Set(
  ['createdAt', 'modifiedAt', 'deletedAt', 'expiresAt'].map((name) => CORE + name),
)

/** 5.7.2.4: "If none of the above is provided, then an error of type BadRequestData shall be raised (too wide query)." */
export function refuseTooWide({ types, alternatives, attributes, q, geo }: EntityFilter, local: boolean): void {
  const selections: readonly (TypeSelection | undefined)[] = alternatives?.map((each) => each.types) ?? [types]
  const narrow =
    selections.every((selection) => selection !== undefined) ||
    // "list of Attribute names, including at least one non-system Attribute"
    attributes?.some((name) => !SYSTEM.has(name)) ||
    // "NGSI-LD Query, including at least one non-system Attribute"
    (q !== undefined && namesAttribute(q, SYSTEM)) ||
    geo !== undefined
  if (!narrow && !local) {
    throw badRequest(
      'the query is too wide: add type=… (or type=* for all), attrs=…, a q of some Attribute, a geoquery, or local=true',
    )
  }
}

/**
 * 5.7.2.4: "If the filter conditions specified by the query includes Linked Entity attributes, and the use of Linked
 * Entity retrieval is not specified, or the Linked Entity attribute query depth exceeds the Linked Entity retrieval
 * depth, an error of type BadRequestData shall be raised (too deep query)."
 * @param joinLevel 0 where no Linked Entity retrieval is specified
 */
export function refuseTooDeep({ q }: EntityFilter, joinLevel: number): void {
  const depth = q === undefined ? 0 : linkDepth(q)
  if (depth <= joinLevel) return
  throw badRequest(
    joinLevel === 0
      ? 'the query follows Relationships to linked entities; this needs their retrieval: add join=inline or join=flat'
      : `the query follows ${depth} Relationships, joinLevel is ${joinLevel}; raise it, or follow fewer`,
    'q',
  )
}
