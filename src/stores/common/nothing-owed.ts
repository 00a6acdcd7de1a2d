import { foldContents } from '../../core/subscription/fold-told.ts'
import type { NoticeSource } from '../../ports/notices.ts'

/** For a store that is opened without anybody to tell. */
export const NOTHING_OWED: NoticeSource = {
  ready: () => undefined,
  noticesOf: () => [],
  // What others have left is moved by whoever opens the database.
  ...foldContents,
  committed: () => undefined,
}
