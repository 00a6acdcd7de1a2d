/** Streams that have no client: whatever changes is owed to each of them, too. How long and how many of them are kept. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredStream } from '../ports/subscription-documents.ts'
import type { StreamDocuments } from './stream-documents.ts'
import { connectedMs, type StreamSettings } from './stream-settings.ts'

export interface LeftStreams {
  /** Whether it has no client, as far as anybody knows. */
  isLeft(stream: StoredStream): boolean
  /** Whether its client has been away for longer than it is waited for. */
  isDue(stream: StoredStream): boolean
  /** Those that are left, and more than may be. */
  tooMany(streams: readonly StoredStream[]): readonly StoredStream[]
  /** Who is connected goes before who may come back: the one that was left longest ago is removed. Whether there was one. */
  makeRoom(call: Call): Promise<boolean>
  /** Removes some of those that are too many: more than begin meanwhile. */
  removeSome(call: Call): Promise<void>
}

interface LeftStreamsDeps {
  readonly streams: Pick<StreamDocuments, 'list' | 'remove'>
  readonly clock: Clock
  readonly settings: StreamSettings
}

/**
 * Milliseconds. A client that lost its connection, or its instance, tries again within seconds: until then it is not counted.
 * Who was told nothing yet is waited for no longer, for it has nothing to go on from but that it began: mostly it is a page
 * that was loaded again, whose client never comes back.
 */
const BRIEFLY_MS = 30_000

const SOME = 2

export function createLeftStreams({ streams, clock, settings }: LeftStreamsDeps): LeftStreams {
  /** Until an instance was there, who was away could not come back to it. */
  const begunAt = clock.now()
  const { keepMs, mostLeft } = settings

  const isLeft = ({ isConnected, seenAt }: StoredStream): boolean =>
    !isConnected || clock.now() - seenAt > connectedMs(settings)
  const isDue = ({ isConnected, seenAt, wasTold }: StoredStream): boolean => {
    const keptMs = wasTold === true ? keepMs : Math.min(keepMs, BRIEFLY_MS)
    return clock.now() - seenAt > keptMs + (isConnected ? connectedMs(settings) : 0)
  }
  const counts = (stream: StoredStream): boolean =>
    isLeft(stream) && (stream.wasTold !== true || clock.now() - Math.max(stream.seenAt, begunAt) > BRIEFLY_MS)
  const tooMany: LeftStreams['tooMany'] = (all) => {
    const left = all.filter(counts).sort(byWorth)
    return left.slice(0, Math.max(0, left.length - mostLeft))
  }
  const removeFirst = async (call: Call, from: readonly StoredStream[], limit: number): Promise<number> => {
    let removed = 0
    for (const { stored } of from) {
      if (removed === limit) break
      if (await streams.remove(call, stored.subscription.id, isLeft)) removed++
    }
    return removed
  }
  return {
    isLeft,
    isDue,
    tooMany,
    makeRoom: async (call) => {
      const left = (await streams.list(call)).filter(isLeft).sort((a, b) => a.seenAt - b.seenAt)
      return (await removeFirst(call, left, 1)) > 0
    },
    removeSome: async (call) => {
      await removeFirst(call, tooMany(await streams.list(call)), SOME)
    },
  }
}

/** Those first that were told nothing, then those that were left longest ago. */
function byWorth(a: StoredStream, b: StoredStream): number {
  return Number(a.wasTold ?? false) - Number(b.wasTold ?? false) || a.seenAt - b.seenAt
}
