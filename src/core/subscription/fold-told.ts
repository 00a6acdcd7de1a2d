/** What a receiver has not been told of one entity, when a later change takes the place of earlier ones (5.2.12, throttling). */

import { isDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Attributes, Json } from '../model/entity.ts'
import { instanceOf } from '../model/instances.ts'
import type { Subscription } from './subscription.ts'
import { added, type DatasetIds, previousOf, type Told } from './tell.ts'
import { isSameInstance } from './what-changed.ts'

/** Whether what takes the place of an earlier change must know what that was: for values before, and for what it deleted. */
export function isToFold({ throttling, representation, condition }: Subscription): boolean {
  return throttling !== undefined && (representation.showChanges || condition.triggers.includes('attributeDeleted'))
}

/** {@link folded} and {@link sinceTold} for who keeps what is told as JSON. */
export const foldContents = {
  folded: (earlier: Json, later: Json): Json => asJson(folded(asTold(earlier), asTold(later))),
  sinceTold: (told: Json, later: Json): Json => asJson(sinceTold(asTold(told), asTold(later))),
} as const

function asTold(content: Json): Told {
  return content as unknown as Told
}

function asJson(told: Told): Json {
  return told as unknown as Json
}

/**
 * The later change as it is told alone, for both: as it was before is how it was before the earlier one, and what that
 * deleted is told still. To fold the same in again changes nothing.
 */
export function folded(earlier: Told, later: Told): Told {
  const both = later.absentBefore === undefined ? later : withBefore(later, beforeBoth(earlier, later))
  const gone = goneStill(earlier, later)
  if (gone.length === 0) return both
  const attributesDeletedAt = later.attributesDeletedAt ?? earlier.attributesDeletedAt
  return {
    ...both,
    entity: { ...both.entity, attributes: added(both.entity.attributes, gone) },
    ...(attributesDeletedAt !== undefined && { attributesDeletedAt }),
  }
}

/** The later change to who has been told the other one meanwhile. */
export function sinceTold(told: Told, later: Told): Told {
  if (later.absentBefore === undefined) return later
  const [was, is] = [told.entity.attributes, later.entity.attributes]
  const changed = instancesIn(was).filter(([name, instance]) => {
    const now = instanceOf(is, name, instance.datasetId)
    return !isDeleted(instance) && (now === undefined || !isSameInstance(instance, now))
  })
  const isThere = (name: string, { datasetId }: AttributeInstance): boolean => {
    const before = instanceOf(was, name, datasetId)
    return before !== undefined && !isDeleted(before)
  }
  const absent = instancesIn(is).filter((each) => !isDeleted(each[1]) && !isThere(...each))
  return withBefore(later, { ...previousOf(changed), absentBefore: datasetIdsOf(absent) })
}

type Before = Pick<Told, 'previous' | 'absentBefore'>

/** How it was before, anew. */
function withBefore({ previous: _, ...told }: Told, before: Before): Told {
  return { ...told, ...before }
}

type Named = readonly [name: string, instance: AttributeInstance]

function instancesIn(attributes: Attributes): readonly Named[] {
  return Object.entries(attributes).flatMap(([name, instances]) => instances.map((each) => [name, each] as const))
}

function datasetIdsOf(named: readonly Named[]): DatasetIds {
  const ids: Record<string, readonly (string | null)[]> = {}
  for (const [name, { datasetId = null }] of named) ids[name] = [...(ids[name] ?? []), datasetId]
  return ids
}

function beforeBoth(earlier: Told, later: Told): Before {
  const { previous = {}, absentBefore = {} } = earlier
  const isNew = (name: string, datasetId: string | null): boolean =>
    instanceOf(previous, name, datasetId ?? undefined) === undefined && absentBefore[name]?.includes(datasetId) !== true
  const since = instancesIn(later.previous ?? {}).filter(([name, { datasetId = null }]) => isNew(name, datasetId))
  const absent: Record<string, readonly (string | null)[]> = { ...absentBefore }
  for (const [name, ids] of Object.entries(later.absentBefore ?? {})) {
    const more = ids.filter((id) => isNew(name, id))
    if (more.length > 0) absent[name] = [...(absent[name] ?? []), ...more]
  }
  const all = added(previous, since)
  return { ...(Object.keys(all).length > 0 && { previous: all }), absentBefore: absent }
}

/** What the earlier change deleted and what is not there again. */
function goneStill(earlier: Told, later: Told): readonly Named[] {
  return instancesIn(earlier.entity.attributes).filter(([name, instance]) => {
    const { [name]: before = [] } = earlier.entity.attributes
    const { [name]: now = [] } = later.entity.attributes
    if (!isDeleted(instance) || now.some(({ datasetId }) => datasetId === instance.datasetId)) return false
    // Without showChanges one may stand for all instances of an Attribute that is gone as a whole.
    return later.absentBefore !== undefined || now.length === 0 || (isAnyThere(before) && isAnyThere(now))
  })
}

function isAnyThere(instances: readonly AttributeInstance[]): boolean {
  return instances.some((instance) => !isDeleted(instance))
}
