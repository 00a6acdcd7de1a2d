/** Tells the client of a stream what is owed, a page at a time. */

import { isFullPage } from './notice-page.ts'
import type { StreamReader } from './stream-reader.ts'
import type { StreamWriter } from './stream-writer.ts'

export interface StreamTelling {
  /** Something may be owed. */
  wake(): void
  /** Whether something may be owed that was not read. */
  isNew(): boolean
  /** Milliseconds until it is to be read whatever happens. */
  dueMs(): number
  /** Tells a page, if there may be any. Throws what the store throws, and may be called again. */
  tell(): Promise<void>
}

export function createStreamTelling(reader: StreamReader, writer: StreamWriter): StreamTelling {
  let isNew = true

  const tellPage = async (): Promise<void> => {
    isNew = false
    const { most } = writer
    const page = await reader.read(most)
    isNew ||= isFullPage(page, most)
    try {
      await writer.tell(page)
    } finally {
      await writer.settle()
    }
  }
  return {
    wake: () => {
      isNew = true
    },
    isNew: () => isNew,
    dueMs: reader.dueMs,
    tell: async () => {
      // What could not be settled, because it would be read again.
      await writer.settle()
      if (isNew || reader.dueMs() === 0) await tellPage()
    },
  }
}
