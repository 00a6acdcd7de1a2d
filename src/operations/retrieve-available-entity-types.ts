import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.7.5 Retrieve Available Entity Types */
export async function retrieveAvailableEntityTypes(
  { store }: OperationContext,
  call: Call,
): Promise<readonly string[]> {
  return [...(await store.entities.countTypes(call)).keys()]
}
