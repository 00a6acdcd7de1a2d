/** The evolution of an entity of which nothing is known but what it is. */

import { fromInstant } from '../model/date-time.ts'
import type { AttributeInstance, Entity } from '../model/entity.ts'
import type { CarriedInstance, CarriedSeries, EvolutionPart } from './carried.ts'
import { SCOPE } from './past-instance.ts'
import type { Recorded } from './recording.ts'

/** Each Attribute is recorded as it is, at the time of its last change. Undefined where nothing of such entities is. */
export function beginningOf(entity: Entity, isRecorded: Recorded): EvolutionPart | undefined {
  const { id, types, createdAt, modifiedAt, scopes, attributes } = entity
  if (!isRecorded(types)) return undefined
  const scope: AttributeInstance | undefined = scopes && {
    ...{ type: 'Property', value: scopes, observedAt: fromInstant(modifiedAt) },
    ...{ createdAt: modifiedAt, modifiedAt },
  }
  const all: [string, AttributeInstance][] = Object.entries(attributes).flatMap(([name, instances]) =>
    instances.map((instance): [string, AttributeInstance] => [name, instance]),
  )
  const series = [...all, ...(scope === undefined ? [] : [[SCOPE, scope] as const])]
    .filter(([attribute]) => isRecorded(types, attribute))
    .map(([attribute, instance]) => seriesOf(attribute, instance))
  return series.length === 0 ? undefined : { evolution: { id, types, createdAt }, series }
}

function seriesOf(attribute: string, instance: AttributeInstance): CarriedSeries {
  const { datasetId, observedAt, modifiedAt } = instance
  const written: CarriedInstance = { ...instance, createdAt: modifiedAt, number: 0 }
  return {
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    isObserved: observedAt !== undefined,
    summaries: [],
    instances: [written],
  }
}
