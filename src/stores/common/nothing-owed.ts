import type { NoticeSource } from '../../ports/notices.ts'

/** For a store that is opened without anybody to tell. */
export const NOTHING_OWED: NoticeSource = {
  ready: () => undefined,
  noticesOf: () => [],
  committed: () => undefined,
}
