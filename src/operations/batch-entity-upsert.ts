import { createEntity, replaceEntity } from '../core/model/build.ts'
import { type CompleteEntityFragment, removes } from '../core/model/fragment.ts'
import { badRequest } from '../core/model/problems.ts'
import { updateAttributes } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import type { Change } from '../ports/store.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import type { OperationContext } from './operation-context.ts'

/**
 * 5.6.8 Batch Entity Creation or Update (Upsert); each value says whether the entity was created.
 * Creates the Tenant where it does not exist: an extension of 5.5.10, so that a first load needs no other operation.
 */
export function batchEntityUpsert(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<CompleteEntityFragment>[],
  mode: 'replace' | 'update',
): Promise<BatchOutcome<'created' | 'updated'>> {
  const changeFor =
    (id: string, fragment: CompleteEntityFragment, at: string): Change<'created' | 'updated'> =>
    (current, now) => {
      if (current === undefined) return { entity: createEntity(id, complete(fragment, at), now), result: 'created' }
      if (mode === 'replace') return { entity: replaceEntity(current, fragment, now), result: 'updated' }
      return { entity: updateAttributes(current, fragment, now).entity, result: 'updated' }
    }
  return runBatch(context, call, items, changeFor, 'make')
}

/** 5.6.8.4: what does not exist is created "executing the behaviour defined by clause 5.6.1", which removes nothing (5.5.4). */
function complete(fragment: CompleteEntityFragment, at: string): CompleteEntityFragment {
  if (!removes(fragment)) return fragment
  throw badRequest(
    'the entity does not exist, so there is nothing that "urn:ngsi-ld:null" could remove; leave it out',
    at,
  )
}
