import type { InstanceSelection, Wanted } from '../core/history/selection.ts'
import type { Call } from '../ports/call.ts'
import type { EvolutionPage } from '../ports/history.ts'
import { refuseIneligible } from './eligible-attributes.ts'
import { noSuchEvolution } from './no-such-evolution.ts'
import { nothingSelected } from './nothing-selected.ts'
import type { OperationContext } from './operation-context.ts'

/** What is asked of evolutions, whichever they are. */
export interface EvolutionsAsked {
  readonly selection: InstanceSelection
  readonly wanted: Wanted
  /** IRIs of the Attributes that were asked for by name. */
  readonly named: readonly string[]
}

/** 5.7.3 Retrieve Temporal Evolution of an Entity: a page of one. Throws ResourceNotFound, InvalidRequest. */
export async function retrieveTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  id: string,
  { selection, wanted, named }: EvolutionsAsked,
): Promise<EvolutionPage> {
  const page = await store.history.retrieve(call, id, selection, wanted)
  if (page === undefined) throw noSuchEvolution(id)
  refuseIneligible(page, wanted, named)
  // 5.7.3.4: "if the time series, for all the concerned Attributes of an Entity, does not include data … such Entity shall be removed"
  const isEmpty = page.evolutions.every(({ instances = {}, aggregates = {} }) => {
    return Object.keys(instances).length === 0 && Object.keys(aggregates).length === 0
  })
  // Of a rest that is over, or has gone since the part before, it is told that nothing is left.
  const isRest = wanted.kind === 'instances' && wanted.beyond !== undefined
  if (isEmpty && !isRest && (selection.onlyTimed || named.length > 0))
    throw await nothingSelected(store.history, call, id, { selection, wanted, named })
  return page
}
