/** 4.22: what has come to its expiresAt is gone, whether it has been purged yet or not. */

import { toInstant } from './date-time.ts'
import type { AttributeInstance, Attributes, Entity, Instant } from './entity.ts'

interface Expiry {
  /** When the entity as a whole goes. */
  readonly entity?: Instant
  /** When the first of its attributes or sub-attributes goes. */
  readonly attributes?: Instant
}

/** 4.22: the next moments at which something of an entity goes, for a store to index; absent where nothing expires. */
export function earliestExpiry(entity: Entity): Expiry {
  const attributes = earliestOf(entity.attributes)
  return {
    ...(entity.expiresAt !== undefined && { entity: toInstant(entity.expiresAt) }),
    ...(attributes !== undefined && { attributes }),
  }
}

function earliestOf(attributes: Attributes): Instant | undefined {
  let earliest: Instant | undefined
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      const own = instance.expiresAt === undefined ? undefined : toInstant(instance.expiresAt)
      const inner = instance.attributes === undefined ? undefined : earliestOf(instance.attributes)
      earliest = earlier(earliest, earlier(own, inner))
    }
  }
  return earliest
}

function earlier(a: Instant | undefined, b: Instant | undefined): Instant | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Math.min(a, b)
}

/** The entity as it is at `now`; undefined where it has gone. Returns the same object where nothing has. */
export function withoutExpired(entity: Entity, now: Instant): Entity | undefined {
  if (entity.expiresAt !== undefined && toInstant(entity.expiresAt) <= now) return undefined
  const attributes = keep(entity.attributes, now)
  return attributes === entity.attributes ? entity : { ...entity, attributes }
}

function keep(attributes: Attributes, now: Instant): Attributes {
  const kept: Record<string, readonly AttributeInstance[]> = {}
  let same = true
  for (const name in attributes) {
    const before = attributes[name] ?? []
    const after = before.flatMap((instance) => keepInstance(instance, now))
    same &&= after.length === before.length && after.every((instance, i) => instance === before[i])
    if (after.length > 0) kept[name] = after
  }
  return same ? attributes : kept
}

function keepInstance(instance: AttributeInstance, now: Instant): AttributeInstance[] {
  if (instance.expiresAt !== undefined && toInstant(instance.expiresAt) <= now) return []
  if (instance.attributes === undefined) return [instance]
  const inner = keep(instance.attributes, now)
  if (inner === instance.attributes) return [instance]
  const { attributes: _, ...bare } = instance
  return [Object.keys(inner).length === 0 ? bare : { ...bare, attributes: inner }]
}
