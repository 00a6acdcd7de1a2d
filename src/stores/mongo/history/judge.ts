/** Whether an evolution is selected (5.7.4.4), and within which times. */

import { conditionAttributes } from '../../../core/history/condition-attributes.ts'
import type { Period } from '../../../core/history/duration.ts'
import { type PastInstance, SCOPE } from '../../../core/history/past-instance.ts'
import { scopeTimes } from '../../../core/history/scope-times.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Attributes, Entity } from '../../../core/model/entity.ts'
import { matches } from '../../../core/query/evaluate.ts'
import type { EvolutionFilter } from '../../../ports/history.ts'
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
  selection: InstanceSelection,
): Promise<Judged | undefined> {
  const { scopes, attributes, q, geo, ...selectors } = filter
  if (!matches(entityOf(head, {}), selectors)) return undefined
  const times = scopes && scopeTimes(await scopesOf(database, head, selection), scopes, selection)
  if (times?.periods.length === 0) return undefined
  if (!(await isAnySelected(database, head, selection, times?.periods))) return undefined
  const during = timesOf(selection)
  if (attributes !== undefined && !(await isAnySelected(database, head, { ...during, only: attributes })))
    return undefined
  if (q !== undefined || geo !== undefined) {
    const conditions = { ...(q && { q }), ...(geo && { geo }) }
    const some = await allOf(database, head, { ...during, only: conditionAttributes(conditions) })
    if (!matches(entityOf(head, some), conditions)) return undefined
  }
  const evolution = selectedEvolution(database, head, selection, times?.periods)
  return { evolution, ...(times?.before && { scopeBefore: times.before }) }
}

/** 5.7.4.4, S1: something of what is asked for lies in the time. */
async function isAnySelected(
  database: Asking,
  head: EvolutionDocument,
  selection: InstanceSelection,
  periods?: readonly Period[],
): Promise<boolean> {
  const { sources } = selectedEvolution(database, head, selection, periods)
  const counting = sources.filter(({ series }) => series.a !== SCOPE || selection.only?.includes(SCOPE) === true)
  const [first, ...others] = counting
  // Mostly the first has something.
  if (await first?.isAny()) return true
  return (await Promise.all(others.map((source) => source.isAny()))).includes(true)
}

/** Of whatever Attributes and datasets. */
function timesOf({ timeProperty, onlyTimed, from, until }: InstanceSelection): InstanceSelection {
  return { timeProperty, onlyTimed, ...(from !== undefined && { from }), ...(until !== undefined && { until }) }
}

async function allOf(database: Asking, head: EvolutionDocument, selection: InstanceSelection): Promise<Attributes> {
  const { found } = await readInstances(
    [selectedEvolution(database, head, selection)],
    selection,
    Number.MAX_SAFE_INTEGER - 1,
  )
  return found[0] ?? {}
}

function entityOf({ _id: id, types = [], createdAt = 0 }: EvolutionDocument, attributes: Attributes): Entity {
  return { id, types, createdAt, modifiedAt: createdAt, attributes }
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
