/** Which members and attribute instances of an Entity an answer has (4.21 without linked entities, 4.5.5). */

import type { AttributeInstance, Entity } from '../model/entity.ts'

/** Names are IRIs of Attributes, or `id`, `type`, `scope`. */
export interface Projection {
  readonly pick?: ReadonlySet<string>
  readonly omit?: ReadonlySet<string>
  /** datasetIds to keep; undefined in it stands for the default instance. */
  readonly datasetIds?: readonly (string | undefined)[]
}

/** 4.21: whether a member is in the answer: `pick` names it where there is a `pick`, and `omit` does not. */
export function isPicked(projection: Projection, member: string): boolean {
  return (projection.pick === undefined || projection.pick.has(member)) && !projection.omit?.has(member)
}

/** The entity with the attribute instances that are picked, not omitted, and of the wanted datasets. */
export function project(entity: Entity, projection: Projection): Entity {
  const { datasetIds } = projection
  if (projection.pick === undefined && projection.omit === undefined && datasetIds === undefined) return entity
  const attributes: Record<string, readonly AttributeInstance[]> = {}
  for (const name in entity.attributes) {
    if (!isPicked(projection, name)) continue
    const instances = entity.attributes[name] ?? []
    // 5.7.1.4: "keep only the Attribute instances whose datasetId is specified"
    const kept =
      datasetIds === undefined ? instances : instances.filter(({ datasetId }) => datasetIds.includes(datasetId))
    if (kept.length > 0) attributes[name] = kept
  }
  return { ...entity, attributes }
}
