/** Where entities go: batch operations on what they are now (5.6.7–5.6.9), or what they were, into their evolutions (5.6.11). */

import { type Batch, createBatcher } from './batches.ts'
import type { BrokerClient } from './broker-client.ts'
import type { LoadEntity, Refusal } from './entity.ts'
import { takeApart } from './history/evolution.ts'
import { createGatherer } from './history/gather.ts'
import type { Portion } from './history/portions.ts'
import { sendPortion } from './history/send-portion.ts'
import { createPipeline } from './pipeline.ts'
import { type BatchMode, sendBatch } from './send-batch.ts'

export type LoadMode = BatchMode | 'history'

export interface Counts {
  /** Entities, or evolutions. */
  readonly created: number
  readonly updated: number
  /** By upserts whose answer does not say whether they created or updated. */
  readonly stored: number
  /** Of evolutions. */
  readonly instances: number
}

export interface Sink {
  /** Resolves when it may be given more. Throws CommandError where it cannot go on. */
  take(entity: LoadEntity): Promise<void>
  /** Sends the rest and waits for the answers. Throws CommandError where one of them cannot be had. */
  finish(): Promise<void>
}

type Outcome = Partial<Counts> & { readonly refused: readonly Refusal[] }
type Report = (outcome: Outcome) => void

/** `batch`: entities, or instances, in one request at most. */
export function createSink(client: BrokerClient, mode: LoadMode, batch: number | undefined, report: Report): Sink {
  return mode === 'history'
    ? evolutionSink(client, batch ?? INSTANCES, report)
    : entitySink(client, mode, batch ?? ENTITIES, report)
}

const ENTITIES = 500
const INSTANCES = 1_000

/** Requests at once: the broker has work while the next batch is read. */
const BATCHES_UNDER_WAY = 4

function entitySink(client: BrokerClient, mode: BatchMode, maxEntities: number, report: Report): Sink {
  const batcher = createBatcher(maxEntities)
  const idsOf = ({ entities }: Batch) => entities.map(({ id }) => id)
  const pipeline = createPipeline(BATCHES_UNDER_WAY, idsOf, async (batch) =>
    report(await sendBatch(client, mode, batch)),
  )
  const start = async (batch: Batch | undefined) => {
    if (batch !== undefined) await pipeline.start(batch)
  }
  return {
    take: async (entity) => start(batcher.add(entity)),
    finish: async () => {
      await start(batcher.flush())
      await pipeline.drain()
    },
  }
}

/** More than of batches: some are of one instance, and the broker takes those of one moment together. */
const PORTIONS_UNDER_WAY = 16

function evolutionSink(client: BrokerClient, maxInstances: number, report: Report): Sink {
  const gatherer = createGatherer(maxInstances)
  const idsOf = ({ entity }: Portion) => [entity.id]
  const pipeline = createPipeline(PORTIONS_UNDER_WAY, idsOf, async (portion) =>
    report(await sendPortion(client, portion)),
  )
  const startAll = async (portions: readonly Portion[]) => {
    for (const portion of portions) await pipeline.start(portion)
  }
  return {
    take: (entity) => startAll(gatherer.add(takeApart(entity))),
    finish: async () => {
      await startAll(gatherer.flush())
      await pipeline.drain()
    },
  }
}
