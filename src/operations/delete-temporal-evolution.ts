import type { Call } from '../ports/call.ts'
import { noSuchEvolution } from './no-such-evolution.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.16 Delete Temporal Evolution of an Entity. Throws ResourceNotFound. */
export async function deleteTemporalEvolution({ store }: OperationContext, call: Call, id: string): Promise<void> {
  if (!(await store.history.deleteEvolution(call, id))) throw noSuchEvolution(id)
}
