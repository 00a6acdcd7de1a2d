/** Which instances a selection selects: the arbiter of its meaning. Stores find the same with indexes. */

import type { PastInstance, PastInstances } from './past-instance.ts'
import type { InstanceSelection } from './selection.ts'
import { type Micros, placeOf, timeOf } from './time-property.ts'

/** Whether instances of the Attribute are selected at all. */
export function isSelected({ only, without }: Pick<InstanceSelection, 'only' | 'without'>, attribute: string): boolean {
  return only?.includes(attribute) !== false && without?.includes(attribute) !== true
}

/** Where an instance stands in time for this selection; undefined where it is not selected by its time. */
export function placeIn(
  { timeProperty, onlyTimed, from, until }: InstanceSelection,
  instance: PastInstance,
): Micros | undefined {
  const isAnywhere = !onlyTimed && timeProperty === 'observedAt'
  const time = isAnywhere ? placeOf(instance) : timeOf(instance, timeProperty)
  // 4.11: the lower bound is inclusive, the upper one exclusive.
  if (time === undefined || (from !== undefined && time < from) || (until !== undefined && time >= until))
    return undefined
  return time
}

/** In the order of time, and of those of one time as they were. Attributes of which nothing is selected are left out. */
export function select(all: PastInstances, selection: InstanceSelection): PastInstances {
  const selected: Record<string, readonly PastInstance[]> = {}
  for (const attribute in all) {
    if (!isSelected(selection, attribute)) continue
    const instances = selectedOf(all[attribute] ?? [], selection)
    if (instances.length > 0) selected[attribute] = instances
  }
  return selected
}

function selectedOf(all: readonly PastInstance[], selection: InstanceSelection): readonly PastInstance[] {
  const { datasetIds, lastN } = selection
  const placed = all.flatMap((instance) => {
    const place = datasetIds?.includes(instance.datasetId) === false ? undefined : placeIn(selection, instance)
    return place === undefined ? [] : [{ place, instance }]
  })
  const ordered = placed.sort((a, b) => a.place - b.place).map(({ instance }) => instance)
  return lastN === undefined ? ordered : ordered.slice(-lastN)
}
