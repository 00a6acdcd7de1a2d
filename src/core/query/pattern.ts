/**
 * Regular expressions of clients (4.9, 5.2.33). They run in RE2's linear-time engine, so none can hang the broker.
 *
 * Of the extended expressions of IEEE 1003.2 RE2 has all but collating symbols (`[[.ch.]]`) and equivalence classes
 * (`[[=e=]]`), which are refused; repetitions go up to 1000, and one of another wants parentheses (`(a*)+`). In brackets
 * a backslash escapes, where IEEE 1003.2 takes it for itself. Of what Perl adds it has classes (`\d`, `\p{L}`), lazy
 * repetitions and flags (`(?i)`), but no back-references and no look-around.
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
  // IEEE 1003.2: a dot is any character, also a line break.
  const made = RE2JS.compile(source, RE2JS.DOTALL)
  compiled.set(source, made)
  return made
}

/** States that repetitions may add to the automaton: each may cost a look at each character of a text. */
const MOST_REPEATED = 3_000

/**
 * Throws BadRequestData where the text is no regular expression; TooComplexQuery where it is longer than `most`
 * characters or its repetitions multiply to as much.
 * @param character of the text at `at` that it begins at, for errors; absent where it is all of it
 */
export function checkPattern(source: string, at: string, most: number, character?: number): Pattern {
  if (source.length > most) throw tooLong(`has ${source.length} characters; at most ${most} are taken`, at)
  const reason = faultOf(source)
  if (reason !== undefined) {
    const where = character === undefined ? '' : ` at character ${character}`
    throw badRequest(
      `${show(source)}${where} is no regular expression: ${reason}; one looks like ^urn:ngsi-ld:Bus:`,
      at,
    )
  }
  if (compile(source).programSize() - source.length > MOST_REPEATED) {
    throw tooLong('repeats too much; the numbers in braces multiply', at)
  }
  return source
}

function tooLong(detail: string, at: string): Problem {
  return new Problem('TooComplexQuery', `the regular expression ${detail}`, at)
}

function faultOf(source: string): string | undefined {
  if (hasCollatingSymbol(source)) return 'collating symbols and equivalence classes ("[.ch.]", "[=e=]") are not taken'
  try {
    compile(source)
    return undefined
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return reasonOf(source, error)
  }
}

/** RE2 would take them for classes of these characters. */
function hasCollatingSymbol(source: string): boolean {
  for (const [, content = ''] of source.replace(/\\./gsu, '').matchAll(/\[\^?\]?([^\]]*)/g)) {
    for (const mark of ['.', '=']) {
      const begin = content.indexOf(`[${mark}`)
      if (begin !== -1 && begin + 2 < content.length && content.endsWith(mark)) return true
    }
  }
  return false
}

function reasonOf(source: string, { message }: Error): string {
  if (/\(\?<?[=!]/.test(source)) return 'look-around ("(?=", "(?!", "(?<=") is not taken, as it may take for ever'
  if (/\\[1-9]/.test(source)) return 'back-references ("\\1") are not taken, as they may take for ever'
  // Where it quotes all of it, DOTALL stands there as a flag.
  return message.replace(/^error parsing regexp: /, '').replace(`\`(?s)${source}\``, () => `\`${source}\``)
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
