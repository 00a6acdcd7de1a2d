import { withoutAttributes } from '../core/model/attribute.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { EntityFilter } from '../core/query/ast.ts'
import { matches } from '../core/query/evaluate.ts'
import { linkDepth } from '../core/query/parse-query.ts'
import type { Call } from '../ports/call.ts'
import type { Change, Cursor, Store } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'
import { refuseTooWide } from './query-entities.ts'

/** What goes of the entities that are selected: all of them, or some of their Attributes (IRIs). */
export type Purged = 'entities' | { readonly drop: ReadonlySet<string> } | { readonly keep: ReadonlySet<string> }

/** Entities looked for at once: each time, what is selected is gone through from the start. Their ids are in memory. */
const FOUND = 10_000
/** Entities changed at once, between which it is seen whether anybody waits any more. */
const STEP = 250

/**
 * 5.6.21 Purge Entities. What matches all the while goes; an entity that a concurrent write took out of the selection
 * stays. Throws TooComplexQuery where the call's signal ends before; what has gone until then is gone.
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
    const { ids, next } = await store.entities.walk(call, filter, FOUND, cursor)
    await changeAll(store, call, ids, change)
    cursor = next
  } while (cursor !== undefined)
}

async function changeAll(store: Store, call: Call, ids: readonly string[], change: Change<void>): Promise<void> {
  for (let i = 0; i < ids.length; i += STEP) {
    if (call.signal().aborted) throw notFinished()
    const changes = ids.slice(i, i + STEP).map((id) => ({ id, change }))
    for (const outcome of await store.entities.writeMany(call, changes)) if (!outcome.ok) throw outcome.problem
  }
}

function notFinished(): Problem {
  return new Problem(
    'TooComplexQuery',
    'not all was purged within the time for a request (BOYA_REQUEST_TIMEOUT); what was stays so: ask again for the rest',
  )
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
