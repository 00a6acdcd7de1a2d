/** The NGSI-LD Entity Ordering Language (4.23.3): texts → AST. */

import { badRequest } from '../model/problems.ts'
import type { AttributePath, Geometry, Ordering, OrderingKey } from './ast.ts'
import { isCollation } from './collation.ts'
import { type Cursor, expected, isAtEnd, match, take } from './cursor.ts'
import type { QueryOptions } from './query-cursor.ts'
import { parsePath } from './query-path.ts'

export interface OrderingOptions extends Pick<QueryOptions, 'expand'> {
  /** The place that distances are measured from. */
  readonly from?: Geometry
  readonly collation?: string
  /** Keys at most. */
  readonly most: number
}

const EXAMPLE = 'name;desc or location;dist-asc'
const DIRECTION = /(dist-)?(asc|desc)/y

/** Each term is a name or path with a direction. Throws BadRequestData, at `orderBy`, `orderFrom` or `collation`. */
export function parseOrdering(terms: readonly string[], options: OrderingOptions): Ordering {
  const { collation, most } = options
  if (terms.length > most) throw badRequest(`has ${terms.length} terms; at most ${most} are taken`, 'orderBy')
  if (collation !== undefined && !isCollation(collation)) {
    throw badRequest(`"${collation}" is no collation (RFC 6067) such as es, und or de-u-co-phonebk`, 'collation')
  }
  const keys = terms.map((term) => parseKey(term, options))
  return { keys, ...(collation !== undefined && { collation }) }
}

function parseKey(text: string, { expand, from }: OrderingOptions): OrderingKey {
  const cursor: Cursor = { text, at: 0, place: 'orderBy', example: EXAMPLE }
  const by = parseBy(cursor, expand)
  const direction = take(cursor, ';') ? match(cursor, DIRECTION) : 'asc'
  if (direction === undefined) throw expected(cursor, 'asc, desc, dist-asc or dist-desc')
  if (!isAtEnd(cursor)) throw expected(cursor, '";" and a direction, or the end')
  if (!direction.startsWith('dist-')) return { by, direction: direction as 'asc' | 'desc' }
  // 5.7.2.4: "If the ordering parameter … refers to ordering by distance and no location is present, then … BadRequestData"
  if (from === undefined)
    throw badRequest(`${text} orders by distance; say from where, for example [-3.8,43.46]`, 'orderFrom')
  if (typeof by === 'string') throw badRequest(`${by} has no place to order by distance; name a GeoProperty`, 'orderBy')
  return { by, direction: direction === 'dist-asc' ? 'asc' : 'desc', from }
}

const MEMBER = /(?:id|type|scope)(?![\p{L}\p{N}_.[{:])/uy

function parseBy(cursor: Cursor, expand: QueryOptions['expand']): OrderingKey['by'] {
  const member = match(cursor, MEMBER)
  if (member !== undefined) return member as 'id' | 'type' | 'scope'
  const limits = { chars: cursor.text.length, terms: 1, depth: 100 }
  const path: AttributePath = parsePath(
    Object.assign(cursor, { options: { expand, expandValue: expand, at: cursor.place, limits }, left: 1 }),
  ).path
  if (path.links.length > 0) throw expected(cursor, 'an Attribute of the entity itself')
  return path
}
