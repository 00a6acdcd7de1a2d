/** Rules of retention that cannot do what they say. */

import { badRequest } from '../model/problems.ts'
import type { Duration } from './duration.ts'
import type { RetentionRule } from './retention.ts'

/**
 * Throws BadRequestData where summaries would be gone before they are made, or where a rule is never come to, because one before it is for
 * the same type, or for all. `at`: where the rules stand.
 */
export function refuseVain(rules: readonly RetentionRule[], at: string): void {
  for (const [i, rule] of rules.entries()) {
    refuseVainSummaries(rule, `${at}/${i}`)
    const before = rules.slice(0, i).findIndex(({ type }) => type === undefined || type === rule.type)
    if (before !== -1)
      throw badRequest(
        `is never come to: the first rule that is for a type holds, and the rule at ${at}/${before} is for ${rules[before]?.type === undefined ? 'all types' : 'the same'}; put it before that one, or leave it out`,
        `${at}/${i}`,
      )
  }
}

function refuseVainSummaries({ raw, summaries }: RetentionRule, at: string): void {
  if (raw === undefined || summaries?.keep === undefined || lengthOf(summaries.keep) > lengthOf(raw)) return
  throw badRequest(
    'is not longer than "raw", after which summaries are made: they would be gone at once. Both count from when something was observed; say a longer time, or leave "summaries" out',
    `${at}/summaries/keep`,
  )
}

/** Microseconds; of a month what it has on average. */
function lengthOf({ months, micros }: Duration): number {
  return months * MONTH + micros
}

const MONTH = (365.2425 / 12) * 86_400_000_000
