import type { Call } from '../ports/call.ts'
import { checkOutcome } from './no-such-evolution.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.15 Delete Attribute instance from Temporal Evolution of an Entity. Throws ResourceNotFound. */
export async function deleteAttributeInstanceFromTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  { id, attribute, instanceId }: { readonly id: string; readonly attribute: string; readonly instanceId: string },
): Promise<void> {
  const outcome = await store.history.deleteInstance(call, id, attribute, instanceId)
  checkOutcome(outcome, id, attribute, ` ${instanceId}`)
}
