/** Scalar values as they are compared (4.9, 4.6.3): a kind and something with an order. */

import { temporalOf } from '../model/date-time.ts'
import type { Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'

/** Values of different kinds are never equal and have no order (4.9: "no equality between the … data type"). */
export type ComparableKind = 'number' | 'text' | 'boolean' | 'dateTime' | 'date' | 'time' | 'uri'

/**
 * `value` is a number for number (the nearest double), dateTime (microseconds since 1970), date (the same, of its
 * midnight) and time (microseconds since midnight); 0 or 1 for boolean; the text itself for text and uri.
 */
export interface Comparable {
  readonly kind: ComparableKind
  readonly value: number | string
}

/**
 * What a scalar compares as: nothing where it is none; a text that reads as a DateTime, Date or Time (4.6.3) is that as
 * well as a text. A JSON-LD typed value (4.6.3) is its `@value`.
 */
export function comparablesOf(value: Json): readonly Comparable[] {
  if (typeof value === 'number') return [{ kind: 'number', value }]
  if (typeof value === 'boolean') return [{ kind: 'boolean', value: value ? 1 : 0 }]
  if (typeof value === 'string') {
    const temporal = temporalOf(value)
    const text: Comparable = { kind: 'text', value }
    return temporal === undefined ? [text] : [text, temporal]
  }
  if (value instanceof ExactNumber) return [{ kind: 'number', value: value.toNumber() }]
  return isTypedValue(value) ? comparablesOf(value['@value']) : []
}

/** A scalar as a value of one kind, of those that {@link comparablesOf} says it is; undefined where it is none of that kind. */
export function comparableAs(value: Json, kind: ComparableKind): number | string | undefined {
  if (typeof value === 'number') return kind === 'number' ? value : undefined
  if (typeof value === 'boolean') return kind === 'boolean' ? Number(value) : undefined
  if (typeof value === 'string') return kind === 'text' ? value : temporalAs(value, kind)
  if (value instanceof ExactNumber) return kind === 'number' ? value.toNumber() : undefined
  return isTypedValue(value) ? comparableAs(value['@value'], kind) : undefined
}

function temporalAs(text: string, kind: ComparableKind): number | undefined {
  if (kind !== 'dateTime' && kind !== 'date' && kind !== 'time') return undefined
  const temporal = temporalOf(text)
  return temporal?.kind === kind ? temporal.value : undefined
}

function isTypedValue(value: Json): value is { readonly '@value': Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, '@value')
}

/**
 * The order of two values of one kind: negative, 0 or positive. Texts by their code points, as UTF-8 has them and so
 * every database; JavaScript's own order is by UTF-16.
 */
export function compareComparables(a: number | string, b: number | string): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Negative, 0 or positive, by code points. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    // Surrogates stand for code points beyond all others, though their units are less than U+E000.
    if (x !== y) return (x >= 0xe000 && isSurrogate(y)) || (y >= 0xe000 && isSurrogate(x)) ? y - x : x - y
  }
  return a.length - b.length
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff
}
