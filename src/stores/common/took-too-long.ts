import { Problem } from '../../core/model/problems.ts'

/** 5.5.6: "When a query operation is so complex that cannot be resolved … TooComplexQuery." */
export function tookTooLong(): Problem {
  return new Problem(
    'TooComplexQuery',
    'the query was not answered within the time for a request (BOYA_REQUEST_TIMEOUT); narrow it down: by type, by a value that few entities have, or by an area',
  )
}
