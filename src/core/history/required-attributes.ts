/** Which Attributes an evolution must have to be selected: what an index on them can tell before it is judged. */

import type { GeoQuery, Query } from '../query/ast.ts'
import { CREATED_AT, MODIFIED_AT } from '../query/index-values.ts'

/** IRIs; one of them is needed. */
export type OneOf = readonly string[]

interface Selecting {
  /** One of these is asked for by name. */
  readonly attributes?: readonly string[]
  readonly q?: Query
  readonly geo?: GeoQuery
  /** Nothing is shown but of these. */
  readonly only?: readonly string[]
}

/** Of each of these it needs one. */
export function requiredAttributes({ attributes, q, geo, only }: Selecting): readonly OneOf[] {
  return [attributes, only, geo && [geo.property], ...(q === undefined ? [] : ofQuery(q))].filter(
    (each) => each !== undefined,
  )
}

function ofQuery(query: Query): readonly OneOf[] {
  switch (query.kind) {
    case 'and':
      return query.parts.flatMap(ofQuery)
    case 'or': {
      const firsts = query.parts.map((part) => ofQuery(part)[0])
      return firsts.includes(undefined) ? [] : [[...new Set(firsts.flatMap((first) => first ?? []))]]
    }
    case 'term': {
      const { links, names } = query.path
      const [first = ''] = names
      // Each entity has these itself.
      const isMember = names.length === 1 && (first === CREATED_AT || first === MODIFIED_AT)
      return isMember || links.length > 0 ? [] : [[first]]
    }
  }
}
