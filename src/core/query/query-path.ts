/** Attribute paths (4.9): `temperature.observedAt`, `address[city]`, `sensor{Device:humidity}`. */

import { Problem } from '../model/problems.ts'
import type { AttributePath, EntityLink } from './ast.ts'
import { comesNext, expected, match, take } from './cursor.ts'
import { expandAt, type PathCursor } from './query-cursor.ts'

interface Name {
  readonly sent: string
  readonly at: number
}

/** Throws BadRequestData, and TooComplexQuery where it follows too many Relationships. */
export function parsePath(cursor: PathCursor): AttributePath {
  const links: EntityLink[] = []
  let first = parseName(cursor, PREFIXED)
  while (take(cursor, '{')) {
    checkDepth(cursor, links.length + 1)
    links.push({ relationship: expand(cursor, first), types: parseTypes(cursor) })
    first = parseName(cursor, PLAIN)
  }
  const names = [first]
  while (take(cursor, '.')) names.push(parseName(cursor, PREFIXED))
  const trail = parseTrail(cursor)
  closeBraces(cursor, links.length)
  return { links, names: names.map((name) => expand(cursor, name)), ...trail }
}

/** 4.9: "unicodeLetter *TermChar". */
const PLAIN = /\p{L}[\p{N}\p{L}_]*/uy
/** 4.6.2: names may have a prefix. */
const PREFIXED = /\p{L}[\p{N}\p{L}_]*(?::\p{L}[\p{N}\p{L}_]*)?/uy
/**
 * An IRI in place of a name, as 4.9 has it not: "The attribute path is always a composition of short hand names". It is
 * told by its slashes, has no character that is an operator, and a dot after its last `/` or `#` leads to a sub-Attribute.
 */
const STEM = /[A-Za-z][A-Za-z0-9+-]{0,30}:\/\/(?:(?:(?!:\/\/)[^\s<>=!~;|()[\]{},"/#])*[/#])+/.source
const IRI = new RegExp(`${STEM}${/[^\s<>=!~;|()[\]{},"/#.]+/.source}`, 'y')
/** In braces a colon divides: what stands before the last one are types, of which an IRI has none after its last `/` or `#`. */
const TYPE = `(?:${STEM}${/[^\s<>=!~;|()[\]{},"/#.:]+/.source}|${PREFIXED.source})`
const TYPES = new RegExp(`${TYPE}(?:,${TYPE})*:(?=\\p{L})`, 'uy')

function parseName(cursor: PathCursor, form: RegExp): Name {
  const { at } = cursor
  const sent = match(cursor, IRI) ?? match(cursor, form)
  if (sent === undefined) throw expected(cursor, nameAdvice(cursor))
  if (form === PLAIN && /\/\/.*:/.test(sent)) {
    throw expected(cursor, 'short names in the braces, where the last colon stands behind types', at)
  }
  return { sent, at }
}

function nameAdvice(cursor: PathCursor): string {
  if (comesNext(cursor, '!')) return 'the name of an Attribute (nothing is negated but by != and !~=)'
  if (comesNext(cursor, '|')) return 'the name of an Attribute (one "|" stands between two)'
  if (comesNext(cursor, ' ')) return 'the name of an Attribute, without spaces'
  return 'the name of an Attribute'
}

function expand(cursor: PathCursor, { sent, at }: Name): string {
  return expandAt(cursor, sent, at)
}

function parseTypes(cursor: PathCursor): readonly string[] {
  let { at } = cursor
  const types = match(cursor, TYPES)?.slice(0, -1).split(',') ?? []
  return types.map((type) => {
    const iri = expandAt(cursor, type, at)
    at += type.length + 1
    return iri
  })
}

function checkDepth({ options: { limits, at } }: PathCursor, links: number): void {
  if (links <= limits.depth) return
  const detail = `a path of the query follows more than ${limits.depth} Relationships (BOYA_MAX_QUERY_DEPTH)`
  throw new Problem('TooComplexQuery', detail, at)
}

/** What stands in brackets between its dots. */
const MEMBER = /[^.[\]]+/y

function parseTrail(cursor: PathCursor): Pick<AttributePath, 'trail'> {
  if (!take(cursor, '[')) return {}
  const trail: string[] = []
  do {
    const member = match(cursor, MEMBER)
    if (member === undefined) throw expected(cursor, 'the name of a member, a language, or "*"')
    trail.push(member)
  } while (take(cursor, '.'))
  if (!take(cursor, ']')) throw expected(cursor, '"]"')
  if (comesNext(cursor, '[')) throw expected(cursor, 'one pair of brackets, as in address[geo.city]')
  if (comesNext(cursor, '.')) throw expected(cursor, 'what leads into a value as the end of the path')
  return { trail }
}

function closeBraces(cursor: PathCursor, links: number): void {
  for (let open = links; open > 0; open--) {
    if (!take(cursor, '}')) throw expected(cursor, insideAdvice(cursor))
  }
  if (comesNext(cursor, '{'))
    throw expected(cursor, 'braces after the name of a Relationship of the entity itself only')
}

function insideAdvice(cursor: PathCursor): string {
  if (comesNext(cursor, ':'))
    return '"}"; in braces what stands before the last colon are types: sensor{Device:humidity}'
  if (/[=<>!~]/.test(cursor.text[cursor.at] ?? '')) return '"}"; values stand behind the braces: sensor{humidity}==40'
  return '"}"'
}
