/** What an answer has not given that was cut (6.3.10): the same selection, as far as it lies beyond the cut. */

import type { InstanceSelection } from './selection.ts'
import type { Micros } from './time-property.ts'

/** Forwards what is later than the cut, with lastN what is earlier. How many of the last are left is told by {@link givenOf}. */
export function restOf(selection: InstanceSelection, cutAt: Micros): InstanceSelection {
  const { lastN, from, until } = selection
  return lastN === undefined
    ? { ...selection, from: Math.max(cutAt + 1, from ?? cutAt + 1) }
    : { ...selection, until: Math.min(cutAt, until ?? cutAt) }
}

/** With lastN: what was given, and so is of the last N. */
export function givenOf(selection: InstanceSelection, cutAt: Micros): InstanceSelection {
  return { ...selection, from: Math.max(cutAt, selection.from ?? cutAt) }
}
