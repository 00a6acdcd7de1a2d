/** One connection of a stream, from its first event to its last. */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { ShowChange, StreamClient } from '../ports/streams.ts'
import { createBell } from './bell.ts'
import type { SubscriptionOf } from './pace-of.ts'
import { queueOf } from './queue-name.ts'
import type { HeldStream, StreamDocuments } from './stream-documents.ts'
import { createStreamReader } from './stream-reader.ts'
import type { StreamSettings } from './stream-settings.ts'
import { createStreamSigns } from './stream-signs.ts'
import { createStreamTelling } from './stream-telling.ts'
import { createStreamWriter } from './stream-writer.ts'

export interface StreamConnection {
  /** Its name. */
  readonly stream: string
  /** Something may be owed in its queue. */
  wake(): void
  /** The stream may be another connection's by now. */
  check(): void
  /** Sends nothing more; resolves when what was sent is settled, or cannot be. */
  end(): Promise<void>
}

export interface ConnectionDeps {
  readonly call: Call
  readonly notices: Pick<NoticeStore, 'owed' | 'requeue' | 'revive' | 'settle'>
  readonly streams: Pick<StreamDocuments, 'seen' | 'reset'>
  readonly subscriptionOf: SubscriptionOf
  readonly show: ShowChange
  readonly clock: Clock
  readonly settings: StreamSettings
}

export interface Joining {
  readonly client: StreamClient
  readonly stream: HeldStream
  readonly first: 'ready' | 'reset'
  /** When the stream was told last, by its own clock. */
  readonly toldAt: Instant
  /** Called once. */
  readonly onEnd: () => void
}

/** Milliseconds until a store that does not answer is asked again. */
const STORE_MS = 1_000

export function startConnection(deps: ConnectionDeps, joining: Joining): StreamConnection {
  const { call, subscriptionOf } = deps
  const { client, stream, first, onEnd } = joining
  const { id, endpoint } = stream.subscription
  const bell = createBell()
  let isEnding = false
  let isFailing = false

  const isOver = (): boolean => isEnding || client.gone.aborted
  /** Not any more where its client has come back elsewhere. */
  const isOurs = async (): Promise<boolean> =>
    !isOver() && (await subscriptionOf(call, id))?.endpoint.uri === endpoint.uri
  const { writer, telling, signs } = partsOf(deps, joining, isOurs)

  client.gone.addEventListener('abort', bell.ring)
  const running = run().finally(onEnd)
  return {
    stream: stream.name,
    wake: () => {
      telling.wake()
      bell.ring()
    },
    check: bell.ring,
    end: async () => {
      isEnding = true
      client.end()
      bell.ring()
      await running
    },
  }

  async function run(): Promise<void> {
    await writer.mark(first)
    while (!isOver()) {
      await step()
      if (!isOver() && (isFailing || !telling.isNew())) await bell.wait(isFailing ? STORE_MS : dueMs())
    }
    client.end()
    await leave()
  }

  async function step(): Promise<void> {
    try {
      if (!(await isOurs()) || !(await goOn())) isEnding = true
      isFailing = false
    } catch (error) {
      // Its Tenant is gone, and with it what was owed.
      if (error instanceof Problem) isEnding = true
      else if (!isFailing) call.log.warn({ error, stream: stream.name }, 'a stream waits for the store')
      isFailing = true
      telling.wake()
    }
  }

  /** Returns whether the stream is still this connection's. */
  async function goOn(): Promise<boolean> {
    await telling.tell()
    return await signs.give(isOver)
  }

  async function leave(): Promise<void> {
    try {
      await writer.settle()
      await signs.end()
    } catch (error) {
      // It is found out by time.
      call.log.debug({ error, stream: stream.name }, 'that a stream has ended could not be noted')
    }
  }

  function dueMs(): number {
    return Math.min(signs.dueMs(), telling.dueMs())
  }
}

function partsOf(deps: ConnectionDeps, joining: Joining, isOurs: () => Promise<boolean>) {
  const { call, streams } = deps
  const { stream } = joining
  const { id, endpoint } = stream.subscription
  const now = (): number => performance.now()
  const reader = createStreamReader({ ...deps, ...stream, id, queue: queueOf(endpoint.uri), isOurs, now })
  const writer = createStreamWriter({ ...deps, ...joining, gaveUp: () => streams.reset(call, id) })
  const telling = createStreamTelling(reader, writer)
  return { writer, telling, signs: createStreamSigns({ ...deps, stream, writer, now }) }
}
