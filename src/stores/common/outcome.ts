/** How one of several writes ended. */

import { Problem } from '../../core/model/problems.ts'
import type { Settled } from '../../ports/store.ts'

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

/** The value; throws the error. */
export function resultOf<T>(outcome: Outcome<T> | undefined): T {
  if (outcome === undefined) throw new Error('a write ended without an outcome')
  if (!outcome.ok) throw outcome.error
  return outcome.value
}

/** For the caller of several writes: an error that is no Problem is thrown. */
export function settled<T>(outcome: Outcome<T>): Settled<T> {
  if (outcome.ok) return outcome
  if (outcome.error instanceof Problem) return { ok: false, problem: outcome.error }
  throw outcome.error
}
