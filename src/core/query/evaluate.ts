/** Whether an Entity in memory is selected: the arbiter of what a filter means. */

import type { Entity } from '../model/entity.ts'
import type { EntityFilter, TypeSelection } from './ast.ts'

/** 4.17: an Entity matches where it has all types of one of the alternatives, "possibly among others". */
export function matchesTypes(entity: Entity, selection: TypeSelection): boolean {
  return selection.some((all) => all.every((type) => entity.types.includes(type)))
}

/** Whether an Entity is selected: by one of the types (4.17), one of the ids, and at least one of the Attributes (5.7.2.4), as far as they are given. */
export function matches(entity: Entity, { types, ids, attributes }: EntityFilter): boolean {
  if (types !== undefined && !matchesTypes(entity, types)) return false
  if (ids !== undefined && !ids.includes(entity.id)) return false
  return attributes === undefined || attributes.some((name) => Object.hasOwn(entity.attributes, name))
}
