/** Operators of query terms (4.9), and what stands behind them. */

import type { AttributePath, ComparableOperand, Operand, QueryTest } from './ast.ts'
import { compareComparables } from './comparable.ts'
import { comesNext, expected, match, take } from './cursor.ts'
import { countTerm, type QueryCursor } from './query-cursor.ts'
import { type IsNamed, parseOperand } from './query-operand.ts'
import { parsePattern } from './query-pattern.ts'

const OPERATORS = ['==', '!=', '>=', '<=', '>', '<'] as const
type Operator = (typeof OPERATORS)[number] | '~=' | '!~='

/** Undefined where the term ends here. */
export function parseTest(cursor: QueryCursor, { names }: AttributePath): QueryTest | undefined {
  const operator = parseOperator(cursor)
  switch (operator) {
    case undefined:
      return undefined
    case '==':
    case '!=':
      return parseEquality(cursor, operator, isNamed(cursor, names))
    case '~=':
    case '!~=':
      return { operator, pattern: parsePattern(cursor) }
    default:
      return { operator, value: parseOrdered(cursor, operator) }
  }
}

/** 4.9, expandValues: "the list of attributes whose values should be expanded against the supplied @context". */
function isNamed({ options: { expandValues } }: QueryCursor, names: readonly string[]): IsNamed {
  return expandValues !== undefined && (expandValues.has(names[0] ?? '') || expandValues.has(names.at(-1) ?? ''))
}

/** What one may take for an operator. */
const LIKE_OPERATOR = /[=<>!~&]+/y
/** What is meant by what is none. */
const MEANT: Readonly<Record<string, string>> = {
  '=': '==',
  '===': '==',
  '!==': '!=',
  '<>': '!=',
  '=>': '>=',
  '=<': '<=',
  '=~': '~=',
  '==~': '~=',
  '~': '~=',
  '~~': '~=',
  '!~': '!~=',
  '!=~': '!~=',
  '&': ';',
  '&&': ';',
}

function parseOperator(cursor: QueryCursor): Operator | undefined {
  // A regular expression begins with any character.
  if (take(cursor, '~=')) return '~='
  if (take(cursor, '!~=')) return '!~='
  const start = cursor.at
  const found = match(cursor, LIKE_OPERATOR)
  if (found === undefined) return undefined
  const operator = OPERATORS.find((each) => each === found)
  if (operator !== undefined) return operator
  const meant = MEANT[found]
  throw expected(
    cursor,
    meant === undefined ? `an operator (${[...OPERATORS, '~=', '!~='].join(' ')})` : `"${meant}" instead of "${found}"`,
    start,
  )
}

/** The clause itself has a space behind the comma, though not in its grammar: `color=="black", "red"`. */
const COMMA = /, */y

function parseEquality(cursor: QueryCursor, operator: '==' | '!=', named: IsNamed): QueryTest {
  const start = cursor.at
  const first = parseOperand(cursor, named)
  if (take(cursor, '..')) return { operator, range: parseRange(cursor, first, start) }
  const values = [first]
  while (match(cursor, COMMA) !== undefined) {
    countTerm(cursor)
    values.push(parseOperand(cursor, named))
    if (comesNext(cursor, '..')) throw expected(cursor, 'a list of values or one range, not both')
  }
  return { operator, values }
}

function parseRange(
  cursor: QueryCursor,
  first: Operand,
  start: number,
): readonly [least: ComparableOperand, most: ComparableOperand] {
  const least = comparable(cursor, first, start)
  const { at } = cursor
  const most = comparable(cursor, parseOperand(cursor, false), at)
  if (least.kind !== most.kind)
    throw expected(cursor, `a ${least.kind} as the range begins with, not a ${most.kind}`, at)
  if (compareComparables(least.value, most.value) > 0) {
    throw expected(cursor, 'no less than what the range begins with, as there is nothing between them', at)
  }
  if (comesNext(cursor, ',')) throw expected(cursor, 'a list of values or one range, not both')
  return [least, most]
}

/** 4.9, ComparableValue. */
function comparable(cursor: QueryCursor, operand: Operand, at: number): ComparableOperand {
  if (operand.kind !== 'boolean' && operand.kind !== 'uri') return operand
  const what = operand.kind === 'boolean' ? 'true and false have' : 'URIs have'
  throw expected(cursor, `a number, a "text" or a time (${what} no order: compare with == or !=)`, at)
}

/** 4.9: "Attribute Operator ComparableValue": ranges and lists are for == and !=. */
function parseOrdered(cursor: QueryCursor, operator: string): ComparableOperand {
  const start = cursor.at
  const value = comparable(cursor, parseOperand(cursor, false), start)
  if (comesNext(cursor, '..') || comesNext(cursor, ',')) {
    throw expected(cursor, `one value after ${operator}, as ranges and lists stand after == and != only,`)
  }
  return value
}
