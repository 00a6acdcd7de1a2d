import { notFound } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import { type AttributeDetails, detailsOf } from './attribute-details.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.2.26 */
export interface EntityTypeInformation {
  readonly type: string
  readonly count: number
  readonly attributes: readonly AttributeDetails[]
}

/** 5.7.7 Retrieve Available Entity Type Information. Throws ResourceNotFound. */
export async function retrieveAvailableEntityTypeInformation(
  { store }: OperationContext,
  call: Call,
  type: string,
): Promise<EntityTypeInformation> {
  const count = (await store.entities.countTypes(call)).get(type)
  if (count === undefined) throw notFound(`there is no entity of the type ${type}`)
  return { type, count, attributes: detailsOf(await store.entities.countAttributes(call, { type })) }
}
