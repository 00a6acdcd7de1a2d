/** The NGSI-LD Attribute Projection Language (4.21). */

import { isName } from '../model/name.ts'
import { Problem, tooWideSelection } from '../model/problems.ts'
import { type Cursor, comesNext, expected, isAtEnd, match, take } from './cursor.ts'
import { expandAt, type PathCursor } from './query-cursor.ts'

/** What an Entity has beside its Attributes, as a projection names it (4.21). */
const MEMBERS = ['id', 'type', 'scope'] as const

/** Whether a term means no Attribute. */
export function isMember(member: string): boolean {
  return (MEMBERS as readonly string[]).includes(member)
}

/** The deprecated lists of Attributes, as pick: what an Entity has beside them is shown whatever is named. */
export function attributesAsPick(attributes: readonly string[]): readonly ProjectionTerm[] {
  return [...MEMBERS, ...attributes].map((member) => ({ member }))
}

/** One member of an Entity that is wanted, or not. */
export interface ProjectionTerm {
  /** `id`, `type`, `scope`, or the IRI of an Attribute. */
  readonly member: string
  /** Of the entities that a Relationship leads to; never empty. Absent: the term says nothing of them. */
  readonly linked?: readonly ProjectionTerm[]
}

export interface ProjectionLimits {
  /** Names, those in braces among them. */
  readonly terms: number
  /** Braces in one another. */
  readonly depth: number
}

const EXAMPLE = 'a projection looks like id,temperature or observation{temperature,humidity}'

/**
 * Parses `temperature,humidity`, `id|name`, `observation{temperature,humidity}`; each member stands in it once. Throws
 * BadRequestData that says at which character what was expected; TooComplexQuery where it exceeds a limit.
 * @param at where the text stands: a parameter, or a JSON pointer
 */
export function parseProjectionTerms(
  text: string,
  at: string,
  expand: (name: string) => string,
  limits: ProjectionLimits,
): readonly ProjectionTerm[] {
  const names = text.split(/[|,{]/).length
  if (names > limits.terms) throw tooWideSelection(names, limits.terms, at)
  const cursor: PathCursor = { text, at: 0, place: at, example: EXAMPLE, options: { expand, at, limits } }
  const terms = parseTerms(cursor, 0)
  if (!isAtEnd(cursor)) throw expected(cursor, '"," or the end')
  return terms
}

/** How many Relationships are followed at most: 0 where no linked entity is projected. */
export function projectionDepth(terms: readonly ProjectionTerm[]): number {
  return terms.reduce((depth, { linked }) => Math.max(depth, linked === undefined ? 0 : 1 + projectionDepth(linked)), 0)
}

function parseTerms(cursor: PathCursor, depth: number): readonly ProjectionTerm[] {
  const terms = new Map<string, ProjectionTerm>()
  do {
    const start = cursor.at
    const term = parseTerm(cursor, depth)
    const earlier = terms.get(term.member)
    if ((earlier?.linked ?? (earlier && term.linked)) !== undefined) {
      throw expected(cursor, 'each name once; what is wanted of one linked entity stands in one pair of braces', start)
    }
    terms.set(term.member, term)
  } while (take(cursor, ',') || take(cursor, '|'))
  return [...terms.values()]
}

function parseTerm(cursor: PathCursor, depth: number): ProjectionTerm {
  const start = cursor.at
  const name = parseName(cursor)
  const isOwn = isMember(name)
  const member = isOwn ? name : expandAt(cursor, name, start)
  if (!comesNext(cursor, '{')) return { member }
  if (isOwn) throw expected(cursor, `"," or the end, as ${name} is no Relationship`)
  return { member, linked: parseLinked(cursor, depth + 1) }
}

function parseLinked(cursor: PathCursor, depth: number): readonly ProjectionTerm[] {
  const { limits, at } = cursor.options
  if (depth > limits.depth) {
    throw new Problem('TooComplexQuery', `has braces more than ${limits.depth} deep: ask for fewer linked entities`, at)
  }
  take(cursor, '{')
  const terms = parseTerms(cursor, depth)
  if (!take(cursor, '}')) throw expected(cursor, '"," or "}"')
  return terms
}

/** Up to what has a meaning here; an IRI has other characters, too. */
const NAME = /[^,|{}]+/y

function parseName(cursor: Cursor): string {
  const start = cursor.at
  const name = match(cursor, NAME)
  if (name !== undefined && isName(name)) return name
  throw expected(cursor, 'id, type, scope or the name of an Attribute', start)
}
