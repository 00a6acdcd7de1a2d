/** What comes one by one → batches, one of which is stored while the next is read: in their order. */

import type { Settled } from '../../ports/store.ts'
import { TransferError } from './transfer-error.ts'

/** Something with the line that it stands in. */
export interface Placed {
  readonly line: number
  /** As it stands in the file. */
  readonly text: Buffer
}

interface Batches<Item> {
  /** Throws TransferError where the store failed with an earlier one. */
  add(item: Item): Promise<void>
  /** Resolves when all are stored. Throws TransferError where the store failed. */
  drain(): Promise<void>
}

const MOST_BYTES = 4 * 1024 * 1024

/** `most` at once. */
export function createBatches<Item extends Placed, Fate>(
  most: number,
  store: (items: readonly Item[]) => Promise<readonly Settled<Fate>[]>,
  settled: (item: Item, outcome: Settled<Fate>) => void,
): Batches<Item> {
  let waiting: Item[] = []
  let bytes = 0
  let underWay: Promise<void> = Promise.resolve()

  const send = async (batch: readonly Item[]): Promise<void> => {
    const outcomes = await store(batch).catch(failed)
    for (const [i, item] of batch.entries()) {
      const outcome = outcomes[i]
      if (outcome !== undefined) settled(item, outcome)
    }
  }
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    bytes = 0
    await underWay
    underWay = send(batch)
    // It is thrown where it is waited for.
    underWay.catch(() => undefined)
  }
  return {
    add: async (item) => {
      const { length } = item.text
      if (waiting.length >= most || (waiting.length > 0 && bytes + length > MOST_BYTES)) await flush()
      waiting.push(item)
      bytes += length
    },
    drain: async () => {
      if (waiting.length > 0) await flush()
      await underWay
    },
  }
}

function failed(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error)
  throw new TransferError(`the store failed: ${reason}`, error)
}
