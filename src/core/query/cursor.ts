/** A text that is read from left to right, and where it is read. */

import { badRequest, type Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'

export interface Cursor {
  readonly text: string
  /** Index of the next character. */
  at: number
  /** Where the text stands: a parameter, or a JSON pointer. */
  readonly place: string
  /** What a right text looks like, for errors: `a query looks like …`. */
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

/** Characters of what was found that an error shows. */
const SHOWN = 20
/** The characters with a meaning in a language of clause 4, percent-encoded, as they are left where that was done twice. */
const ENCODED = /%(?:2[0-9A-F]|3[A-F]|5[BD]|7[BCDE])/i

/** A BadRequestData for what was expected here, or at another index. */
export function expected(cursor: Cursor, what: string, at = cursor.at): Problem {
  const { text, place, example } = cursor
  const rest = text.slice(at, at + SHOWN)
  const found = at >= text.length ? 'the end' : show(rest)
  const twice = ENCODED.test(rest) ? '; it seems to have been percent-encoded twice' : ''
  return badRequest(`expected ${what} at character ${characterOf(text, at)}, found ${found}${twice}; ${example}`, place)
}

/** An index as people count: from 1, and a character beyond U+FFFF, of which JavaScript makes two, is one. */
export function characterOf(text: string, index: number): number {
  return Array.from(text.slice(0, index)).length + 1
}
