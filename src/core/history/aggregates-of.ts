/** What instances of an evolution are together, in periods (4.5.19): the arbiter of its meaning. Databases that can aggregate their rows give the same. */

import type { AttributeType } from '../model/entity.ts'
import type { SummarizedPeriod } from './aggregate.ts'
import { type Duration, type Period, periodOf, periodStart } from './duration.ts'
import { type PastInstance, type PastInstances, SCOPE } from './past-instance.ts'
import { placeIn, select } from './select.ts'
import type { InstanceSelection } from './selection.ts'
import { createSummarizing } from './summary.ts'
import type { Micros } from './time-property.ts'
import { aggregatedOf } from './value-class.ts'

/** An aggregation of one Attribute and dataset: periods without values are left out. */
export interface AggregatedSeries {
  readonly datasetId?: string
  /** Of its last instance. */
  readonly type: AttributeType
  /** In the order of time; never empty. */
  readonly periods: readonly SummarizedPeriod[]
}

export interface AggregatedAttributes {
  readonly [attribute: string]: readonly AggregatedSeries[]
}

/** Of one entity: all its periods have one origin. */
export function aggregatesOf(
  all: PastInstances,
  selection: InstanceSelection,
  duration: Duration | undefined,
): AggregatedAttributes {
  const selected = withoutScope(select(all, selection))
  const places = Object.values(selected)
    .flat()
    .map((instance) => placeIn(selection, instance) ?? 0)
  if (places.length === 0) return {}
  const range = rangeOf(selection, Math.min(...places), Math.max(...places))
  const aggregated: Record<string, readonly AggregatedSeries[]> = {}
  for (const attribute in selected) {
    const series = seriesOf(selected[attribute] ?? [], selection, range, duration)
    if (series.length > 0) aggregated[attribute] = series
  }
  return aggregated
}

/** 4.5.19.0: as what an Attribute is labelled of which only summaries are left. */
export function typeOfSummarized(periods: readonly SummarizedPeriod[]): AttributeType {
  const isRelationship = periods.at(-1)?.summaries.some(({ valueClass }) => valueClass === 'relationship')
  return isRelationship === true ? 'Relationship' : 'Property'
}

function withoutScope({ [SCOPE]: _, ...rest }: PastInstances): PastInstances {
  return rest
}

/** What the periods of an entity lie in, whose selected instances stand between these places. */
export function rangeOf(
  { from, until }: InstanceSelection,
  first: Micros,
  last: Micros,
): Period & { readonly isOpen: boolean } {
  return { from: from ?? first, until: until ?? last + 1, isOpen: until === undefined }
}

/** The k-th period of a range; all of it where there is no duration. */
export function periodIn(range: ReturnType<typeof rangeOf>, duration: Duration | undefined, k: number): Period {
  if (duration === undefined) return { from: range.from, until: range.until }
  const until = periodStart(range.from, duration, k + 1)
  return { from: periodStart(range.from, duration, k), until: range.isOpen ? until : Math.min(until, range.until) }
}

function seriesOf(
  instances: readonly PastInstance[],
  selection: InstanceSelection,
  range: ReturnType<typeof rangeOf>,
  duration: Duration | undefined,
): readonly AggregatedSeries[] {
  return [...grouped(instances, ({ datasetId }) => datasetId)].flatMap(([datasetId, ofOne]) => {
    const byPeriod = grouped(ofOne, (instance) =>
      duration === undefined ? 0 : periodOf(range.from, duration, placeIn(selection, instance) ?? 0),
    )
    const periods = [...byPeriod].flatMap(([k, some]) => {
      const summaries = summariesOf(some)
      return summaries.length === 0 ? [] : [{ ...periodIn(range, duration, k), summaries }]
    })
    const type = ofOne.at(-1)?.type
    return periods.length === 0 || type === undefined
      ? []
      : [{ ...(datasetId !== undefined && { datasetId }), type, periods }]
  })
}

function summariesOf(instances: readonly PastInstance[]) {
  const summarizing = createSummarizing()
  for (const instance of instances) for (const value of aggregatedOf(instance)) summarizing.add(value)
  return summarizing.summaries()
}

/** In the order in which each group begins. */
function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group === undefined) groups.set(keyOf(item), [item])
    else group.push(item)
  }
  return groups
}
