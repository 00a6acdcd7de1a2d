/** Values of query terms (4.9). */

import { temporalOf } from '../model/date-time.ts'
import { isUri } from '../model/uri.ts'
import type { Operand } from './ast.ts'
import { comesNext, expected, match } from './cursor.ts'
import type { QueryCursor } from './query-cursor.ts'

/** Whether the value is a name that the @context may give an IRI. */
export type IsNamed = boolean

/** Up to what cannot be in a value: a range has two dots. 4.6.3: a comma may stand before the fraction of a second. */
const BARE = /(?:\d{4}-\d{2}-\d{2}T)?\d{2}:\d{2}:\d{2},\d{1,6}Z|(?:(?!\.\.)[^;|(),"\s])+/uy
const LIKE_TIME = /^(?:\d{4}-\d{2}-\d{2}|\d{2}:\d{2}:\d{2})/
/** RFC 8259, section 6. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LIKE_NUMBER = /^[+-]?\.?\d|^[+-]?(?:nan|inf|infinity)$/i
const LIKE_LITERAL = /^(?:true|false|null)$/i
/** What a term of an @context looks like. */
const WORD = /^\p{L}[\p{L}\p{N}_.-]*$/u
const VALUES = 'a number, true, false, a time, a URI or a text in double quotes'

/** 4.9: what stands after an operator. Throws BadRequestData with the character where it is none. */
export function parseOperand(cursor: QueryCursor, named: IsNamed): Operand {
  if (comesNext(cursor, '"')) return withIri(cursor, named, { kind: 'text', value: parseString(cursor) })
  const start = cursor.at
  const bare = match(cursor, BARE)
  if (bare === undefined)
    throw expected(cursor, `${VALUES}${comesNext(cursor, ' ') ? ', without a space before it' : ''}`)
  const literal = literalOf(cursor, bare, start)
  if (/^["\s(]/.test(cursor.text.slice(cursor.at, cursor.at + 1))) {
    throw expected(cursor, 'the end of the value (a text stands in double quotes, and no space beside an operator)')
  }
  if (literal !== undefined) return literal
  if (LIKE_LITERAL.test(bare) && !named) throw expected(cursor, `${VALUES} (true and false as they stand here)`, start)
  if (!isUri(bare) && !WORD.test(bare)) throw expected(cursor, VALUES, start)
  return withIri(cursor, named, { kind: 'uri', value: bare })
}

/** Undefined where it is a URI, a name, or nothing of all these. */
function literalOf(cursor: QueryCursor, bare: string, start: number): Operand | undefined {
  if (bare === 'true' || bare === 'false') return { kind: 'boolean', value: bare === 'true' }
  if (NUMBER.test(bare)) return { kind: 'number', value: finite(cursor, Number(bare), start) }
  const temporal = temporalOf(bare)
  if (temporal !== undefined) return temporal
  // 4.6.3
  if (LIKE_TIME.test(bare)) {
    throw expected(cursor, 'a time that exists, in UTC: 2018-01-31T12:00:00Z, 2018-01-31 or 12:00:00Z', start)
  }
  if (LIKE_NUMBER.test(bare)) throw expected(cursor, 'a number as JSON has it (a text stands in double quotes)', start)
  return undefined
}

function finite(cursor: QueryCursor, value: number, start: number): number {
  // -0 is 0.
  if (Number.isFinite(value)) return value + 0
  throw expected(cursor, 'a number between -1.7e308 and 1.7e308', start)
}

/** RFC 8259, section 7, as far as the closing quote; what stands in it is JSON's to judge. */
export const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/suy

function parseString(cursor: QueryCursor): string {
  const start = cursor.at
  const literal = match(cursor, STRING)
  if (literal === undefined) throw expected(cursor, 'a double quote that ends the text', cursor.text.length)
  try {
    return JSON.parse(literal)
  } catch {
    throw expected(cursor, 'a text as JSON has it, a backslash in it written twice and a line break as \\n,', start)
  }
}

function withIri<T extends Operand & { readonly value: string }>(
  { options }: QueryCursor,
  named: IsNamed,
  operand: T,
): T {
  return named ? { ...operand, iri: options.expandValue(operand.value) } : operand
}
