/** The NGSI-LD Query Language (4.9): text → AST. */

import type { AttributePath, Query, QueryTerm } from './ast.ts'
import { type Cursor, expected, isAtEnd, take } from './cursor.ts'
import { countTerm, type QueryCursor, type QueryOptions, tooComplex } from './query-cursor.ts'
import { parsePath } from './query-path.ts'
import { parseTest } from './query-test.ts'

const EXAMPLE = 'a query looks like speed>50;brandName!="Mercedes"'

/**
 * Parentheses nest, as in the clause's EXAMPLE 6, though not in its grammar. Throws BadRequestData that says at which
 * character what was expected; TooComplexQuery where the query exceeds a limit.
 */
export function parseQuery(text: string, options: QueryOptions): Query {
  const { limits, at } = options
  if (text.length > limits.chars) {
    throw tooComplex(`has ${text.length} characters; at most ${limits.chars} are taken (BOYA_MAX_QUERY_CHARS)`, at)
  }
  const cursor: QueryCursor = { text, at: 0, place: at, example: EXAMPLE, options, left: limits.terms }
  const query = parseOr(cursor, 0)
  if (isAtEnd(cursor)) return query
  throw expected(cursor, afterTerm(cursor))
}

/** The usual mistakes have an advice of their own. */
function afterTerm({ text, at }: Cursor): string {
  switch (text[at]) {
    case ',':
      return '";" or "|", as a list of values stands after == or != only,'
    case ' ':
      return '";" (and), "|" (or) or the end, without a space before it,'
    case ':':
    case '/':
      return 'an operator or the end; the short name of an Attribute, with one prefix at most, stands before it,'
    case '-':
      return 'an operator or the end, as the name of an Attribute has letters, digits and _ only,'
    case ')':
      return 'a "(" before the ")"'
    default:
      return '";" (and), "|" (or) or the end'
  }
}

/** 4.9: "the logical AND operator shall take precedence over the logical OR operator". */
function parseOr(cursor: QueryCursor, depth: number): Query {
  const parts = [parseAnd(cursor, depth)]
  while (take(cursor, '|')) parts.push(parseAnd(cursor, depth))
  return combined('or', parts)
}

function parseAnd(cursor: QueryCursor, depth: number): Query {
  const parts = [parsePart(cursor, depth)]
  while (take(cursor, ';')) parts.push(parsePart(cursor, depth))
  return combined('and', parts)
}

/** What stands in one another for nothing is one. */
function combined(kind: 'and' | 'or', parts: readonly Query[]): Query {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  return { kind, parts: parts.flatMap((part) => (part.kind === kind ? part.parts : [part])) }
}

function parsePart(cursor: QueryCursor, depth: number): Query {
  if (!take(cursor, '(')) return parseTerm(cursor)
  const { limits, at } = cursor.options
  if (depth >= limits.depth) {
    throw tooComplex(`has parentheses more than ${limits.depth} deep (BOYA_MAX_QUERY_DEPTH)`, at)
  }
  const inner = parseOr(cursor, depth + 1)
  if (!take(cursor, ')')) throw expected(cursor, isAtEnd(cursor) ? '")"' : afterTerm(cursor))
  return inner
}

function parseTerm(cursor: QueryCursor): QueryTerm {
  countTerm(cursor)
  const path = parsePath(cursor)
  const test = parseTest(cursor, path)
  return test === undefined ? { kind: 'term', path } : { kind: 'term', path, test }
}

/** How many Relationships a path of the query follows at most. */
export function linkDepth(query: Query): number {
  if (query.kind === 'term') return query.path.links.length
  return query.parts.reduce((depth, part) => Math.max(depth, linkDepth(part)), 0)
}

/** 5.7.2.4: whether the query includes "at least one non-system Attribute". */
export function namesAttribute(query: Query, system: ReadonlySet<string>): boolean {
  if (query.kind !== 'term') return query.parts.some((part) => namesAttribute(part, system))
  return !system.has(firstName(query.path))
}

function firstName({ links, names }: AttributePath): string {
  return links[0]?.relationship ?? names[0] ?? ''
}
