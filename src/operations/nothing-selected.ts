/** Why nothing of an evolution that is there has been found. */

import type { InstanceSelection, Wanted } from '../core/history/selection.ts'
import { notFound, type Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { HistoryStore } from '../ports/history.ts'

interface Asked {
  readonly selection: InstanceSelection
  readonly wanted: Wanted
  /** IRIs of the Attributes that were asked for by name. */
  readonly named: readonly string[]
}

/** Of each Attribute and dataset one. */
const COUNTS: Wanted = { kind: 'aggregates', methods: ['totalCount'], most: Number.MAX_SAFE_INTEGER }

/** It is asked for only once nothing was found. */
export async function nothingSelected(
  history: HistoryStore,
  call: Call,
  id: string,
  { selection, wanted, named }: Asked,
): Promise<Problem> {
  const which = `the temporal evolution of ${id}`
  const { lastN: _, ...all } = selection
  if (wanted.kind === 'instances' && (await attributesOf(history, call, id, all, COUNTS)).length > 0)
    return notFound(
      `${which} has only summaries left of what was asked for; see format=aggregatedValues, timerel and timeAt`,
    )
  const missing = await missingOf(history, call, id, named)
  if (missing.length > 0 && missing.length === named.length)
    return notFound(
      `${which} has no Attribute ${listed(missing)}; see attrs, pick and the @context, by which names are IRIs`,
    )
  const none = missing.length === 0 ? '' : `, and no Attribute ${listed(missing)}`
  return notFound(
    `${which} has nothing with ${selection.timeProperty} of the Attributes in the time that was asked for${none}; see attrs, datasetId, timerel, timeAt and timeproperty`,
  )
}

/** Those of which there is nothing at any time, not even a summary. */
async function missingOf(
  history: HistoryStore,
  call: Call,
  id: string,
  named: readonly string[],
): Promise<readonly string[]> {
  const beside = async (names: readonly string[], last: object, wanted: Wanted) => {
    if (names.length === 0) return names
    const selection = { timeProperty: 'observedAt', onlyTimed: false, only: names, ...last } as const
    const found = new Set(await attributesOf(history, call, id, selection, wanted))
    return names.filter((name) => !found.has(name))
  }
  const withoutInstances = await beside(named, { lastN: 1 }, { kind: 'instances', most: named.length })
  return await beside(withoutInstances, {}, COUNTS)
}

async function attributesOf(
  history: HistoryStore,
  call: Call,
  id: string,
  selection: InstanceSelection,
  wanted: Wanted,
): Promise<readonly string[]> {
  const { evolutions = [] } = (await history.retrieve(call, id, selection, wanted)) ?? {}
  return evolutions.flatMap(({ instances, aggregates }) => Object.keys(instances ?? aggregates ?? {}))
}

/** Names that are told; of more it is told how many. */
const TOLD = 5

function listed(names: readonly string[]): string {
  const more = names.length - TOLD
  return more > 0 ? `${names.slice(0, TOLD).join(', ')} and ${more} more` : names.join(', ')
}
