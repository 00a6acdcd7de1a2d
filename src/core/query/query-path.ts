/** Attribute paths (4.9): `temperature.observedAt`, `address[city]`, `sensor{Device:humidity}`. */

import { Problem } from '../model/problems.ts'
import type { AttributePath, EntityLink } from './ast.ts'
import { comesNext, expected, match, take } from './cursor.ts'
import type { QueryCursor } from './query-cursor.ts'

/** 4.9: "unicodeLetter *TermChar", and 4.6.2: with a prefix. */
const NAME = /\p{L}[\p{N}\p{L}_]*(?::\p{L}[\p{N}\p{L}_]*)?/uy
const TYPES = /\p{L}[\p{N}\p{L}_]*(?:,\p{L}[\p{N}\p{L}_]*)*:(?=\p{L})/uy
/** An IRI instead of a name: it has two slashes, and ends where an operator begins. */
const IRI = /[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s<>=!~;|()[\]{},"]*/y
/** What stands in brackets between its dots. */
const MEMBER = /[^.[\]]+/y

interface Parsed {
  readonly path: AttributePath
  /** Names as they were sent. */
  readonly sent: readonly string[]
}

export function parsePath(cursor: QueryCursor): Parsed {
  const links: EntityLink[] = []
  let types: readonly string[] = []
  for (;;) {
    const names = [parseName(cursor)]
    if (take(cursor, '{')) {
      links.push({ relationship: expandName(cursor, names[0] ?? ''), types })
      checkDepth(cursor, links.length)
      types = parseTypes(cursor)
      continue
    }
    while (take(cursor, '.')) names.push(parseName(cursor))
    const trail = parseTrail(cursor)
    for (let i = 0; i < links.length; i++) if (!take(cursor, '}')) throw expected(cursor, '"}"')
    return {
      path: { links: shifted(links, types), names: names.map((name) => expandName(cursor, name)), ...trail },
      sent: names,
    }
  }
}

/** The types that were read after a brace are those of the entity that the Relationship before it leads to. */
function shifted(links: readonly EntityLink[], last: readonly string[]): readonly EntityLink[] {
  return links.map(({ relationship }, i) => ({ relationship, types: links[i + 1]?.types ?? last }))
}

function parseName(cursor: QueryCursor): string {
  const name = match(cursor, IRI) ?? match(cursor, NAME)
  if (name === undefined) throw expected(cursor, 'the name of an Attribute')
  return name
}

function expandName({ options }: QueryCursor, name: string): string {
  return options.expand(name)
}

function parseTypes(cursor: QueryCursor): readonly string[] {
  const types = match(cursor, TYPES)
  return types === undefined
    ? []
    : types
        .slice(0, -1)
        .split(',')
        .map((type) => expandName(cursor, type))
}

function checkDepth({ options: { limits, at } }: QueryCursor, links: number): void {
  if (links <= limits.depth) return
  const detail = `a path of the query follows more than ${limits.depth} Relationships (BOYA_MAX_QUERY_DEPTH)`
  throw new Problem('TooComplexQuery', detail, at)
}

function parseTrail(cursor: QueryCursor): Pick<AttributePath, 'trail'> {
  if (!take(cursor, '[')) return {}
  const trail: string[] = []
  do {
    const member = match(cursor, MEMBER)
    if (member === undefined) throw expected(cursor, 'the name of a member, a language, or "*"')
    trail.push(member)
  } while (take(cursor, '.'))
  if (!take(cursor, ']')) throw expected(cursor, '"]"')
  if (comesNext(cursor, '[')) throw expected(cursor, 'one pair of brackets, as in [a.b]')
  return { trail }
}
