import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import type { OperationContext } from './operation-context.ts'
import { found } from './target-entity.ts'

/** 5.6.10 Batch Entity Delete. */
export function batchEntityDelete(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<null>[],
): Promise<BatchOutcome<void>> {
  return runBatch(context, call, items, (id) => (current) => {
    found(current, { id })
    return { entity: null, result: undefined }
  })
}
