/** One connection of a stream, from its first event to its last. */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { ShowChange, StreamClient } from '../ports/streams.ts'
import { createBell } from './bell.ts'
import { isFullPage } from './notice-page.ts'
import type { SubscriptionOf } from './pace-of.ts'
import { queueOf } from './queue-name.ts'
import type { HeldStream, StreamDocuments } from './stream-documents.ts'
import { createStreamReader } from './stream-reader.ts'
import { type StreamSettings, seenEveryMs } from './stream-settings.ts'
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
  const { call, streams, subscriptionOf, settings } = deps
  const { client, stream, first, onEnd } = joining
  const { id, endpoint } = stream.subscription
  const now = (): number => performance.now()
  const bell = createBell()
  const queue = queueOf(endpoint.uri)
  const reader = createStreamReader({ ...deps, ...stream, id, queue, isOurs, now })
  const writer = createStreamWriter({ ...deps, ...joining, gaveUp: () => streams.reset(call, id) })
  let isEnding = false
  let isNew = true
  let isFailing = false
  let markedAt = now()
  let seenAt = now()

  const isOver = (): boolean => isEnding || client.gone.aborted
  client.gone.addEventListener('abort', bell.ring)
  const running = run().finally(onEnd)
  return {
    stream: stream.name,
    wake: () => {
      isNew = true
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
      if (!isOver() && (isFailing || !isNew)) await bell.wait(isFailing ? STORE_MS : dueMs())
    }
    client.end()
    await leave()
  }

  async function step(): Promise<void> {
    try {
      if (await isOurs()) await goOn()
      else isEnding = true
      isFailing = false
    } catch (error) {
      // Its Tenant is gone, and with it what was owed.
      if (error instanceof Problem) isEnding = true
      else if (!isFailing) call.log.warn({ error, stream: stream.name }, 'a stream waits for the store')
      isFailing = true
      isNew = true
    }
  }

  /** Not any more where its client has come back elsewhere. */
  async function isOurs(): Promise<boolean> {
    return !isOver() && (await subscriptionOf(call, id))?.endpoint.uri === endpoint.uri
  }

  async function goOn(): Promise<void> {
    // What could not be settled, because it would be read again.
    await writer.settle()
    if (isNew || reader.dueMs() === 0) await readOn()
    if (!isOver() && seenMs() === 0) await noteSeen()
    if (!isOver() && markMs() === 0) await mark()
  }

  async function readOn(): Promise<void> {
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

  async function noteSeen(): Promise<void> {
    const resets = await streams.seen(call, stream, { isConnected: true, wasTold: writer.hasTold })
    seenAt = now()
    if (resets === undefined) isEnding = true
    else await writer.reset(resets)
  }

  async function mark(): Promise<void> {
    markedAt = now()
    await writer.mark()
  }

  async function leave(): Promise<void> {
    try {
      await writer.settle()
      await streams.seen(call, stream, { isConnected: false, wasTold: writer.hasTold })
    } catch (error) {
      // It is found out by time.
      call.log.debug({ error, stream: stream.name }, 'that a stream has ended could not be noted')
    }
  }

  function markMs(): number {
    return Math.max(0, markedAt + settings.heartbeatMs - now())
  }

  function seenMs(): number {
    return Math.max(0, seenAt + seenEveryMs(settings) - now())
  }

  function dueMs(): number {
    return Math.min(markMs(), seenMs(), reader.dueMs())
  }
}
