/** Changes of one Attribute of an Entity: 5.6.4, 5.6.19, 5.6.5, and the deletion of several by a purge (5.6.21). */

import { buildInstance } from './build.ts'
import type { AttributeInstance, Entity, Instant } from './entity.ts'
import type { AttributeFragment } from './fragment.ts'
import { instanceOf, withInstance, withoutAttribute, withoutInstance } from './instances.ts'
import { patchInstance } from './merge.ts'
import { notFound } from './problems.ts'

/** 5.6.4. Throws ResourceNotFound where the instance is not there, BadRequestData where the type would change. */
export function partialUpdate(entity: Entity, name: string, sent: AttributeFragment, now: Instant): Entity {
  const before = present(entity, name, sent.datasetId)
  const after = patchInstance(before, sent, now)
  if (after === before) return entity
  // 4.5.2.2: "An NGSI-LD Null … can be used as the right-hand side of the "value" during partial update patch … to
  // indicate a deletion of the Property". (5.6.4.1 says that this operation does not support it; see ARCHITECTURE.md.)
  const attributes =
    after === undefined
      ? withoutInstance(entity.attributes, name, sent.datasetId)
      : withInstance(entity.attributes, name, after)
  return { ...entity, attributes, modifiedAt: now }
}

/** 5.6.19: "createdAt … remains unchanged". Throws ResourceNotFound where the instance is not there. */
export function replaceAttribute(entity: Entity, name: string, sent: AttributeFragment, now: Instant): Entity {
  const { createdAt } = present(entity, name, sent.datasetId)
  const attributes = withInstance(entity.attributes, name, buildInstance(sent, now, createdAt))
  return { ...entity, attributes, modifiedAt: now }
}

/** 5.6.5. `'all'` stands for deleteAll; throws ResourceNotFound where there is nothing to delete. */
export function deleteAttribute(
  entity: Entity,
  name: string,
  which: { datasetId?: string } | 'all',
  now: Instant,
): Entity {
  if (which === 'all') {
    if (entity.attributes[name] === undefined) throw noAttribute(entity, name)
    return { ...entity, attributes: withoutAttribute(entity.attributes, name), modifiedAt: now }
  }
  present(entity, name, which.datasetId)
  return { ...entity, attributes: withoutInstance(entity.attributes, name, which.datasetId), modifiedAt: now }
}

/** 5.6.5: "If the target Attribute is scope, remove the scope Attribute from the target Entity." */
export function deleteScope(entity: Entity, now: Instant): Entity {
  const { scopes, ...rest } = entity
  if (scopes === undefined) throw notFound(`${entity.id} has no scope`)
  return { ...rest, modifiedAt: now }
}

/** 5.6.21: the entity without the Attributes for which `goes` says so; the same object where there are none. */
export function withoutAttributes(entity: Entity, goes: (name: string) => boolean, now: Instant): Entity {
  const kept = Object.entries(entity.attributes).filter(([name]) => !goes(name))
  if (kept.length === Object.keys(entity.attributes).length) return entity
  return { ...entity, attributes: Object.fromEntries(kept), modifiedAt: now }
}

function present(entity: Entity, name: string, datasetId: string | undefined): AttributeInstance {
  const instance = instanceOf(entity.attributes, name, datasetId)
  if (instance === undefined) throw noAttribute(entity, name, datasetId)
  return instance
}

function noAttribute(entity: Entity, name: string, datasetId?: string) {
  const which = datasetId === undefined ? '' : ` with datasetId ${datasetId}`
  const others = entity.attributes[name]?.map((instance) => instance.datasetId ?? '@none')
  const hint = others === undefined ? '' : `; it has instances with datasetId ${others.join(', ')}`
  return notFound(
    `${entity.id} has no Attribute ${name}${which === '' && others ? ' without datasetId' : which}${hint}`,
  )
}
