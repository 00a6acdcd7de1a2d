import type { HistoryPolicy } from '../../ports/history.ts'

/** What a store keeps that is not told otherwise. */
export const KEEP_ALL: HistoryPolicy = { isRecorded: () => true, afterDeletion: 'keep' }
