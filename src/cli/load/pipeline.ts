/** A few batches under way at once, and never two that have an entity in common: its last state wins, as in the file. */

import type { Batch } from './batches.ts'

interface Pipeline {
  /** Resolves when the batch has been started. Throws what a batch before it failed with. */
  start(batch: Batch): Promise<void>
  /** Resolves when all have ended. Throws what one of them failed with. */
  drain(): Promise<void>
}

export function createPipeline(maxUnderWay: number, send: (batch: Batch) => Promise<void>): Pipeline {
  const underWay = new Map<Promise<void>, ReadonlySet<string>>()
  let failure: { readonly error: unknown } | undefined

  const check = () => {
    if (failure !== undefined) throw failure.error
  }
  const mustWait = (ids: ReadonlySet<string>) =>
    underWay.size >= maxUnderWay || [...underWay.values()].some((others) => shares(ids, others))

  return {
    start: async (batch) => {
      const ids = new Set(batch.entities.flatMap(({ id }) => (id === undefined ? [] : [id])))
      while (mustWait(ids)) await Promise.race(underWay.keys())
      check()
      const sending = send(batch)
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => underWay.delete(sending))
      underWay.set(sending, ids)
    },
    drain: async () => {
      await Promise.all(underWay.keys())
      check()
    },
  }
}

function shares(ids: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const id of ids) if (others.has(id)) return true
  return false
}
