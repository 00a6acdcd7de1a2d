import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { retrieveAvailableEntityTypes } from './retrieve-available-entity-types.ts'

/** 5.2.25 */
export interface EntityTypeDetails {
  readonly type: string
  readonly attributes: readonly string[]
}

/** 5.7.6 Retrieve Details of Available Entity Types */
export async function retrieveDetailsOfAvailableEntityTypes(
  context: OperationContext,
  call: Call,
): Promise<readonly EntityTypeDetails[]> {
  const types = await retrieveAvailableEntityTypes(context, call)
  const tallies = await context.store.entities.countAttributes(call)
  const attributes = new Map(types.map((type) => [type, new Set<string>()]))
  for (const { type, attribute } of tallies) if (type !== undefined) attributes.get(type)?.add(attribute)
  return [...attributes].map(([type, names]) => ({ type, attributes: [...names] }))
}
