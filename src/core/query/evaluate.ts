/** Whether an Entity in memory is selected: the arbiter of what a filter means. */

import type { Entity } from '../model/entity.ts'
import type { EntityFilter, EntitySelector, TypeSelection } from './ast.ts'
import { matchesGeo } from './evaluate-geo.ts'
import { matchesQuery } from './evaluate-query.ts'
import { matchesScopes } from './evaluate-scopes.ts'
import { matcherOf } from './pattern.ts'
import type { FindEntity } from './target.ts'

/** 4.17: an Entity matches where it has all types of one of the alternatives, "possibly among others". */
export function matchesTypes(entity: Entity, selection: TypeSelection): boolean {
  return selection.some((all) => all.every((type) => entity.types.includes(type)))
}

const NONE: FindEntity = () => undefined

/**
 * Whether an Entity is selected (5.7.2.4), by all members of the filter that are given. `find` is asked for the entities
 * that q follows Relationships to.
 */
export function matches(entity: Entity, filter: EntityFilter, find: FindEntity = NONE): boolean {
  const { alternatives, attributes, q, geo, scopes } = filter
  return (
    isSelected(entity, filter) &&
    (alternatives === undefined || alternatives.some((selector) => isSelected(entity, selector))) &&
    (attributes === undefined || attributes.some((name) => Object.hasOwn(entity.attributes, name))) &&
    (scopes === undefined || matchesScopes(entity.scopes, scopes)) &&
    (q === undefined || matchesQuery(entity, q, find)) &&
    (geo === undefined || matchesGeo(entity, geo))
  )
}

function isSelected(entity: Entity, { types, ids, idPattern }: EntitySelector): boolean {
  return (
    (types === undefined || matchesTypes(entity, types)) &&
    (ids === undefined || ids.includes(entity.id)) &&
    (idPattern === undefined || matcherOf(idPattern)(entity.id))
  )
}
