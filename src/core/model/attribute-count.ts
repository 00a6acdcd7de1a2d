/** How many attribute instances an Entity may have. */

import type { Attributes, Entity } from './entity.ts'
import { badRequest } from './problems.ts'

/**
 * Throws BadRequestData where a change leaves an entity with more than `most` attribute instances, sub-attributes
 * included: it could not be sent back as it is. One that has more already, because once it could, must not grow.
 */
export function boundAttributes(before: Entity | undefined, after: Entity, most: number, at?: string): void {
  if (after.attributes === before?.attributes) return
  const count = countInstances(after.attributes)
  if (count <= most || (before !== undefined && count <= countInstances(before.attributes))) return
  throw badRequest(
    `the entity ${after.id} would have ${count} attributes; it can have at most ${most} (BOYA_MAX_ATTRIBUTES): divide it into several entities`,
    at,
  )
}

function countInstances(attributes: Attributes): number {
  let count = 0
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      count += 1 + (instance.attributes === undefined ? 0 : countInstances(instance.attributes))
    }
  }
  return count
}
