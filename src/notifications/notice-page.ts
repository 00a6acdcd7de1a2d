import type { Notice, NoticePage } from '../ports/notices.ts'

/** Whether there may be more: what was read is as much as was asked for. */
export function isFullPage(page: readonly Notice[], most: NoticePage): boolean {
  return page.length >= most.notices || bytesOf(page) >= most.bytes
}

export function bytesOf(notices: readonly Notice[]): number {
  return notices.reduce((sum, { bytes }) => sum + bytes, 0)
}
