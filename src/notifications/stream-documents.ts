/** The streams that there are, as all instances know them. */

import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Instant } from '../core/model/entity.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ToldUpTo } from '../ports/notices.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { DocumentStore } from '../ports/store.ts'
import type { WantedStream } from '../ports/streams.ts'
import { STREAM, type StoredStream, streamIdOf } from '../ports/subscription-documents.ts'
import { connectionUri } from './queue-name.ts'
import type { StreamPosition } from './stream-position.ts'

/** A stream as a connection has it. */
export interface HeldStream {
  readonly name: string
  readonly connection: number
  /** How far its client was told over those before; empty where there were none. */
  readonly before: readonly ToldUpTo[]
  /** Its endpoint is the connection. */
  readonly subscription: Subscription
  readonly resets: number
}

export interface SeenStream {
  readonly isConnected: boolean
  readonly wasTold: boolean
}

export interface StreamDocuments {
  count(call: Call): Promise<number>
  list(call: Call): Promise<readonly StoredStream[]>
  /** A new one, connected. */
  begin(call: Call, wanted: WantedStream): Promise<HeldStream>
  /** Whether there is one that can go on from there, and is as it is wanted. */
  isThere(call: Call, from: StreamPosition, wanted: WantedStream): Promise<boolean>
  /** Gives it to a new connection, with what is owed; undefined where there is none. */
  resume(call: Call, from: StreamPosition): Promise<HeldStream | undefined>
  /**
   * Notes that it is connected, or is not any more, and that its client was told more than the first event, unless it is
   * another connection's; returns its number of resets.
   */
  seen(call: Call, stream: HeldStream, how: SeenStream): Promise<number | undefined>
  /** Its client has to be told that something is missing. */
  reset(call: Call, id: string): Promise<void>
  /** Removes it, and what it is owed, if it is still so; returns whether it was. */
  remove(call: Call, id: string, isDue: (stream: StoredStream) => boolean): Promise<boolean>
}

/** Milliseconds for which a connection may still tell what it is owed, though another one has its place. */
const STRAGGLING_MS = 60_000
/** Connections that are remembered. */
const MOST_BEFORE = 50

interface StreamDocumentsDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'list' | 'count' | 'put' | 'change'>
  readonly notifier: Pick<Notifier, 'changing' | 'drop'>
  readonly clock: Clock
}

export function createStreamDocuments({ documents, notifier, clock }: StreamDocumentsDeps): StreamDocuments {
  /** Leaves it as it is where `change` gives undefined. */
  const change = (call: Call, id: string, make: (current: StoredStream) => StoredStream | undefined) =>
    documents.change(call, STREAM, id, (current) => {
      const document = current === undefined ? undefined : make(current as StoredStream)
      return { ...(document !== undefined && { document }), result: document }
    })
  return {
    count: (call) => documents.count(call, STREAM),
    list: async (call) => (await documents.list(call, STREAM)).map(({ document }) => document as StoredStream),
    begin: async (call, wanted) => {
      const name = randomUUID()
      const made = newStream(name, wanted, clock.now())
      const { id } = made.stored.subscription
      await notifier.changing(call, id, () => documents.put(call, STREAM, id, made))
      return heldOf(name, made)
    },
    isThere: async (call, from, wanted) => {
      const found = (await documents.get(call, STREAM, streamIdOf(from.stream))) as StoredStream | undefined
      return found !== undefined && hasBeenAt(found, from) && isAsWanted(found, wanted)
    },
    resume: async (call, from) => {
      const id = streamIdOf(from.stream)
      const connect = (current: StoredStream): StoredStream => connected(current, from, clock.now())
      const resumed = await notifier.changing(call, id, () => change(call, id, connect))
      return resumed === undefined ? undefined : heldOf(from.stream, resumed)
    },
    seen: async (call, { subscription }, { isConnected, wasTold }) => {
      const { id, endpoint } = subscription
      const noted = await change(call, id, (current) =>
        current.stored.subscription.endpoint.uri === endpoint.uri
          ? { ...current, isConnected, seenAt: clock.now(), ...(wasTold && { wasTold }) }
          : undefined,
      )
      return noted?.resets
    },
    reset: async (call, id) => {
      await change(call, id, (current) => ({ ...current, resets: current.resets + 1 }))
    },
    remove: async (call, id, isDue) => {
      const removed = await notifier.changing(call, id, () =>
        documents.change(call, STREAM, id, (current) =>
          current !== undefined && isDue(current as StoredStream)
            ? { document: null, result: true }
            : { result: false },
        ),
      )
      if (removed) await notifier.drop(call, id)
      return removed
    },
  }
}

function newStream(name: string, wanted: WantedStream, now: Instant): StoredStream {
  const uri = connectionUri(name, 0)
  const subscription: Subscription = {
    ...wanted,
    id: streamIdOf(name),
    endpoint: { uri, accept: 'application/json', receiverInfo: [], notifierInfo: [] },
    isActive: true,
  }
  const stored = { sent: {}, subscription, createdAt: now, modifiedAt: now }
  return { stored, connection: 0, before: [], isConnected: true, seenAt: now, resets: 0 }
}

function connected(stream: StoredStream, from: StreamPosition, now: Instant): StoredStream {
  const { subscription } = stream.stored
  const connection = stream.connection + 1
  const endpoint = { ...subscription.endpoint, uri: connectionUri(from.stream, connection) }
  const stored = { ...stream.stored, subscription: { ...subscription, endpoint }, modifiedAt: now }
  const before = beforeOf(stream, from, now)
  return { ...stream, stored, connection, before, isConnected: true, seenAt: now, wasTold: true }
}

/**
 * Of the connection that it comes from the client has got so much, and of those after it nothing. These have told later, as
 * far as the clocks of instances agree.
 */
function beforeOf({ connection, before }: StoredStream, from: StreamPosition, now: Instant): StoredStream['before'] {
  const earlier = before.filter((each) => each.connection < from.connection && now - each.until < STRAGGLING_MS)
  const unheard = Array.from({ length: connection - from.connection }, (_, i) => {
    return { connection: from.connection + 1 + i, until: now, at: from.at - STRAGGLING_MS }
  })
  const { at, notice } = from
  const last = { connection: from.connection, until: now, at, ...(notice !== undefined && { position: notice }) }
  return [...earlier, last, ...unheard].slice(-MOST_BEFORE)
}

function hasBeenAt({ connection }: StoredStream, from: StreamPosition): boolean {
  return from.connection <= connection && connection - from.connection < MOST_BEFORE
}

function heldOf(name: string, { stored, resets, connection, before }: StoredStream): HeldStream {
  const toldUpTo = before.map(({ connection: number, at, position }) => {
    return { queue: connectionUri(name, number), at, ...(position !== undefined && { position }) }
  })
  return { name, connection, before: toldUpTo, subscription: stored.subscription, resets }
}

function isAsWanted({ stored: { subscription } }: StoredStream, wanted: WantedStream): boolean {
  const { condition, representation, jsonldContext } = subscription
  // As it lies in the store: as JSON.
  return isDeepStrictEqual(asJson({ condition, representation, jsonldContext }), asJson(wanted))
}

function asJson({ condition, representation, jsonldContext }: WantedStream): unknown {
  return JSON.parse(JSON.stringify({ condition, representation, jsonldContext }))
}
