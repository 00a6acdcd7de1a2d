/** Regular expressions in queries (4.9). */

import type { Pattern } from './ast.ts'
import { characterOf, comesNext, expected, match } from './cursor.ts'
import { checkPattern } from './pattern.ts'
import type { QueryCursor } from './query-cursor.ts'
import { STRING } from './query-operand.ts'

/**
 * In double quotes it is taken as it stands, but that `\"` is a quote: backslashes are the expression's. Without them it
 * goes as far as a `;`, `|` or `)` that is not in brackets of its own.
 */
export function parsePattern(cursor: QueryCursor): Pattern {
  const start = cursor.at
  const { text } = cursor
  const source = comesNext(cursor, '"') ? quoted(cursor) : unquoted(cursor)
  if (source === '') throw expected(cursor, 'a regular expression, as in name~="^Av",', start)
  const { at, limits } = cursor.options
  return checkPattern(source, at, limits.chars, characterOf(text, start))
}

function quoted(cursor: QueryCursor): string {
  const found = match(cursor, STRING)
  if (found === undefined) throw expected(cursor, 'a double quote that ends the expression', cursor.text.length)
  return found.slice(1, -1).replaceAll('\\"', '"')
}

function unquoted(cursor: QueryCursor): string {
  const start = cursor.at
  cursor.at = endOfPattern(cursor.text, start)
  return cursor.text.slice(start, cursor.at)
}

function endOfPattern(text: string, start: number): number {
  let open = 0
  let i = start
  while (i < text.length) {
    const character = text[i]
    if (open === 0 && (character === ';' || character === '|' || character === ')')) return i
    if (character === '(') open++
    else if (character === ')') open--
    i = character === '[' ? endOfClass(text, i) : i + (character === '\\' ? 2 : 1)
  }
  return text.length
}

/** `[^]a]`: first of all a bracket stands for itself; `[[:alpha:]]`: it has named classes in it. */
const CLASS = /\[\^?\]?(?:\[:[^:\]]*:\]|\\.|[^\]\\])*\]/suy

/** Where the class does not end, neither does the expression, which will be refused then. */
function endOfClass(text: string, start: number): number {
  CLASS.lastIndex = start
  const found = CLASS.exec(text)?.[0]
  return found === undefined ? text.length : start + found.length
}
