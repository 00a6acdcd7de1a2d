import type { DecodedEvolution } from '../core/representation/decode-evolution.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.11 Create or Update (Upsert) Temporal Evolution of an Entity. Returns whether it was created. */
export async function createOrUpdateTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  id: string,
  evolution: DecodedEvolution,
): Promise<boolean> {
  return (await store.history.add(call, id, evolution, 'make', 'make')) === 'created'
}
