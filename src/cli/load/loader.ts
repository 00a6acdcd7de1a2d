/** Sources in, one after another; what became of their entities out. */

import type { Progress } from '../progress.ts'
import { type Batch, createBatcher } from './batches.ts'
import type { BrokerClient } from './broker-client.ts'
import { elementsIn } from './elements.ts'
import { inspect } from './entity.ts'
import { createPipeline } from './pipeline.ts'
import type { RefusalFile } from './refusals.ts'
import { type LoadMode, sendBatch } from './send-batch.ts'
import type { Source } from './source.ts'
import type { Element } from './splitter.ts'

interface Counts {
  readonly created: number
  readonly updated: number
  /** By upserts whose answer does not say whether they created or updated. */
  readonly stored: number
}

export interface Loader {
  /** Resolves when all is read and most is sent. Throws CommandError where it cannot go on. */
  load(source: Source): Promise<void>
  /** Sends the rest and waits for the answers. Throws CommandError where one of them cannot be had. */
  finish(): Promise<void>
  counts(): Counts
}

/** Requests at once: the broker has work while the next batch is read. */
const UNDER_WAY = 4

export function createLoader(
  client: BrokerClient,
  options: { readonly batch: number; readonly mode: LoadMode },
  refusals: RefusalFile,
  progress: Progress,
): Loader {
  let counts: Counts = { created: 0, updated: 0, stored: 0 }
  let bytes = 0
  const batcher = createBatcher(options.batch)
  const pipeline = createPipeline(UNDER_WAY, async (batch) => {
    const { created, updated, stored, refused } = await sendBatch(client, options.mode, batch)
    counts = { created: counts.created + created, updated: counts.updated + updated, stored: counts.stored + stored }
    for (const refusal of refused) refusals.add(refusal)
    show()
  })
  const show = () => {
    const entities = counts.created + counts.updated + counts.stored + refusals.count
    progress.show({ done: bytes, entities, refused: refusals.count })
  }
  const read = (size: number) => {
    bytes += size
    show()
  }
  const start = async (batch: Batch | undefined) => {
    if (batch !== undefined) await pipeline.start(batch)
  }
  const take = async (source: Source, element: Element) => {
    const inspected = inspect(source.name, element)
    if (inspected.ok) await start(batcher.add(inspected.entity))
    else refusals.add(inspected.refusal)
  }
  return {
    load: async (source) => {
      for await (const elements of elementsIn(source, read)) {
        for (const element of elements) await take(source, element)
      }
    },
    finish: async () => {
      await start(batcher.flush())
      await pipeline.drain()
    },
    counts: () => counts,
  }
}
