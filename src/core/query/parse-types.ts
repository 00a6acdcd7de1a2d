/** The NGSI-LD Entity Type Selection Language (4.17). */

import { isName } from '../model/name.ts'
import { badRequest, type Problem, tooWideSelection } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { TypeSelection } from './ast.ts'

type ExpandName = (name: string) => string

/**
 * Parses `Building|House`, `(Home;Vehicle),Motorhome` into a disjunction of conjunctions of IRIs.
 * Throws BadRequestData that says at which character what was expected; TooComplexQuery where there are more than
 * `most` names.
 * @param place where the text stands: a parameter, or a JSON pointer
 */
export function parseTypeSelection(text: string, expand: ExpandName, most: number, place = 'type'): TypeSelection {
  const names = text.split(/[|,;]/).length
  if (names > most) throw tooWideSelection(names, most, place)
  const sent: Sent = { text, place }
  const alternatives: (readonly string[])[] = []
  let rest = 0
  for (;;) {
    const { alternatives: found, end } = text[rest] === '(' ? parseGroup(sent, rest) : parseSingle(sent, rest)
    alternatives.push(...found.map((types) => types.map(expand)))
    if (end === text.length) return alternatives
    rest = end + 1
  }
}

interface Sent {
  readonly text: string
  readonly place: string
}

interface Parsed {
  readonly alternatives: readonly (readonly string[])[]
  readonly end: number
}

function parseSingle(sent: Sent, start: number): Parsed {
  const { text } = sent
  const end = endOfName(text, start, /[|,;()]/)
  if (text[end] === '(' || text[end] === ')') throw wrong(sent, end, '"," or "|"')
  if (text[end] === ';')
    throw wrong(sent, end, '"," or "|"; types that an entity must have together stand in parentheses')
  return { alternatives: [[name(sent, start, end)]], end }
}

/** The grammar has conjunctions in parentheses only; of alternatives in them (4.17: "grouping") there is no doubt either. */
function parseGroup(sent: Sent, start: number): Parsed {
  const { text } = sent
  const types: string[] = []
  let operator: string | undefined
  let from = start + 1
  for (;;) {
    const end = endOfName(text, from, /[|,;()]/)
    types.push(name(sent, from, end))
    const next = text[end]
    if (next === ')') {
      endGroup(sent, end + 1)
      return {
        alternatives: operator === undefined || operator === ';' ? [types] : types.map((type) => [type]),
        end: end + 1,
      }
    }
    if (next === undefined || next === '(') throw wrong(sent, end, `"${operator ?? ';'}" or ")"`)
    operator ??= next === ',' ? '|' : next
    if ((next === ';') !== (operator === ';')) throw wrong(sent, end, `"${operator}" or ")"`)
    from = end + 1
  }
}

function endGroup(sent: Sent, at: number): void {
  const { text } = sent
  if (at < text.length && text[at] !== '|' && text[at] !== ',') throw wrong(sent, at, '"," or "|"')
}

function endOfName(text: string, start: number, stop: RegExp): number {
  const length = text.slice(start).search(stop)
  return length === -1 ? text.length : start + length
}

function name(sent: Sent, start: number, end: number): string {
  const found = sent.text.slice(start, end)
  if (isName(found)) return found
  throw wrong(sent, start, 'the name of an entity type', found)
}

function wrong({ text, place }: Sent, at: number, expected: string, name = ''): Problem {
  const found = at < text.length ? show(name === '' ? text[at] : name) : 'the end'
  return badRequest(
    `expected ${expected} at character ${at + 1}, found ${found}; a selection looks like (Home;Vehicle),Motorhome`,
    place,
  )
}
