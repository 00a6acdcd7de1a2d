/** What the parts of the parser of queries (4.9) share. */

import { Problem } from '../model/problems.ts'
import type { Cursor } from './cursor.ts'

/** What a query may have, whatever its length. */
export interface QueryLimits {
  readonly chars: number
  /** Terms, and values of lists. */
  readonly terms: number
  /** Parentheses in one another; Relationships that a path follows. */
  readonly depth: number
}

export interface QueryOptions {
  /** Name of an Attribute or type → IRI (5.5.7). Throws BadRequestData where it can be none. */
  readonly expand: (name: string) => string
  /** Value → IRI, with the @context (JSON-LD type coercion, 5.5.7). */
  readonly expandValue: (value: string) => string
  /** Names of Attributes, as they were sent, whose values are names to be expanded. */
  readonly expandValues?: ReadonlySet<string>
  /** Where the query stands: a parameter, or a JSON pointer. */
  readonly at: string
  readonly limits: QueryLimits
}

/** What every part of the parser is given. */
export interface QueryCursor extends Cursor {
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
