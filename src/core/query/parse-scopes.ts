/** The NGSI-LD Scope Query Language (4.19): text → AST. */

import { tooWideSelection } from '../model/problems.ts'
import type { ScopePattern, ScopeQuery } from './ast.ts'
import { type Cursor, expected, isAtEnd, match, take } from './cursor.ts'

const LEVEL = /\p{L}[\p{N}\p{L}_]*|\+/uy

/**
 * Parses `/Madrid/Gardens/#`, `(/Madrid/Districts;/CompanyA)|/CompanyB`. A conjunction may also stand without its
 * parentheses, and a Scope without its first slash (4.18). Throws BadRequestData that says at which character what was
 * expected; TooComplexQuery where there are more than `most` Scopes.
 */
export function parseScopeQuery(text: string, place: string, most: number): ScopeQuery {
  const scopes = text.split(/[|,;]/).length
  if (scopes > most) throw tooWideSelection(scopes, most, place)
  const cursor: Cursor = { text, at: 0, place, example: '/Madrid/Gardens/# or (/Madrid;/CompanyA)|/CompanyB' }
  const alternatives = [parseConjunction(cursor)]
  while (take(cursor, '|') || take(cursor, ',')) alternatives.push(parseConjunction(cursor))
  if (!isAtEnd(cursor)) throw expected(cursor, '"|", "," or ";"')
  return alternatives
}

function parseConjunction(cursor: Cursor): readonly ScopePattern[] {
  const inParentheses = take(cursor, '(')
  const patterns = [parsePattern(cursor)]
  while (take(cursor, ';')) patterns.push(parsePattern(cursor))
  if (inParentheses && !take(cursor, ')')) throw expected(cursor, '";" or ")"')
  return patterns
}

function parsePattern(cursor: Cursor): ScopePattern {
  // 4.19: "The "/#" matches any non-empty scope".
  if (take(cursor, '/#')) return { levels: [], below: true }
  const levels: string[] = []
  take(cursor, '/')
  do {
    // "The "#" that can be added at the end of a Scope specification … matches the given scope and … below."
    if (levels.length > 0 && take(cursor, '#')) return { levels, below: true }
    const level = match(cursor, LEVEL)
    if (level === undefined) throw expected(cursor, 'a level of a Scope: a name, "+" or, as the last one, "#"')
    levels.push(level)
  } while (take(cursor, '/'))
  return { levels, below: false }
}
