import type { PastInstance, PastInstances } from '../../../core/history/past-instance.ts'
import { placeOf, type TimeProperty, timeOf } from '../../../core/history/time-property.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import { instanceIdOf } from './instance-id.ts'
import type { FoundSeries } from './read-instances.ts'

/** Rows of an evolution as what they stand for, those of one Attribute together in the order of time. */
export function pastInstances(found: readonly FoundSeries[], property: TimeProperty): PastInstances {
  const place = (instance: PastInstance) => timeOf(instance, property) ?? placeOf(instance)
  const byAttribute: Record<string, PastInstance[]> = {}
  for (const { sid, attribute, dataset, rows } of found) {
    const instances = rows.map((row) => decodeInstance(row, instanceIdOf({ sid, ...row }), dataset))
    const before = byAttribute[attribute]
    byAttribute[attribute] =
      before === undefined ? instances : [...before, ...instances].sort((a, b) => place(a) - place(b))
  }
  return byAttribute
}
