/** Operators and values of query terms (4.9). */

import { temporalOf } from '../model/date-time.ts'
import { badRequest } from '../model/problems.ts'
import type { ComparableOperand, Operand, QueryTest } from './ast.ts'
import { compareComparables } from './comparable.ts'
import { comesNext, expected, match, take } from './cursor.ts'
import { checkPattern } from './pattern.ts'
import { countTerm, type QueryCursor } from './query-cursor.ts'

const OPERATORS = ['==', '!=', '>=', '<=', '!~=', '~=', '>', '<'] as const
type Operator = (typeof OPERATORS)[number]

/** `sent`: the names of the path, as they were sent. Undefined where the term ends here. */
export function parseTest(cursor: QueryCursor, sent: readonly string[]): QueryTest | undefined {
  const operator = parseOperator(cursor)
  switch (operator) {
    case undefined:
      return undefined
    case '==':
    case '!=':
      return parseEquality(cursor, operator, sent)
    case '~=':
    case '!~=':
      return { operator, pattern: parsePattern(cursor) }
    default:
      return { operator, value: parseOrdered(cursor, operator, sent) }
  }
}

/** What one may take for an operator. */
const LIKE_OPERATOR = /[=<>!~&]+/y

function parseOperator(cursor: QueryCursor): Operator | undefined {
  const start = cursor.at
  const found = match(cursor, LIKE_OPERATOR)
  if (found === undefined) return undefined
  const operator = OPERATORS.find((each) => each === found)
  if (operator !== undefined) return operator
  cursor.at = start
  throw expected(cursor, `an operator (${OPERATORS.join(' ')}${found === '=' ? '; for equality ==' : ''})`)
}

function parseEquality(cursor: QueryCursor, operator: '==' | '!=', sent: readonly string[]): QueryTest {
  const start = cursor.at
  const first = parseOperand(cursor, sent)
  if (take(cursor, '..')) return { operator, range: parseRange(cursor, first, start, sent) }
  const values = [first]
  while (take(cursor, ',')) {
    countTerm(cursor)
    values.push(parseOperand(cursor, sent))
  }
  return { operator, values }
}

function parseRange(
  cursor: QueryCursor,
  first: Operand,
  start: number,
  sent: readonly string[],
): readonly [ComparableOperand, ComparableOperand] {
  const least = comparable(cursor, first, start)
  const at = cursor.at
  const most = comparable(cursor, parseOperand(cursor, sent), at)
  if (least.kind !== most.kind) throw expected(cursor, `a ${least.kind}, as the range begins with one`, at)
  if (compareComparables(least.value, most.value) > 0) throw expected(cursor, 'no less than the range begins with', at)
  return [least, most]
}

function comparable(cursor: QueryCursor, operand: Operand, at: number): ComparableOperand {
  if (operand.kind !== 'boolean' && operand.kind !== 'uri') return operand
  throw expected(cursor, 'a number, a "text" or a time, which have an order', at)
}

/** 4.9: "Attribute Operator ComparableValue": ranges and lists are for == and !=. */
function parseOrdered(cursor: QueryCursor, operator: string, sent: readonly string[]): ComparableOperand {
  const start = cursor.at
  const value = comparable(cursor, parseOperand(cursor, sent), start)
  if (comesNext(cursor, '..') || comesNext(cursor, ',')) {
    throw expected(cursor, `one value after ${operator}; ranges and lists stand after == and != only`)
  }
  return value
}

/** RFC 8259: a string, as far as its closing quote; what stands in it is JSON's to judge. */
const STRING = /"(?:[^"\\]|\\.)*"/suy
/** Whatever is not an operator of the query. A range has two dots. */
const BARE = /(?:(?!\.\.)[^;|(),"\s])+/uy
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LIKE_NUMBER = /^[+-]?\.?\d[\d.]*(?:[eE][+-]?\d*)?$/
const LIKE_TIME = /^(?:\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2})/

function parseOperand(cursor: QueryCursor, sent: readonly string[]): Operand {
  const start = cursor.at
  if (comesNext(cursor, '"')) return named(cursor, sent, { kind: 'text', value: parseString(cursor) })
  const bare = parseBare(cursor)
  if (bare === undefined) throw expected(cursor, 'a value')
  if (bare === 'true' || bare === 'false') return { kind: 'boolean', value: bare === 'true' }
  if (NUMBER.test(bare)) return { kind: 'number', value: Number(bare) }
  const temporal = temporalOf(bare)
  if (temporal !== undefined) return temporal
  if (LIKE_TIME.test(bare)) {
    throw expected(cursor, 'a date or time that exists, in UTC: 2018-01-31T12:00:00Z, 2018-01-31 or 12:00:00Z', start)
  }
  if (LIKE_NUMBER.test(bare)) throw expected(cursor, 'a number as JSON has it', start)
  return named(cursor, sent, { kind: 'uri', value: bare })
}

/** A fraction that is cut at a range, as in 1.5..2, keeps its one dot. */
function parseBare(cursor: QueryCursor): string | undefined {
  const bare = match(cursor, BARE)
  if (comesNext(cursor, '"') || comesNext(cursor, ' ')) {
    throw expected(cursor, 'the end of the value; texts stand in double quotes')
  }
  return bare
}

function parseString(cursor: QueryCursor): string {
  const start = cursor.at
  const literal = match(cursor, STRING)
  if (literal === undefined) throw expected(cursor, 'a closing double quote', cursor.text.length)
  try {
    return JSON.parse(literal)
  } catch {
    throw expected(cursor, 'a text as JSON has it; a backslash in it is written twice', start)
  }
}

/** 4.9, expandValues: "the list of attributes whose values should be expanded against the supplied @context". */
function named<T extends Operand & { readonly value: string }>(
  { options: { expandValues, expandValue } }: QueryCursor,
  sent: readonly string[],
  operand: T,
): T {
  const isNamed = expandValues?.has(sent[0] ?? '') || expandValues?.has(sent.at(-1) ?? '')
  return isNamed ? { ...operand, iri: expandValue(operand.value) } : operand
}

/** In quotes as it stands there, but for `\"`; else as far as a `;`, or a `|` or `)` that is not its own. */
function parsePattern(cursor: QueryCursor): string {
  const { at: place, limits } = cursor.options
  const quoted = match(cursor, STRING)
  if (quoted !== undefined) return checkPattern(quoted.slice(1, -1).replaceAll('\\"', '"'), place, limits.chars)
  const start = cursor.at
  cursor.at = endOfPattern(cursor.text, start)
  const pattern = cursor.text.slice(start, cursor.at)
  if (pattern === '')
    throw badRequest(`expected a regular expression at character ${start + 1}; for example ~="^Av"`, place)
  return checkPattern(pattern, place, limits.chars)
}

function endOfPattern(text: string, start: number): number {
  let open = 0
  let inClass = false
  for (let i = start; i < text.length; i++) {
    const character = text[i]
    if (character === '\\') i++
    else if (inClass) inClass = character !== ']' || i === start
    else if (character === '[') inClass = true
    else if (character === '(') open++
    else if (character === ';' || (open === 0 && (character === '|' || character === ')'))) return i
    else if (character === ')') open--
  }
  return text.length
}
