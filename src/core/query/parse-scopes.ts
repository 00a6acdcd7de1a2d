/** The NGSI-LD Scope Query Language (4.19): text → AST. */

import { tooWideSelection } from '../model/problems.ts'
import type { ScopePattern, ScopeQuery } from './ast.ts'
import { type Cursor, comesNext, expected, isAtEnd, match, take } from './cursor.ts'

const EXAMPLE = 'a scope query looks like /Madrid/Gardens/# or (/Madrid;/CompanyA)|/CompanyB'

/**
 * Parses `/Madrid/Gardens/#`, `(/Madrid/Districts;/CompanyA)|/CompanyB`. A conjunction may also stand without its
 * parentheses, have a `/#` in it, and a Scope may lack its first slash (4.18; 4.19, EXAMPLE 5).
 * Throws BadRequestData that says at which character what was expected; TooComplexQuery where there are more than `most`
 * Scopes.
 * @param place where the text stands: a parameter, or a JSON pointer
 */
export function parseScopeQuery(text: string, place: string, most: number): ScopeQuery {
  const scopes = text.split(/[|,;]/).length
  if (scopes > most) throw tooWideSelection(scopes, most, place)
  const cursor: Cursor = { text, at: 0, place, example: EXAMPLE }
  const alternatives = [parseConjunction(cursor)]
  while (take(cursor, '|') || take(cursor, ',')) alternatives.push(parseConjunction(cursor))
  if (!isAtEnd(cursor)) throw expected(cursor, '"|", "," or ";"')
  return alternatives
}

function parseConjunction(cursor: Cursor): readonly ScopePattern[] {
  const inParentheses = take(cursor, '(')
  const patterns = [parsePattern(cursor)]
  while (take(cursor, ';')) patterns.push(parsePattern(cursor))
  if (!inParentheses) {
    if (comesNext(cursor, '(')) throw expected(cursor, 'an operator before "("')
    return patterns
  }
  if (!take(cursor, ')')) throw expected(cursor, '";" or ")", as only what is to hold together stands in parentheses,')
  if (comesNext(cursor, ';'))
    throw expected(cursor, '"|" or ","; what is to hold together stands in one pair of parentheses')
  return patterns
}

const LEVEL = /\p{L}[\p{N}\p{L}_]*|\+/uy

function parsePattern(cursor: Cursor): ScopePattern {
  const levels: string[] = []
  const isWhole = take(cursor, '/')
  do {
    // "The "#" that can be added at the end of a Scope specification … matches the given scope and the whole hierarchy of
    // scopes below. The "/#" matches any non-empty scope"
    if ((isWhole || levels.length > 0) && take(cursor, '#')) return lastLevel(cursor, levels)
    const level = match(cursor, LEVEL)
    if (level === undefined) throw expected(cursor, 'a level of a Scope: a name, "+" or, as the last one, "#"')
    levels.push(level)
  } while (take(cursor, '/'))
  return { levels, below: false }
}

function lastLevel(cursor: Cursor, levels: readonly string[]): ScopePattern {
  if (comesNext(cursor, '/')) throw expected(cursor, 'nothing below "#", which stands for all levels below')
  return { levels, below: true }
}
