import { createEntity } from '../core/model/build.ts'
import type { CompleteEntityFragment } from '../core/model/fragment.ts'
import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import { alreadyExists } from './create-entity.ts'
import { ensureTenant } from './ensure-tenant.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.7 Batch Entity Creation. */
export async function batchEntityCreation(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<CompleteEntityFragment>[],
): Promise<BatchOutcome<void>> {
  if (items.some((item) => 'fragment' in item)) await ensureTenant(context, call)
  const now = context.clock.now()
  return runBatch(context, call, items, (id, fragment) => (current) => {
    if (current !== undefined) throw alreadyExists(id)
    return { entity: createEntity(id, fragment, now), result: undefined }
  })
}
