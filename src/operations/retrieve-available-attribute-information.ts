import { notFound } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import { type AttributeDetails, detailsOf } from './attribute-details.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.7.10 Retrieve Available Attribute Information. Throws ResourceNotFound. */
export async function retrieveAvailableAttributeInformation(
  { store }: OperationContext,
  call: Call,
  attribute: string,
): Promise<AttributeDetails> {
  const [details] = detailsOf(await store.entities.countAttributes(call, { attribute }))
  if (details === undefined) throw notFound(`no entity has the Attribute ${attribute}`)
  return details
}
