/**
 * Parts of a JSON text as they were written, so that no number loses a digit. The text is known to be JSON. It is all there, so that
 * strings are passed in one go: over the scan of chunks (element-scan.ts) the same takes nine times as long.
 */

import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../json-characters.ts'

export interface Member {
  readonly name: string
  /** Its value, as it was written. */
  readonly text: string
}

/** The members of an object, also where a name stands twice. */
export function membersOf(object: string): readonly Member[] {
  const members: Member[] = []
  let at = afterSpace(object, afterSpace(object, 0) + 1)
  while (object.charCodeAt(at) === QUOTE) {
    const end = endOfString(object, at)
    const begin = afterSpace(object, afterColon(object, end))
    const next = endOfValue(object, begin)
    members.push({ name: unquoted(object.slice(at, end)), text: object.slice(begin, next) })
    at = afterComma(object, next)
  }
  return members
}

/** The elements of an array. */
export function elementsOfArray(array: string): readonly string[] {
  const elements: string[] = []
  let at = afterSpace(array, afterSpace(array, 0) + 1)
  while (at < array.length && array.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(array, at)
    elements.push(array.slice(at, end))
    at = afterComma(array, end)
  }
  return elements
}

function unquoted(text: string): string {
  return text.includes('\\') ? JSON.parse(text) : text.slice(1, -1)
}

function afterSpace(text: string, at: number): number {
  while (text.charCodeAt(at) <= 0x20) at++
  return at
}

function afterColon(text: string, at: number): number {
  const colon = afterSpace(text, at)
  return text.charCodeAt(colon) === COLON ? colon + 1 : colon
}

function afterComma(text: string, at: number): number {
  const comma = afterSpace(text, at)
  return text.charCodeAt(comma) === COMMA ? afterSpace(text, comma + 1) : comma
}

/** Index after the value that begins here. */
function endOfValue(text: string, begin: number): number {
  const first = text.charCodeAt(begin)
  if (first === QUOTE) return endOfString(text, begin)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfNested(text, begin)
  let at = begin
  while (at < text.length && !isDelimiter(text.charCodeAt(at))) at++
  return at
}

function endOfNested(text: string, begin: number): number {
  let depth = 0
  let at = begin
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = endOfString(text, at)
      continue
    }
    at++
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at
  }
  return at
}

function endOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin + 1)
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end === -1 ? text.length : end + 1
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 1
}

function isDelimiter(code: number): boolean {
  return code === COMMA || code === CLOSE_BRACKET || code === CLOSE_BRACE || code <= 0x20
}
