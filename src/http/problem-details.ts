/** The only place that knows how a Problem looks on the wire (5.5.3, 6.3.2, 6.3.3). */

import { Problem, type ProblemKind } from '../core/model/problems.ts'

/** Table 6.3.2-1 */
const STATUS: Readonly<Record<ProblemKind, number>> = {
  AlreadyExists: 409,
  BadRequestData: 400,
  Conflict: 409,
  InternalError: 500,
  InvalidRequest: 400,
  LdContextNotAvailable: 504,
  NonexistentTenant: 404,
  OperationNotSupported: 422,
  ResourceNotFound: 404,
  TooComplexQuery: 403,
  TooManyResults: 403,
}

const TITLE: Readonly<Record<ProblemKind, string>> = {
  AlreadyExists: 'It exists already',
  BadRequestData: 'The data of the request is not right',
  Conflict: 'The operation conflicts with the state of the system',
  InternalError: 'Boya failed',
  InvalidRequest: 'The request is not right',
  LdContextNotAvailable: 'An @context cannot be had',
  NonexistentTenant: 'There is no such tenant',
  OperationNotSupported: 'The operation is not supported',
  ResourceNotFound: 'There is no such resource',
  TooComplexQuery: 'The query is too complex',
  TooManyResults: 'The query has too many results',
}

interface ProblemDetails {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  /** Our extension: a JSON pointer into the body, or the name of a parameter or header. */
  readonly at?: string
}

export function problemDetails(problem: Problem): ProblemDetails {
  const { kind } = problem
  const at = problem.at === undefined ? undefined : shortened(problem.at)
  const detail = shortened(problem.detail)
  return {
    type: `https://uri.etsi.org/ngsi-ld/errors/${kind}`,
    title: TITLE[kind],
    status: STATUS[kind],
    detail: at === undefined || at === '' ? detail : `${at}: ${detail}`,
    ...(at !== undefined && { at }),
  }
}

const LONGEST = 1_000

/** Details quote what was sent, and a name or value that was sent may be megabytes: its beginning says enough. */
function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

/** Errors that HTTP knows and 5.5.2 does not (6.3.2: "standard specific errors of HTTP bindings"). */
export function httpProblem(status: number, title: string, detail: string): ProblemDetails {
  return { type: 'about:blank', title, status, detail }
}

/** Whatever was thrown as a Problem; what was none is Boya's own fault, and its text stays here. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem('InternalError', 'Boya could not do this because of a fault of its own; its log says more')
}
