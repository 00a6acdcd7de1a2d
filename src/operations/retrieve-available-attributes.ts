import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.7.8 Retrieve Available Attributes */
export async function retrieveAvailableAttributes({ store }: OperationContext, call: Call): Promise<readonly string[]> {
  return [...new Set((await store.entities.countAttributes(call)).map(({ attribute }) => attribute))]
}
