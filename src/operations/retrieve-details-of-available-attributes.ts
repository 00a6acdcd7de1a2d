import type { Call } from '../ports/call.ts'
import { type AttributeDetails, detailsOf } from './attribute-details.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.7.9 Retrieve Details of Available Attributes */
export async function retrieveDetailsOfAvailableAttributes(
  { store }: OperationContext,
  call: Call,
): Promise<readonly AttributeDetails[]> {
  return detailsOf(await store.entities.countAttributes(call))
}
