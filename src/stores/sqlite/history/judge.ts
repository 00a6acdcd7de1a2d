/** Whether an evolution is selected (5.7.4.4), and within which times. Generators: they yield after each piece that is read. */

import { conditionAttributes } from '../../../core/history/condition-attributes.ts'
import { type PastInstance, SCOPE } from '../../../core/history/past-instance.ts'
import { scopeTimes } from '../../../core/history/scope-times.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { Attributes, Entity } from '../../../core/model/entity.ts'
import { matches } from '../../../core/query/evaluate.ts'
import type { EvolutionFilter } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { type Head, seriesOf } from './heads.ts'
import { pastInstances } from './past-instances.ts'
import { eachRow } from './pieces.ts'
import type { StoredRow } from './rows.ts'
import { type SelectedEvolution, selectedEvolution, selectedSource } from './selected.ts'
import { sourceOf } from './sources.ts'
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
  if (!matches(entityOf(head, {}), selectors)) return undefined
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

/** As if the entity had all instances of the time at once. */
function* meets(
  database: Queried,
  head: Head,
  conditions: Pick<EvolutionFilter, 'q' | 'geo'>,
  selection: InstanceSelection,
): Generator<void, boolean> {
  const attributes: Record<string, readonly PastInstance[]> = {}
  const during = timesOf(selection)
  for (const series of seriesOf(database, head.hid, conditionAttributes(conditions))) {
    const rows: StoredRow[] = []
    yield* eachRow(sourceOf(database.sql, series.sid, during), {}, (row) => rows.push(row))
    if (rows.length === 0) continue
    const { [series.attribute]: some = [] } = pastInstances(head.id, [{ ...series, rows }], during.timeProperty)
    attributes[series.attribute] = [...(attributes[series.attribute] ?? []), ...some]
  }
  return matches(entityOf(head, attributes), conditions)
}

function entityOf({ id, types, createdAt }: Head, attributes: Attributes): Entity {
  return { id, types, createdAt, modifiedAt: createdAt, attributes }
}

/** All that was set before the end of the time. */
function scopesOf(database: Queried, head: Head, { until }: InstanceSelection): readonly PastInstance[] {
  const all: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
  const found = seriesOf(database, head.hid, [SCOPE]).map((series) => {
    return { ...series, rows: sourceOf(database.sql, series.sid, all).rows({ until }) }
  })
  return pastInstances(head.id, found, 'observedAt')[SCOPE] ?? []
}
