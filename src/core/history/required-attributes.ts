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

/** Lists at most: an evolution is judged all the same, and each costs something before it is. */
const MOST = 10

/** Of each of these it needs one: the shortest first, and none that follows from another. Of very many some are left out. */
export function requiredAttributes({ attributes, q, geo, only }: Selecting): readonly OneOf[] {
  const all = [attributes, only, geo && [geo.property], ...(q === undefined ? [] : ofQuery(q))]
  return telling(all.filter((each) => each !== undefined))
}

/** Who has one of a list has one of each that contains it. */
function telling(lists: readonly OneOf[]): readonly OneOf[] {
  const kept: OneOf[] = []
  for (const list of lists.toSorted((a, b) => a.length - b.length)) {
    if (kept.length === MOST) break
    const names = new Set(list)
    if (!kept.some((each) => each.every((name) => names.has(name)))) kept.push([...names])
  }
  return kept
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
