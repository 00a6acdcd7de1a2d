import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { found, type Target } from './target-entity.ts'

/** 5.6.6 Delete Entity. Throws ResourceNotFound. */
export async function deleteEntity({ store }: OperationContext, call: Call, target: Target): Promise<void> {
  await store.entities.write(call, target.id, (current) => {
    found(current, target)
    return { entity: null, result: undefined }
  })
}
