import { loadCoreContext } from '../../contexts/core-context.ts'
import { createCoreOnly } from '../../contexts/resolve.ts'
import type { Recorded } from '../../core/history/recording.ts'
import { type RecordingRule, recordedBy } from '../../core/history/recording-rules.ts'
import { type CreatablePastCheck, createCreatablePastCheck } from '../../core/representation/creatable-past.ts'
import type { DecodeLimits } from '../../core/representation/decoder.ts'

/** By what history is judged, and made. */
export interface HistoryRules {
  readonly check: CreatablePastCheck
  /** Which Attributes have a history here. */
  readonly isRecorded: Recorded
  now(): number
}

/** What happened to entities is judged as what clients send, with the limits for that. */
export async function createHistoryRules(
  limits: DecodeLimits,
  recording: readonly RecordingRule[],
): Promise<HistoryRules> {
  const { terms } = createCoreOnly(await loadCoreContext())
  return { check: createCreatablePastCheck({ terms, limits }), isRecorded: recordedBy(recording), now: Date.now }
}
