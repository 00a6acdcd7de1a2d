/** The NGSI-LD Entity Ordering Language (4.23.3): texts → AST. */

import { badRequest, Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { Geometry, Ordering, OrderingKey } from './ast.ts'
import { isCollation } from './collation.ts'
import { type Cursor, expected, isAtEnd, match, take } from './cursor.ts'
import { parsePath } from './query-path.ts'

export interface OrderingOptions {
  /** Name of an Attribute → IRI. Throws BadRequestData where it can be none. */
  readonly expand: (name: string) => string
  /** The place that distances are measured from. */
  readonly from?: Geometry
  readonly collation?: string
  /** Keys at most. */
  readonly most: number
}

/** The parameter. */
const PLACE = 'orderBy'

/**
 * Each term is a name or path with a direction, ascending where it has none; `from` counts for `dist-` only. Throws
 * BadRequestData with the parameter that is wrong, TooComplexQuery where there are too many terms.
 */
export function parseOrdering(terms: readonly string[], options: OrderingOptions): Ordering {
  const { collation, most } = options
  if (terms.length > most) {
    throw new Problem('TooComplexQuery', `orders by ${terms.length} keys; at most ${most} are taken`, PLACE)
  }
  if (terms.length === 0) throw badRequest(`names nothing to order by; ${EXAMPLE}`, PLACE)
  checkCollation(collation)
  const keys = terms.map((term) => parseKey(term, options))
  checkRepetition(keys, terms)
  return { keys, ...(collation !== undefined && { collation }) }
}

/** 5.7.2.4: "If a preferred collation setting is present and it does not conform to a valid ICU collation … BadRequestData" */
function checkCollation(collation: string | undefined): void {
  if (collation === undefined || isCollation(collation)) return
  throw badRequest(
    `${show(collation)} is no collation that ICU knows (RFC 6067); one looks like und, es or de-u-co-phonebk`,
    'collation',
  )
}

function checkRepetition(keys: readonly OrderingKey[], terms: readonly string[]): void {
  const known = new Map<string, number>()
  for (const [i, { by, from }] of keys.entries()) {
    const key = JSON.stringify([by, from !== undefined])
    const earlier = known.get(key)
    if (earlier !== undefined) {
      throw badRequest(`orders by the same twice: ${show(terms[earlier])} and ${show(terms[i])}; leave one out`, PLACE)
    }
    known.set(key, i)
  }
}

const EXAMPLE = 'an ordering looks like name or name;desc or location;dist-asc'
const DIRECTION = /(?:dist-)?(?:asc|desc)/y

function parseKey(text: string, options: OrderingOptions): OrderingKey {
  const cursor: Cursor = { text, at: 0, place: PLACE, example: EXAMPLE }
  const by = parseBy(cursor, options)
  // A prefixed name may end so; then its direction is to be given.
  if (isAtEnd(cursor) && /:(?:asc|desc)$/.test(text)) throw expected(cursor, '";" before a direction, or both')
  const direction = take(cursor, ';') ? match(cursor, DIRECTION) : 'asc'
  if (direction === undefined) throw expected(cursor, 'asc, desc, dist-asc or dist-desc')
  if (!isAtEnd(cursor))
    throw expected(cursor, text.includes(';') ? '"," or the end' : '";" and a direction, or the end')
  if (direction === 'asc' || direction === 'desc') return { by, direction }
  if (typeof by === 'string') throw badRequest(`${by} has no place to order by distance; name a GeoProperty`, PLACE)
  return { by, direction: direction === 'dist-asc' ? 'asc' : 'desc', from: fromOf(text, options) }
}

/** 5.7.2.4: "If the ordering parameter … refers to ordering by distance and no location is present, then … BadRequestData" */
function fromOf(term: string, { from }: OrderingOptions): Geometry {
  if (from !== undefined) return from
  throw badRequest(`${show(term)} orders by distance; say from where, as in [-3.8,43.46]`, 'orderFrom')
}

const MEMBER = /(?:id|type|scope)(?=;|$)/y

function parseBy(cursor: Cursor, { expand }: OrderingOptions): OrderingKey['by'] {
  const member = match(cursor, MEMBER)
  if (member !== undefined) return member as 'id' | 'type' | 'scope'
  const brace = /^[^[]*\{/.exec(cursor.text)?.[0].length
  if (brace !== undefined) throw expected(cursor, 'an Attribute of the entity itself, not of a linked one,', brace - 1)
  return parsePath(Object.assign(cursor, { options: { expand, at: cursor.place, limits: { depth: 0 } } }))
}
