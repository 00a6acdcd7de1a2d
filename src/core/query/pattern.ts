/**
 * Regular expressions of clients (4.9, 5.2.33). They run in RE2's linear-time engine, so none can hang the broker. RE2
 * takes the extended expressions of IEEE 1003.2 but for collating symbols and equivalence classes (`[[.a.]]`, `[[=a=]]`)
 * and back-references; of Perl's it has classes (`\d`), lazy quantifiers and groups, but no look-around.
 */

import { LRUCache } from 'lru-cache'
import { RE2JS, RE2JSException } from 're2js'
import { badRequest, Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { Pattern } from './ast.ts'

const compiled = new LRUCache<string, RE2JS>({ max: 200 })

function compile(source: string): RE2JS {
  const known = compiled.get(source)
  if (known !== undefined) return known
  const made = RE2JS.compile(source)
  compiled.set(source, made)
  return made
}

/** Throws BadRequestData where the text is no regular expression, TooComplexQuery where it is longer than `most` characters. */
export function checkPattern(source: string, at: string, most: number): Pattern {
  if (source.length > most) {
    throw new Problem(
      'TooComplexQuery',
      `the regular expression has ${source.length} characters; at most ${most} are taken`,
      at,
    )
  }
  try {
    compile(source)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw badRequest(
      `${show(source)} is no regular expression: ${reasonOf(source, error)}; for example ^urn:ngsi-ld:Bus:`,
      at,
    )
  }
  return source
}

function reasonOf(source: string, { message }: Error): string {
  if (/\(\?<?[=!]/.test(source)) return 'look-around ("(?=", "(?!", "(?<") is not taken, as it takes too long'
  if (/\\[1-9]/.test(source)) return 'back-references ("\\1") are not taken, as they take too long'
  return message
}

/** Whether the pattern is found somewhere in a text: `^Eiffel` matches `Eiffel Tower`. */
export function matcherOf(pattern: Pattern): (text: string) => boolean {
  const regularExpression = compile(pattern)
  return (text) => regularExpression.test(text)
}

/** What every text begins with that the pattern is found in: all of `^urn:ngsi-ld:Bus:`; `''` where nothing is known. */
export function literalPrefixOf(pattern: Pattern): string {
  if (!pattern.startsWith('^')) return ''
  // Of an alternative only one has to be found.
  if (pattern.includes('|')) return ''
  const literal = /^\^((?:[^\\.[\](){}*+?^$|]|\\[^A-Za-z0-9])*)/u.exec(pattern)?.[1] ?? ''
  const rest = pattern.slice(1 + literal.length)
  // A quantifier that allows none takes the last character away.
  const certain = /^[*?{]/.test(rest) ? literal.replace(/(?:\\.|.)$/su, '') : literal
  return certain.replace(/\\(.)/gsu, '$1')
}
