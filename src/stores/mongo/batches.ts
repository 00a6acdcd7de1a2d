/** What a cursor finds, as it arrives. */

import type { FindCursor } from 'mongodb'
import type { Queried } from './collections.ts'

/** In batches of 16 MiB at most: a server sends no more at a time. */
export async function* batchesOf<Row>(
  { ask }: Pick<Queried, 'ask'>,
  cursor: FindCursor<Row>,
): AsyncGenerator<readonly Row[]> {
  let answer: Promise<boolean> | undefined
  const next = (): Promise<boolean> => {
    answer = cursor.hasNext()
    return answer
  }
  try {
    while (await ask(next)) {
      yield cursor.readBufferedDocuments()
      // Mostly the first batch is the last, of which the server has said so.
      if (cursor.id?.isZero()) return
    }
  } finally {
    // Who ends it early has an answer, or an error, and does not wait for a server that may not answer.
    if (!cursor.closed) void closeAfter(answer, cursor)
  }
}

/** Not before what was asked last is answered: by what name the server has the cursor is known only then. */
async function closeAfter(answer: Promise<unknown> | undefined, cursor: Pick<FindCursor, 'close'>): Promise<void> {
  await Promise.allSettled([answer])
  await Promise.allSettled([cursor.close()])
}
