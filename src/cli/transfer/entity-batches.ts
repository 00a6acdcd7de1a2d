/** Entities → batches, one of which is stored while the next is read: in their order, which becomes that of creation. */

import type { Settled } from '../../ports/store.ts'
import type { CarriedEntity, EntityFate } from './restore-entity.ts'
import { TransferError } from './transfer-error.ts'

export interface EntityLine extends CarriedEntity {
  readonly line: number
  /** As it stands in the file. */
  readonly text: Buffer
}

interface EntityBatches {
  /** Throws TransferError where the store failed with an earlier one. */
  add(entity: EntityLine): Promise<void>
  /** Resolves when all are stored. Throws TransferError where the store failed. */
  drain(): Promise<void>
}

const MOST = 500
const MOST_BYTES = 4 * 1024 * 1024

export function createEntityBatches(
  store: (entities: readonly CarriedEntity[]) => Promise<readonly Settled<EntityFate>[]>,
  settled: (line: EntityLine, outcome: Settled<EntityFate>) => void,
): EntityBatches {
  let waiting: EntityLine[] = []
  let bytes = 0
  let underWay: Promise<void> = Promise.resolve()

  const send = async (batch: readonly EntityLine[]): Promise<void> => {
    const outcomes = await store(batch).catch(failed)
    for (const [i, line] of batch.entries()) {
      const outcome = outcomes[i]
      if (outcome !== undefined) settled(line, outcome)
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
    add: async (line) => {
      if (waiting.length >= MOST || (waiting.length > 0 && bytes + line.bytes > MOST_BYTES)) await flush()
      waiting.push(line)
      bytes += line.bytes
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
