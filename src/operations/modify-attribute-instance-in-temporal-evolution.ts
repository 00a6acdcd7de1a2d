import type { NewInstance } from '../core/history/past-instance.ts'
import type { Call } from '../ports/call.ts'
import { checkOutcome } from './no-such-evolution.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.14 Modify Attribute instance in Temporal Evolution of an Entity. Throws ResourceNotFound, BadRequestData. */
export async function modifyAttributeInstanceInTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  { id, attribute, instanceId }: { readonly id: string; readonly attribute: string; readonly instanceId: string },
  instance: NewInstance,
): Promise<void> {
  const outcome = await store.history.replaceInstance(call, id, attribute, instanceId, instance)
  checkOutcome(outcome, id, attribute, ` ${instanceId}`)
}
