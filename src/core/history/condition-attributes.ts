/** Which Attributes have to be known to judge a query. */

import type { GeoQuery, Query } from '../query/ast.ts'

/** IRIs: of q those of the entity itself, of the geoquery its GeoProperty. */
export function conditionAttributes({ q, geo }: { readonly q?: Query; readonly geo?: GeoQuery }): readonly string[] {
  return [...new Set([...(q === undefined ? [] : namesIn(q)), ...(geo === undefined ? [] : [geo.property])])]
}

function namesIn(query: Query): readonly string[] {
  if (query.kind !== 'term') return query.parts.flatMap(namesIn)
  const { links, names } = query.path
  return [links[0]?.relationship, names[0]].filter((name) => name !== undefined)
}
