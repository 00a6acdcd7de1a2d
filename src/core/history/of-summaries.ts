/** Whether what is only in summaries can be part of an aggregation. */

import type { Period } from './duration.ts'
import type { InstanceSelection } from './selection.ts'

/**
 * They stand where their instances were observed; which of these are among the last, had another time, or lay in some periods, they do
 * not say.
 */
export function areSummariesSelected(
  { timeProperty, lastN }: InstanceSelection,
  periods: readonly Period[] | undefined,
): boolean {
  return timeProperty === 'observedAt' && lastN === undefined && periods === undefined
}
