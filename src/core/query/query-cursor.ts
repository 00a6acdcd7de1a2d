/** What the parts of the parser of queries (4.9) share. */

import { badRequest, Problem } from '../model/problems.ts'
import { type Cursor, characterOf } from './cursor.ts'

/** What a query may have, whatever its length. */
export interface QueryLimits {
  readonly chars: number
  /** Terms, and values of lists. */
  readonly terms: number
  /** Parentheses in one another; Relationships that a path follows. */
  readonly depth: number
}

/** What a path is read with. */
export interface PathOptions {
  /** Name of an Attribute or type → IRI (5.5.7). Throws BadRequestData where it can be none. */
  readonly expand: (name: string) => string
  /** Where the text stands: a parameter, or a JSON pointer. */
  readonly at: string
  readonly limits: Pick<QueryLimits, 'depth'>
}

export interface QueryOptions extends PathOptions {
  /** Value → IRI, with the @context (JSON-LD type coercion, 5.5.7). */
  readonly expandValue: (value: string) => string
  /** IRIs of Attributes whose values are names to be expanded. */
  readonly expandValues?: ReadonlySet<string>
  readonly limits: QueryLimits
}

export interface PathCursor extends Cursor {
  readonly options: PathOptions
}

/** What every part of the parser is given. */
export interface QueryCursor extends PathCursor {
  readonly options: QueryOptions
  /** Terms and values that may still come. */
  left: number
}

/** Throws TooComplexQuery. */
export function countTerm(cursor: QueryCursor): void {
  const { limits, at } = cursor.options
  if (--cursor.left >= 0) return
  throw tooComplex(`has more than ${limits.terms} terms and values (BOYA_MAX_QUERY_TERMS)`, at)
}

/** `detail`: what the query has too much of. */
export function tooComplex(detail: string, at: string): Problem {
  return new Problem('TooComplexQuery', `the query ${detail}: divide it into several`, at)
}

/** The IRI of a name that stands at an index; what is wrong with it is told with its place. */
export function expandAt({ options, text }: PathCursor, name: string, index: number): string {
  try {
    return options.expand(name)
  } catch (error) {
    if (!(error instanceof Problem) || error.kind !== 'BadRequestData') throw error
    throw badRequest(`${error.detail}; it stands at character ${characterOf(text, index)}`, options.at)
  }
}
