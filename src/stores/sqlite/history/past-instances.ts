import type { PastInstance, PastInstances } from '../../../core/history/past-instance.ts'
import type { TimeProperty } from '../../../core/history/time-property.ts'
import { decodeInstance, timeOfRow } from '../../common/instance-row.ts'
import { instanceIdOf } from './instance-id.ts'
import type { FoundSeries } from './read-instances.ts'

/** Rows of an evolution as what they stand for, those of one Attribute together in the order of time. */
export function pastInstances(found: readonly FoundSeries[], property: TimeProperty): PastInstances {
  const byAttribute: Record<string, readonly PastInstance[]> = {}
  for (const attribute of new Set(found.map((series) => series.attribute))) {
    byAttribute[attribute] = instancesOf(
      found.filter((series) => series.attribute === attribute),
      property,
    )
  }
  return byAttribute
}

function instancesOf(all: readonly FoundSeries[], property: TimeProperty): readonly PastInstance[] {
  const placed = all.flatMap((series) => series.rows.map((row) => ({ series, row })))
  if (all.length > 1) {
    const places = new Map(placed.map(({ row }) => [row, timeOfRow(row, property) ?? row.at]))
    placed.sort((a, b) => (places.get(a.row) ?? 0) - (places.get(b.row) ?? 0))
  }
  return placed.map(({ series: { sid, dataset }, row }) => decodeInstance(row, instanceIdOf({ sid, ...row }), dataset))
}
