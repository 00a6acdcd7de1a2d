/** How long what happened is kept as it was, and after that as what it was together: the operator's rules, as data. */

import { badRequest } from '../model/problems.ts'
import { type Duration, parseDuration, periodStart } from './duration.ts'
import type { Micros } from './time-property.ts'

/** Of entities of a type (IRI), or of all where it is absent. */
export interface RetentionRule {
  readonly type?: string
  /** For so long instances are kept; absent: for ever. */
  readonly raw?: Duration
  /** After that they are summarized in periods of so many microseconds, which are kept for so long; absent: they are gone. */
  readonly summaries?: { readonly everyMicros: number; readonly keep?: Duration }
}

/** What the rule of an entity comes to at a time. */
export interface Horizons {
  /** Instances before it are not kept. It is where a period begins. */
  readonly rawBefore: Micros
  /** In periods that begin at multiples of it since 1970. */
  readonly everyMicros?: number
  /** Summaries that end before it are not kept. */
  readonly summariesBefore?: Micros
}

/** The first rule that is for one of these types; undefined where all is kept for ever. */
export function horizonsOf(
  rules: readonly RetentionRule[],
  types: readonly string[],
  now: Micros,
): Horizons | undefined {
  const rule = rules.find(({ type }) => type === undefined || types.includes(type))
  if (rule?.raw === undefined) return undefined
  const rawBefore = before(now, rule.raw)
  if (rule.summaries === undefined) return { rawBefore }
  const { everyMicros, keep } = rule.summaries
  return {
    rawBefore: Math.floor(rawBefore / everyMicros) * everyMicros,
    everyMicros,
    ...(keep !== undefined && { summariesBefore: before(now, keep) }),
  }
}

function before(now: Micros, duration: Duration): Micros {
  return periodStart(now, duration, -1)
}

/** As it is written: `{"type": "Bus", "raw": "P30D", "summaries": {"every": "PT1H", "keep": "P5Y"}}`. */
export interface WrittenRule {
  readonly type?: string
  readonly raw?: string
  readonly summaries?: { readonly every: string; readonly keep?: string }
}

/** Throws BadRequestData. `at`: where the rule stands; `expand`: the IRI of a type. */
export function parseRetentionRule(written: WrittenRule, at: string, expand: (type: string) => string): RetentionRule {
  const { type = '*', raw, summaries } = written
  if (summaries !== undefined && raw === undefined) {
    throw badRequest(
      'says what comes after "raw", which is missing; say for how long instances are kept',
      `${at}/summaries`,
    )
  }
  return {
    ...(type !== '*' && { type: expand(type) }),
    ...(raw !== undefined && { raw: lasting(raw, `${at}/raw`) }),
    ...(summaries !== undefined && { summaries: summarizedBy(summaries, `${at}/summaries`) }),
  }
}

function summarizedBy(
  { every, keep }: NonNullable<WrittenRule['summaries']>,
  at: string,
): NonNullable<RetentionRule['summaries']> {
  const { months, micros } = lasting(every, `${at}/every`)
  if (months > 0)
    throw badRequest('is of the calendar; summaries need periods of one length, such as PT1H or P1D', `${at}/every`)
  return { everyMicros: micros, ...(keep !== undefined && { keep: lasting(keep, `${at}/keep`) }) }
}

function lasting(text: string, at: string): Duration {
  const duration = parseDuration(text, at)
  if (duration === undefined)
    throw badRequest(`${text} is no time at all; leave the rule out, or switch history off for the type`, at)
  return duration
}
