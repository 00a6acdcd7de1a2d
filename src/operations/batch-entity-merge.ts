import type { EntityFragment } from '../core/model/fragment.ts'
import { type MergeOptions, mergeEntity } from '../core/model/merge.ts'
import type { Update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import type { OperationContext } from './operation-context.ts'
import { found } from './target-entity.ts'

const OPTIONS: MergeOptions = { simplified: false }

/** 5.6.20 Batch Entity Merge. */
export function batchEntityMerge(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<EntityFragment>[],
): Promise<BatchOutcome<Update>> {
  return runBatch(context, call, items, (id, fragment) => (current, now) => {
    const update = mergeEntity(found(current, { id }), fragment, OPTIONS, now)
    return { entity: update.entity, result: update }
  })
}
