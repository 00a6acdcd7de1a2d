/** The NGSI-LD Entity Type Selection Language (4.17). */

import { isName } from '../model/name.ts'
import { badRequest, type Problem, tooWideSelection } from '../model/problems.ts'
import type { TypeSelection } from './ast.ts'

type ExpandName = (name: string) => string

/**
 * Parses `Building|House`, `(Home;Vehicle),Motorhome` into a disjunction of conjunctions of IRIs.
 * Throws BadRequestData that says at which character what was expected; TooComplexQuery where there are more than
 * `most` names.
 */
export function parseTypeSelection(text: string, expand: ExpandName, most: number): TypeSelection {
  const names = text.split(/[|,;]/).length
  if (names > most) throw tooWideSelection(names, most, 'type')
  const alternatives: (readonly string[])[] = []
  let rest = 0
  for (;;) {
    const { types, end } = text[rest] === '(' ? parseConjunction(text, rest) : parseSingle(text, rest)
    alternatives.push(types.map(expand))
    if (end === text.length) return alternatives
    rest = end + 1
  }
}

interface Parsed {
  readonly types: readonly string[]
  readonly end: number
}

function parseSingle(text: string, start: number): Parsed {
  const end = endOfName(text, start, /[|,;()]/)
  if (text[end] === '(' || text[end] === ')') throw wrong(text, end, '"," or "|"')
  if (text[end] === ';')
    throw wrong(text, end, '"," or "|"; types that an entity must have together stand in parentheses')
  return { types: [name(text, start, end)], end }
}

function parseConjunction(text: string, start: number): Parsed {
  const types: string[] = []
  let from = start + 1
  for (;;) {
    const end = endOfName(text, from, /[|,;()]/)
    types.push(name(text, from, end))
    if (text[end] === ')') {
      const next = end + 1
      if (next < text.length && text[next] !== '|' && text[next] !== ',') throw wrong(text, next, '"," or "|"')
      return { types, end: next }
    }
    if (text[end] !== ';') throw wrong(text, end, '";" or ")"')
    from = end + 1
  }
}

function endOfName(text: string, start: number, stop: RegExp): number {
  const length = text.slice(start).search(stop)
  return length === -1 ? text.length : start + length
}

function name(text: string, start: number, end: number): string {
  const found = text.slice(start, end)
  if (isName(found)) return found
  throw wrong(text, start, 'the name of an entity type')
}

function wrong(text: string, at: number, expected: string): Problem {
  const found = at < text.length ? `"${text[at]}"` : 'the end'
  return badRequest(
    `expected ${expected} at character ${at + 1}, found ${found}; a selection looks like (Home;Vehicle),Motorhome`,
    'type',
  )
}
