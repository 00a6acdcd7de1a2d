/** All streams of this instance: who is told over a connection that it keeps open. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Call } from '../ports/call.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { Streams, WantedStream } from '../ports/streams.ts'
import type { LeftStreams } from './left-streams.ts'
import { queueKey, queueOf } from './queue-name.ts'
import { type ConnectionDeps, type StreamConnection, startConnection } from './stream-connection.ts'
import type { HeldStream, StreamDocuments } from './stream-documents.ts'
import { positionOf } from './stream-position.ts'

export interface OpenStreams extends Streams {
  /** Something may be owed in the queue; returns whether its connection is here. */
  wake(tenant: string, queue: string): boolean
  /** Streams of the Tenant may be those of other connections by now. */
  changed(tenant: string): void
  /** Begins none any more and ends all; resolves when they have ended. */
  close(): Promise<void>
}

export interface StreamsDeps extends Omit<ConnectionDeps, 'call'> {
  readonly notices: ConnectionDeps['notices'] & Pick<NoticeStore, 'settled'>
  readonly streams: StreamDocuments
  readonly left: Pick<LeftStreams, 'makeRoom' | 'removeSome'>
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  /** Milliseconds for which what was told is kept. */
  readonly deliveredMs: number
  /** Whether it is known that no other instance changes anything. */
  readonly isAlone: () => boolean
}

/** Milliseconds after which all instances owe to a new stream what they change. */
const KNOWN_MS = 1_000

/** The last of that time is not counted on: where clocks differ what was told then is removed earlier. */
const COUNTED_ON = 0.95

/** Milliseconds by which clocks of instances may differ: where a client says that it was told later than this, nobody has told it. */
const AHEAD_MS = 60_000

interface Place {
  readonly stream: HeldStream
  readonly first: 'ready' | 'reset'
}

export function createStreams(deps: StreamsDeps): OpenStreams {
  const { notices, streams, left, callOf, clock, settings, deliveredMs, isAlone } = deps
  /** By Tenant and queue. */
  const connections = new Map<string, StreamConnection>()
  const opening = new Set<Promise<unknown>>()
  const closing = new AbortController()

  const open: Streams['open'] = async ({ tenant }, wanted, from, client) => {
    const call = callOf(tenant)
    const place = (await resumed(call, wanted, from)) ?? (await begun(call, wanted, from))
    if (place === undefined) return 'full'
    const { stream, first } = place
    const toldAt = await lastToldAt(call, stream)
    if (closing.signal.aborted) {
      await streams.seen(call, stream, { isConnected: false, wasTold: false })
      return 'ending'
    }
    const key = queueKey(tenant, queueOf(stream.subscription.endpoint.uri))
    const onEnd = (): void => void connections.delete(key)
    connections.set(key, startConnection({ ...deps, call }, { client, stream, first, toldAt, onEnd }))
    return 'begun'
  }
  /** Undefined where nobody knows any more what the client has not got. */
  const resumed = async (call: Call, wanted: WantedStream, from: string | undefined): Promise<Place | undefined> => {
    const position = from === undefined ? undefined : positionOf(from)
    if (position === undefined || !isWithinReach(clock.now() - position.at)) return undefined
    if (!(await streams.isThere(call, position, wanted))) return undefined
    // What it was told is settled then, and need not be told again.
    await endOf(call.tenant, position.stream)
    const stream = await streams.resume(call, position)
    if (stream === undefined) return undefined
    return { stream, first: position.resets === stream.resets ? 'ready' : 'reset' }
  }
  /** Of what is later than now all that the stream is told from then on would be kept until that comes. */
  const isWithinReach = (ageMs: number): boolean => ageMs >= -AHEAD_MS && ageMs <= deliveredMs * COUNTED_ON
  const connectionsIn = (tenant: string): readonly StreamConnection[] =>
    [...connections].flatMap(([key, connection]) => (key.startsWith(queueKey(tenant, '')) ? [connection] : []))
  const endOf = async (tenant: string, name: string): Promise<void> => {
    const its = connectionsIn(tenant).filter(({ stream }) => stream === name)
    await Promise.all(its.map((connection) => connection.end()))
  }
  const begun = async (call: Call, wanted: WantedStream, from: string | undefined): Promise<Place | undefined> => {
    const count = await streams.count(call)
    if (count >= settings.most && !(await left.makeRoom(call))) return undefined
    const stream = await streams.begin(call, wanted)
    // Others may be connected to other instances: they are looked at one by one.
    if (count - connectionsIn(call.tenant).length > settings.mostLeft) await left.removeSome(call)
    // Who reads entities when it is ready has missed nothing then, wherever it was changed.
    if (!isAlone()) await pause(KNOWN_MS, undefined, { signal: closing.signal }).catch(() => undefined)
    return { stream, first: from === undefined ? 'ready' : 'reset' }
  }
  const lastToldAt = async (call: Call, { subscription, before }: HeldStream): Promise<number> => {
    const [last] = await notices.settled(call, subscription.id, 'delivered', 1)
    return Math.max(last?.settlement.at ?? 0, ...before.map(({ at }) => at))
  }
  return {
    open: async (...request) => {
      if (closing.signal.aborted) return 'ending'
      const opened = open(...request)
      opening.add(opened)
      return await opened.finally(() => opening.delete(opened))
    },
    wake: (tenant, queue) => {
      const connection = connections.get(queueKey(tenant, queue))
      connection?.wake()
      return connection !== undefined
    },
    changed: (tenant) => {
      for (const connection of connectionsIn(tenant)) connection.check()
    },
    close: async () => {
      closing.abort()
      await Promise.allSettled(opening)
      await Promise.all([...connections.values()].map((connection) => connection.end()))
    },
  }
}
