/** Sources in, one after another; what became of their entities out. */

import type { Progress } from '../progress.ts'
import { HISTORY_ADVICE, isHistory } from './advice.ts'
import type { BrokerClient } from './broker-client.ts'
import type { Refusal } from './entity.ts'
import type { Reader } from './readers.ts'
import type { RefusalFile } from './refusals.ts'
import { type Counts, createSink, type LoadMode } from './sinks.ts'
import type { Source } from './source.ts'

interface Loaded extends Counts {
  /** How what was refused is to be loaded, where it can be told. */
  readonly advice: string | undefined
}

export interface Loader {
  /** Resolves when all is read and most is sent. Throws CommandError where it cannot go on. */
  load(source: Source): Promise<void>
  /** Sends the rest and waits for the answers. Throws CommandError where one of them cannot be had. */
  finish(): Promise<void>
  loaded(): Loaded
}

export interface LoaderOptions {
  /** Entities, or instances, in one request at most. */
  readonly batch: number | undefined
  readonly mode: LoadMode
}

export function createLoader(
  client: BrokerClient,
  { batch, mode }: LoaderOptions,
  reader: Reader,
  refusals: RefusalFile,
  progress: Progress,
): Loader {
  let loaded: Loaded = { created: 0, updated: 0, stored: 0, instances: 0, advice: undefined }
  let bytes = 0
  const show = () => {
    const { created, updated, stored, instances } = loaded
    const refused = refusals.count
    const through = mode === 'history' ? { instances } : { entities: created + updated + stored + refused }
    progress.show({ done: bytes, ...through, refused })
  }
  const refuse = (refusal: Refusal) => {
    const advice = mode !== 'history' && isHistory(refusal) ? HISTORY_ADVICE : undefined
    if (advice !== undefined) loaded = { ...loaded, advice }
    refusals.add(refusal, advice)
  }
  const sink = createSink(client, mode, batch, ({ created = 0, updated = 0, stored = 0, instances = 0, refused }) => {
    loaded = {
      created: loaded.created + created,
      updated: loaded.updated + updated,
      stored: loaded.stored + stored,
      instances: loaded.instances + instances,
      advice: loaded.advice,
    }
    refused.forEach(refuse)
    show()
  })
  const read = (size: number) => {
    bytes += size
    show()
  }
  return {
    load: async (source) => {
      for await (const some of reader(source, read)) {
        for (const each of some) {
          if (each.ok) await sink.take(each.entity)
          else refuse(each.refusal)
        }
      }
    },
    finish: sink.finish,
    loaded: () => loaded,
  }
}
