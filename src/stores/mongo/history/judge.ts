/** Whether an evolution is selected (5.7.4.4), and within which times. */

import type { Period } from '../../../core/history/duration.ts'
import { type Conditions, createJudging } from '../../../core/history/judging.ts'
import { type PastInstance, SCOPE } from '../../../core/history/past-instance.ts'
import { scopeTimes } from '../../../core/history/scope-times.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { Attributes, Entity } from '../../../core/model/entity.ts'
import { matches } from '../../../core/query/evaluate.ts'
import type { EvolutionFilter, EvolutionQuery } from '../../../ports/history.ts'
import { pastInstance } from './codec.ts'
import { areAnyKept } from './kept-summaries.ts'
import { readInstances } from './read-instances.ts'
import { type SelectedEvolution, selectedEvolution } from './selected.ts'
import type { Asking } from './sources.ts'
import type { EvolutionDocument } from './stored.ts'

export interface Judged {
  readonly evolution: SelectedEvolution
  readonly scopeBefore?: PastInstance
}

/** Undefined where it is not selected. */
export async function judge(
  database: Asking,
  head: EvolutionDocument,
  filter: EvolutionFilter,
  { selection, wanted }: Pick<EvolutionQuery, 'selection' | 'wanted'>,
): Promise<Judged | undefined> {
  const { scopes, attributes, q, geo, ...selectors } = filter
  if (!matches(entityOf(head), selectors)) return undefined
  const times = scopes && scopeTimes(await scopesOf(database, head, selection), scopes, selection)
  if (times?.periods.length === 0) return undefined
  const isAny = (some: InstanceSelection, periods?: readonly Period[]) =>
    isAnySelected(database, head, some, wanted.kind, periods)
  if (!(await isAny(selection, times?.periods))) return undefined
  const during = timesOf(selection)
  if (attributes !== undefined && !(await isAny({ ...during, only: attributes }))) return undefined
  if (q !== undefined || geo !== undefined) {
    const conditions = { ...(q && { q }), ...(geo && { geo }) }
    if (!(await meets(database, head, conditions, during))) return undefined
  }
  const evolution = selectedEvolution(database, head, selection, times?.periods)
  return { evolution, ...(times?.before && { scopeBefore: times.before }) }
}

/** 5.7.4.4, S1: something of what is asked for lies in the time; of aggregates also what is only summarized there. */
async function isAnySelected(
  database: Asking,
  head: EvolutionDocument,
  selection: InstanceSelection,
  wanted: Wanted['kind'],
  periods?: readonly Period[],
): Promise<boolean> {
  const evolution = selectedEvolution(database, head, selection, periods)
  const counting = evolution.sources.filter(
    ({ series }) => series.a !== SCOPE || selection.only?.includes(SCOPE) === true,
  )
  const [first, ...others] = counting
  // Mostly the first has something.
  if (await first?.isAny()) return true
  if ((await Promise.all(others.map((source) => source.isAny()))).includes(true)) return true
  return wanted === 'aggregates' && (await areAnyKept(database, counting, selection, evolution))
}

/** Of whatever Attributes and datasets. */
function timesOf({ timeProperty, onlyTimed, from, until }: InstanceSelection): InstanceSelection {
  return { timeProperty, onlyTimed, ...(from !== undefined && { from }), ...(until !== undefined && { until }) }
}

/** As if the entity had all instances of the time at once, of which no more than a piece is in memory. */
async function meets(
  database: Asking,
  head: EvolutionDocument,
  conditions: Conditions,
  during: InstanceSelection,
): Promise<boolean> {
  const judging = createJudging(entityOf(head), conditions)
  for (let [name] = judging.awaited(); name !== undefined; [name] = judging.awaited()) {
    for await (const instances of piecesOf(database, head, { ...during, only: [name] })) {
      judging.add(name, instances)
      if (!judging.awaited().includes(name)) break
    }
    judging.end(name)
  }
  return judging.isMet()
}

async function* piecesOf(
  database: Asking,
  head: EvolutionDocument,
  selection: InstanceSelection,
): AsyncGenerator<readonly PastInstance[]> {
  for (const source of selectedEvolution(database, head, selection).sources) {
    for await (const some of source.pieces()) yield some.map((each) => pastInstance(each, source.series.d))
  }
}

async function allOf(database: Asking, head: EvolutionDocument, selection: InstanceSelection): Promise<Attributes> {
  const all = [selectedEvolution(database, head, selection)]
  const { found } = await readInstances(database, all, selection, { most: Number.MAX_SAFE_INTEGER - 1 })
  return found[0] ?? {}
}

function entityOf({ _id: id, types = [], createdAt = 0 }: EvolutionDocument): Entity {
  return { id, types, createdAt, modifiedAt: createdAt, attributes: {} }
}

/** All that was set before the end of the time. */
async function scopesOf(
  database: Asking,
  head: EvolutionDocument,
  { until }: InstanceSelection,
): Promise<readonly PastInstance[]> {
  const selection = {
    timeProperty: 'observedAt',
    onlyTimed: false,
    only: [SCOPE],
    ...(until !== undefined && { until }),
  } as const
  const all = await allOf(database, head, selection)
  return (all[SCOPE] ?? []) as readonly PastInstance[]
}
