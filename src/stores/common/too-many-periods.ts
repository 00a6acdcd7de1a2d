import { Problem } from '../../core/model/problems.ts'

/** 5.5.2, TooManyResults: an aggregation that would be longer than an answer may be. */
export function tooManyPeriods(): Problem {
  return new Problem(
    'TooManyResults',
    'the aggregation has more periods than an answer may have (BOYA_TEMPORAL_PERIODS); ask for longer periods, a shorter time, or fewer entities',
    'aggrPeriodDuration',
  )
}
