import { withoutAttributes } from '../core/model/attribute.ts'
import { badRequest } from '../core/model/problems.ts'
import type { EntityFilter } from '../core/query/ast.ts'
import { matches } from '../core/query/evaluate.ts'
import { linkDepth } from '../core/query/parse-query.ts'
import type { Call } from '../ports/call.ts'
import type { Change, Cursor } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'
import { refuseTooWide } from './query-entities.ts'

/** What goes of the entities that are selected: all of them, or some of their Attributes (IRIs). */
export type Purged = 'entities' | { readonly drop: ReadonlySet<string> } | { readonly keep: ReadonlySet<string> }

/** Entities taken in one step, so that a purge of everything delays nobody. */
const STEP = 500

/**
 * 5.6.21 Purge Entities. What matches while it runs goes; an entity that a concurrent write took out of the selection
 * stays.
 */
export async function purgeEntities(
  { store }: OperationContext,
  call: Call,
  filter: EntityFilter,
  purged: Purged,
  local: boolean,
): Promise<void> {
  refuseTooWide(filter, local)
  refuseLinked(filter)
  const change = changeFor(filter, purged)
  let cursor: Cursor | undefined
  do {
    const { ids, next } = await store.entities.walk(call, filter, STEP, cursor)
    const settled = await store.entities.writeMany(
      call,
      ids.map((id) => ({ id, change })),
    )
    for (const outcome of settled) if (!outcome.ok) throw outcome.problem
    cursor = next
  } while (cursor !== undefined)
}

/** 5.6.21.4: "If the filter conditions specified by the query includes Linked Entity attributes then … BadRequestData" */
function refuseLinked({ q }: EntityFilter): void {
  if (q === undefined || linkDepth(q) === 0) return
  throw badRequest(
    'follows Relationships to linked entities, which a purge does not; name Attributes of the entities themselves',
    'q',
  )
}

function changeFor(filter: EntityFilter, purged: Purged): Change<void> {
  return (current, now) => {
    if (current === undefined || !matches(current, filter)) return { result: undefined }
    if (purged === 'entities') return { entity: null, result: undefined }
    const goes = (name: string) => ('drop' in purged ? purged.drop.has(name) : !purged.keep.has(name))
    return { entity: withoutAttributes(current, goes, now), result: undefined }
  }
}
