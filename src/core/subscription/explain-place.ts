/** Whether an entity is where a Subscription looks: geoQ (4.10) and scopeQ (4.19). */

import type { Entity, Json } from '../model/entity.ts'
import { show } from '../model/show.ts'
import type { GeoQuery, ScopeQuery } from '../query/ast.ts'
import { distanceBetween } from '../query/distance.ts'
import { geometryOf, matchesGeo } from '../query/evaluate-geo.ts'
import { matchesScopes } from '../query/evaluate-scopes.ts'
import type { Finding } from './explained.ts'
import type { Names } from './explained-names.ts'

export function explainGeo(entity: Entity, geo: GeoQuery, names: Names): Finding {
  const met = matchesGeo(entity, geo)
  const all = Object.hasOwn(entity.attributes, geo.property) ? (entity.attributes[geo.property] ?? []) : undefined
  const places = all?.filter(({ type }) => type === 'GeoProperty').map(({ value }) => value) ?? []
  const explanation =
    all === undefined
      ? `the entity has no ${names.say(geo.property)}`
      : places.length === 0
        ? `${names.say(geo.property)} is no GeoProperty`
        : `${places.map((place) => explainPlace(place, geo)).join(' and ')}; asked for: ${printGeo(geo)}`
  const hint = all === undefined ? names.hint('Attribute', geo.property, Object.keys(entity.attributes)) : undefined
  const asked = names.of([geo.property])
  return { explained: { condition: 'geoQ', met, explanation, asked }, hints: hint === undefined ? [] : [hint] }
}

function explainPlace(place: Json, { relation, geometry }: GeoQuery): string {
  if (!('metres' in relation)) return show(place)
  return `${show(place)} is ${Math.round(distanceBetween(geometryOf(place), geometry))} m away`
}

function printGeo({ relation, geometry }: GeoQuery): string {
  const how = 'metres' in relation ? `near;${relation.kind}==${relation.metres}` : relation.kind
  return `${how} of the ${geometry.type} ${show(geometry.coordinates)}`
}

/** `sent`: scopeQ as it was sent. */
export function explainScopes({ scopes }: Entity, query: ScopeQuery, sent: Json | undefined): Finding {
  const met = matchesScopes(scopes, query)
  const has = scopes === undefined ? 'the entity has no scope' : `the entity has ${scopes.join(' and ')}`
  return { explained: { condition: 'scopeQ', met, explanation: `${has}; asked for: ${sent}` }, hints: [] }
}
