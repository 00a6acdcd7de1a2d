import { createEntity } from '../core/model/build.ts'
import type { CompleteEntityFragment } from '../core/model/fragment.ts'
import type { Call } from '../ports/call.ts'
import type { Change } from '../ports/store.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import { alreadyExists } from './create-entity.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.7 Batch Entity Creation. */
export function batchEntityCreation(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<CompleteEntityFragment>[],
): Promise<BatchOutcome<void>> {
  const changeFor =
    (id: string, fragment: CompleteEntityFragment): Change<void> =>
    (current, now) => {
      if (current !== undefined) throw alreadyExists(id)
      return { entity: createEntity(id, fragment, now), result: undefined }
    }
  return runBatch(context, call, items, changeFor, 'make')
}
