import { createEntity, replaceEntity } from '../core/model/build.ts'
import type { CompleteEntityFragment } from '../core/model/fragment.ts'
import { updateAttributes } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import { ensureTenant } from './ensure-tenant.ts'
import type { OperationContext } from './operation-context.ts'

/**
 * 5.6.8 Batch Entity Creation or Update (Upsert); each value says whether the entity was created.
 * Creates the Tenant where it does not exist: an extension of 5.5.10, so that a first load needs no other operation.
 */
export async function batchEntityUpsert(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<CompleteEntityFragment>[],
  mode: 'replace' | 'update',
): Promise<BatchOutcome<'created' | 'updated'>> {
  await ensureTenant(context, call)
  const now = context.clock.now()
  return runBatch<CompleteEntityFragment, 'created' | 'updated'>(context, call, items, (id, fragment) => (current) => {
    if (current === undefined) return { entity: createEntity(id, fragment, now), result: 'created' }
    if (mode === 'replace') return { entity: replaceEntity(current, fragment, now), result: 'updated' }
    return { entity: updateAttributes(current, fragment, now).entity, result: 'updated' }
  })
}
