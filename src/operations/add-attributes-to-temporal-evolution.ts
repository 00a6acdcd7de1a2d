import type { DecodedEvolution } from '../core/representation/decode-evolution.ts'
import type { Call } from '../ports/call.ts'
import { noSuchEvolution } from './no-such-evolution.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.12 Add Attributes to Temporal Evolution of an Entity. Throws ResourceNotFound. */
export async function addAttributesToTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  id: string,
  evolution: DecodedEvolution,
): Promise<void> {
  if ((await store.history.add(call, id, evolution, 'refuse')) === 'absent') throw noSuchEvolution(id)
}
