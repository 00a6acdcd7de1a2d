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
  const [only, ...others] = all.map(({ attribute, dataset, rows }) => {
    const series = seriesKey(id, attribute, dataset)
    return rows.map((row) => {
      const instance = decodeInstance(row, instanceIdOf({ series, createdAt: row.created_at, number: row.n }), dataset)
      return { place: timeOfRow(row, property) ?? row.at, instance }
    })
  })
  if (only === undefined || others.length === 0) return only?.map(({ instance }) => instance) ?? []
  const placed = [only, ...others].flat().sort((a, b) => a.place - b.place)
  return placed.map(({ instance }) => instance)
}
