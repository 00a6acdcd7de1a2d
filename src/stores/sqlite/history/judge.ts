/** Whether an evolution is selected (5.7.4.4), and within which times. Generators: they yield after each piece that is read. */

import { type Conditions, createJudging, type Judging } from '../../../core/history/judging.ts'
import { type PastInstance, SCOPE } from '../../../core/history/past-instance.ts'
import { scopeTimes } from '../../../core/history/scope-times.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { Entity } from '../../../core/model/entity.ts'
import { matches } from '../../../core/query/evaluate.ts'
import type { EvolutionFilter } from '../../../ports/history.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import type { Queried } from '../database.ts'
import { type Head, type SeriesRow, seriesOf } from './heads.ts'
import { pastInstances } from './past-instances.ts'
import { eachRow } from './pieces.ts'
import type { StoredRow } from './rows.ts'
import { type SelectedEvolution, selectedEvolution, selectedSource } from './selected.ts'
import { type Source, sourceOf } from './sources.ts'
import { keptOf } from './summaries.ts'

export interface Judged {
  readonly evolution: SelectedEvolution
  readonly scopeBefore?: PastInstance
}

/** Undefined where it is not selected. */
export function* judge(
  database: Queried,
  head: Head,
  filter: EvolutionFilter,
  selection: InstanceSelection,
  wanted: Wanted['kind'],
): Generator<void, Judged | undefined> {
  const { scopes, attributes, q, geo, ...selectors } = filter
  if (!matches(entityOf(head), selectors)) return undefined
  const times = scopes && scopeTimes(scopesOf(database, head, selection), scopes, selection)
  if (times?.periods.length === 0) return undefined
  const evolution = selectedEvolution(database, head, selection, times?.periods)
  if (!isAnySelected(database, evolution, selection, wanted)) return undefined
  const ofAttributes = attributes && { ...timesOf(selection), only: attributes }
  if (ofAttributes !== undefined && !hasOne(database, head, ofAttributes, wanted)) return undefined
  const conditions = { ...(q && { q }), ...(geo && { geo }) }
  if ((q !== undefined || geo !== undefined) && !(yield* meets(database, head, conditions, selection))) return undefined
  return { evolution, ...(times?.before && { scopeBefore: times.before }) }
}

/** 5.7.4.4, S1: something of what is asked for lies in the time. */
function isAnySelected(
  database: Queried,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  wanted: Wanted['kind'],
): boolean {
  const asked = evolution.series.filter(({ attribute }) => attribute !== SCOPE || selection.only?.includes(SCOPE))
  if (asked.some((each) => selectedSource(database, each, selection, evolution.periods).isAny())) return true
  return wanted === 'aggregates' && asked.some((each) => keptOf(database.sql, evolution, each, selection).length > 0)
}

function hasOne(database: Queried, head: Head, selection: InstanceSelection, wanted: Wanted['kind']): boolean {
  return isAnySelected(database, selectedEvolution(database, head, selection), selection, wanted)
}

/** Of whatever Attributes and datasets. */
function timesOf({ timeProperty, onlyTimed, from, until }: InstanceSelection): InstanceSelection {
  return { timeProperty, onlyTimed, ...(from !== undefined && { from }), ...(until !== undefined && { until }) }
}

/** As if the entity had all instances of the time at once, of which no more than a piece is in memory. */
function* meets(
  database: Queried,
  head: Head,
  conditions: Conditions,
  selection: InstanceSelection,
): Generator<void, boolean> {
  const judging = createJudging(entityOf(head), conditions)
  for (let [name] = judging.awaited(); name !== undefined; ) {
    const during = { ...timesOf(selection), only: [name] }
    for (const series of selectedEvolution(database, head, during).series)
      yield* give(judging, series, sourceOf(database.sql, series.sid, during))
    judging.end(name)
    ;[name] = judging.awaited()
    if (name !== undefined) yield
  }
  return judging.isMet()
}

/** What is selected of a series, as long as it is awaited. */
function* give(judging: Judging, { attribute, dataset }: SeriesRow, source: Source): Generator<void, void> {
  let rows: StoredRow[] = []
  const giveRead = (): boolean => {
    judging.add(
      attribute,
      rows.map((row) => decodeInstance(row, '', dataset)),
    )
    rows = []
    return judging.awaited().includes(attribute)
  }
  if (!judging.awaited().includes(attribute)) return
  for (const _ of eachRow(source, {}, (row) => rows.push(row))) {
    if (!giveRead()) return
    yield
  }
  giveRead()
}

function entityOf({ id, types, createdAt }: Head): Entity {
  return { id, types, createdAt, modifiedAt: createdAt, attributes: {} }
}

/** All that was set before the end of the time. */
function scopesOf(database: Queried, head: Head, { until }: InstanceSelection): readonly PastInstance[] {
  const all: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
  const found = seriesOf(database, head.hid, [SCOPE]).map((series) => {
    return { ...series, rows: sourceOf(database.sql, series.sid, all).rows({ until }) }
  })
  return pastInstances(head.id, found, 'observedAt')[SCOPE] ?? []
}
