/** A text that is read from left to right, and where it is read. */

import { badRequest, type Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'

export interface Cursor {
  readonly text: string
  /** Index of the next character. */
  at: number
  /** Where the text stands: a parameter, or a JSON pointer. */
  readonly place: string
  /** What a right text looks like, for errors. */
  readonly example: string
}

/** Whether these characters come next; they are passed over then. */
export function take(cursor: Cursor, characters: string): boolean {
  if (!cursor.text.startsWith(characters, cursor.at)) return false
  cursor.at += characters.length
  return true
}

export function comesNext(cursor: Cursor, characters: string): boolean {
  return cursor.text.startsWith(characters, cursor.at)
}

export function isAtEnd({ text, at }: Cursor): boolean {
  return at >= text.length
}

/** What matches a sticky expression here; it is passed over then. */
export function match(cursor: Cursor, sticky: RegExp): string | undefined {
  sticky.lastIndex = cursor.at
  const found = sticky.exec(cursor.text)?.[0]
  if (found !== undefined) cursor.at += found.length
  return found
}

/** What was expected here, or at another index. */
export function expected(cursor: Cursor, what: string, at = cursor.at): Problem {
  const { text, place, example } = cursor
  const rest = text.slice(at, at + 20)
  const found = at >= text.length ? 'the end' : show(rest)
  const twice = /%[0-9A-Fa-f]{2}/.test(text) ? ' (it seems to be percent-encoded twice)' : ''
  return badRequest(`expected ${what} at character ${at + 1}, found ${found}${twice}; it looks like ${example}`, place)
}
