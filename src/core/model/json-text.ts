/**
 * JSON text ⇄ values, without losing what JSON.parse loses silently: digits of long numbers and members that stand
 * twice. The common case costs JSON.parse and one pass over the text; only what the pass finds suspicious is parsed
 * by the exact and slower parser.
 */

import { parse as parseExactly, stringify as stringifyExactly } from 'lossless-json'
import type { Json } from './entity.ts'
import { ExactNumber, parseNumber } from './exact-number.ts'

/** What a text may have, whatever its size. */
export interface JsonLimits {
  /** How many objects and arrays may stand in one another. */
  readonly depth: number
  /** Characters of one number. */
  readonly digits: number
}

/** Why a text is no JSON that Boya takes; `position` is a zero-based index into the text. */
export class JsonTextError extends Error {
  readonly reason: 'syntax' | 'duplicate' | 'limit'
  readonly position: number

  constructor(reason: 'syntax' | 'duplicate' | 'limit', message: string, position: number) {
    super(message)
    this.reason = reason
    this.position = position
  }
}

/**
 * Throws JsonTextError where the text is no JSON, names a member twice, or exceeds a limit: one of those given, or the
 * stack, which no depth within BOYA_MAX_JSON_DEPTH comes near to.
 */
export function parseJson(text: string, limits: JsonLimits): Json {
  const seen = scan(text, limits)
  try {
    return parseScanned(text, seen)
  } catch (error) {
    // What V8 throws where the stack ends.
    if (error instanceof RangeError) throw deeperThanRead(seen)
    throw error
  }
}

function parseScanned(text: string, seen: Scan): Json {
  if (seen.exact) return parseSlowly(text)
  let value: Json
  try {
    value = JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return parseSlowly(text)
    throw error
  }
  // A member that stands twice is one member of the value but two of the text.
  return countMembers(value) === seen.members ? value : parseSlowly(text)
}

/** Text that {@link stringifyJson} wrote, with the `exact` it returned. */
export function parseStoredJson(text: string, exact: boolean): Json {
  return exact ? (parseExactly(text, undefined, parseNumber) as Json) : JSON.parse(text)
}

let metExact = false
Object.defineProperty(ExactNumber.prototype, 'toJSON', {
  value: () => {
    metExact = true
    return null
  },
})

/** `exact` tells whether the text holds numbers that JSON.parse would change. */
export function stringifyJson(value: unknown): { readonly text: string; readonly exact: boolean } {
  metExact = false
  const text = JSON.stringify(value)
  if (!metExact) return { text, exact: false }
  return { text: stringifyExactly(value, undefined, undefined, [numbersAsTheyAre]) ?? 'null', exact: true }
}

const numbersAsTheyAre = {
  test: (value: unknown) => value instanceof ExactNumber,
  stringify: (value: unknown) => (value as ExactNumber).text,
}

function parseSlowly(text: string): Json {
  try {
    return parseExactly(text, undefined, { parseNumber, onDuplicateKey: refuseDuplicate }) as Json
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const position = Number(/at position (\d+)$/.exec(error.message)?.[1] ?? 0)
    throw new JsonTextError('syntax', error.message.replace(/ at position \d+$/, ''), position)
  }
}

function refuseDuplicate({ key, position }: { key: string; position: number }): never {
  throw new JsonTextError('duplicate', `the member "${key}" stands twice in one object; send it once`, position)
}

function countMembers(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countMembers(item)
    return count
  }
  for (const member in value) {
    count++
    const inner = (value as Record<string, Json>)[member]
    if (typeof inner === 'object') count += countMembers(inner)
  }
  return count
}

const QUOTE = 34
const BACKSLASH = 92

interface Scan {
  readonly members: number
  readonly exact: boolean
  /** How many objects and arrays stand in one another where it is deepest, and where that is first. */
  readonly depth: number
  readonly deepest: number
}

function scan(text: string, limits: JsonLimits): Scan {
  let depth = 0
  let most = 0
  let deepest = 0
  let members = 0
  let exact = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i = endOfString(text, i)
    } else if (code === 123 || code === 91) {
      if (++depth > most) {
        if (depth > limits.depth) throw tooDeep(limits.depth, i)
        most = depth
        deepest = i
      }
    } else if (code === 125 || code === 93) {
      depth--
    } else if (code === 58) {
      members++
    } else if ((code >= 48 && code <= 57) || code === 45) {
      const end = endOfNumber(text, i)
      if (end - i > limits.digits) throw tooLong(limits.digits, i)
      exact ||= needsExactness(text, i, end)
      i = end - 1
    }
  }
  return { members, exact, depth: most, deepest }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

/** Digits, sign, point and exponent: whatever a number can be made of. */
function endOfNumber(text: string, start: number): number {
  let i = start + 1
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const partOfNumber = (code >= 48 && code <= 57) || code === 46 || code === 43 || code === 45 || (code | 32) === 101
    if (!partOfNumber) break
  }
  return i
}

/** Up to 15 significant digits survive a double; an exponent is looked at by the exact parser. */
function needsExactness(text: string, start: number, end: number): boolean {
  if (end - start > 15) return true
  for (let i = start; i < end; i++) if ((text.charCodeAt(i) | 32) === 101) return true
  return false
}

function tooDeep(limit: number, position: number): JsonTextError {
  return new JsonTextError(
    'limit',
    `objects and arrays stand in one another more than ${limit} deep (BOYA_MAX_JSON_DEPTH)`,
    position,
  )
}

function deeperThanRead({ depth, deepest }: Scan): JsonTextError {
  return new JsonTextError(
    'limit',
    `objects and arrays stand in one another ${depth} deep, more than can be read (BOYA_MAX_JSON_DEPTH)`,
    deepest,
  )
}

function tooLong(limit: number, position: number): JsonTextError {
  return new JsonTextError('limit', `a number has more than ${limit} characters (BOYA_MAX_NUMBER_DIGITS)`, position)
}
