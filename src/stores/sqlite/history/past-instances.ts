import type { PastInstance, PastInstances } from '../../../core/history/past-instance.ts'
import type { TimeProperty } from '../../../core/history/time-property.ts'
import { instanceIdOf } from '../../common/instance-id.ts'
import { decodeInstance, timeOfRow } from '../../common/instance-row.ts'
import { seriesKey } from '../../common/series-key.ts'
import type { FoundSeries } from './read-instances.ts'

/** Rows of an evolution as what they stand for, those of one Attribute together in the order of time. */
export function pastInstances(id: string, found: readonly FoundSeries[], property: TimeProperty): PastInstances {
  const byAttribute: Record<string, readonly PastInstance[]> = {}
  for (const attribute of new Set(found.map((series) => series.attribute))) {
    byAttribute[attribute] = instancesOf(
      id,
      found.filter((series) => series.attribute === attribute),
      property,
    )
  }
  return byAttribute
}

function instancesOf(id: string, all: readonly FoundSeries[], property: TimeProperty): readonly PastInstance[] {
  const placed = all.flatMap((series) => series.rows.map((row) => ({ series, row })))
  if (all.length > 1) {
    const places = new Map(placed.map(({ row }) => [row, timeOfRow(row, property) ?? row.at]))
    placed.sort((a, b) => (places.get(a.row) ?? 0) - (places.get(b.row) ?? 0))
  }
  return placed.map(({ series: { attribute, dataset }, row }) => {
    const series = seriesKey(id, attribute, dataset)
    return decodeInstance(row, instanceIdOf({ series, createdAt: row.created_at, number: row.n }), dataset)
  })
}
