import type { EntityFragment } from '../core/model/fragment.ts'
import { Problem } from '../core/model/problems.ts'
import { appendAttributes, type Update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import type { OperationContext } from './operation-context.ts'
import { found } from './target-entity.ts'

/** 5.6.9 Batch Entity Update: "execute the behaviour defined by clause 5.6.3". */
export function batchEntityUpdate(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<EntityFragment>[],
  overwrite: boolean,
): Promise<BatchOutcome<Update>> {
  const now = context.clock.now()
  return runBatch(context, call, items, (id, fragment) => (current) => {
    const update = appendAttributes(found(current, { id }), fragment, overwrite, now)
    // An entity of which nothing was appended was not updated; the caller learns why.
    if (update.updated.length === 0 && update.notUpdated.length > 0 && update.entity === current) {
      throw new Problem('AlreadyExists', nothingUpdated(id, update))
    }
    return update.entity === current ? { result: update } : { entity: update.entity, result: update }
  })
}

function nothingUpdated(id: string, { notUpdated }: Update): string {
  const names = notUpdated.map(({ attributeName }) => attributeName)
  return `nothing of ${id} was updated: it has ${names.join(', ')} already, and noOverwrite was asked for`
}
