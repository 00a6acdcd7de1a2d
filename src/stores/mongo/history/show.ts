/** What is shown of evolutions that were found. */

import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { EvolutionPage, FoundEvolution } from '../../../ports/history.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import type { Judged } from './judge.ts'
import { type Aggregated, countOf, readAggregates } from './read-aggregates.ts'
import { readInstances } from './read-instances.ts'
import { headOf } from './selected.ts'
import type { Asking } from './sources.ts'

/** Reads what is wanted of evolutions that were selected, in their order. Throws TooManyResults where they have more periods together than are wanted. */
export async function show(
  database: Asking,
  page: readonly Judged[],
  selection: InstanceSelection,
  wanted: Wanted,
): Promise<EvolutionPage> {
  const heads = await Promise.all(page.map(({ evolution }) => headOf(database, evolution.head)))
  const evolutions = page.map(({ evolution }) => evolution)
  const withScope = (i: number) => {
    const before = page[i]?.scopeBefore
    return before === undefined ? {} : { scopeBefore: [before] }
  }
  if (wanted.kind === 'instances') {
    const { found, cutAt } = await readInstances(database, evolutions, selection, wanted)
    const shown = heads.map((head, i): FoundEvolution => ({ ...head, instances: found[i] ?? {}, ...withScope(i) }))
    return { evolutions: shown, ...(cutAt !== undefined && { cutAt }) }
  }
  const all: Aggregated[] = []
  let most = wanted.most
  // One after the other: an aggregation is as much as a database does at a time.
  for (const evolution of wanted.methods.length === 0 ? [] : evolutions) {
    const aggregated = await readAggregates(database, evolution, selection, { ...wanted, most })
    most -= countOf(aggregated.attributes)
    if (most < 0) throw tooManyPeriods()
    all.push(aggregated)
  }
  return {
    evolutions: heads.map((head, i) => ({ ...head, aggregates: all[i]?.attributes ?? {}, ...withScope(i) })),
    ...(all.some(({ isSummarized }) => isSummarized) && { isSummarized: true }),
    ...(all.some(({ lacksSummarized }) => lacksSummarized) && { lacksSummarized: true }),
  }
}
