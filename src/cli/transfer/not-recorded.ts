import type { HistoryPolicy } from '../../ports/history.ts'

/** With what a store is opened for an import: what is written is what was, and happens to no entity now. */
export const NOT_RECORDED: HistoryPolicy = { isRecorded: () => false, afterDeletion: 'keep' }
