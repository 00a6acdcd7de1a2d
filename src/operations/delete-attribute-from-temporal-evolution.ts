import type { Call } from '../ports/call.ts'
import { checkOutcome } from './no-such-evolution.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.13 Delete Attribute from Temporal Evolution of an Entity; `'all'` stands for deleteAll. Throws ResourceNotFound. */
export async function deleteAttributeFromTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  id: string,
  attribute: string,
  which: { datasetId?: string } | 'all',
): Promise<void> {
  const outcome = await store.history.deleteAttribute(call, id, attribute, which)
  const dataset =
    which === 'all' ? '' : which.datasetId === undefined ? ' without datasetId' : ` with datasetId ${which.datasetId}`
  checkOutcome(outcome, id, attribute, dataset)
}
