/** Signs of life of a stream's connection: to its client, and to those who look into the store. */

import type { Call } from '../ports/call.ts'
import type { HeldStream, StreamDocuments } from './stream-documents.ts'
import { type StreamSettings, seenEveryMs } from './stream-settings.ts'
import type { StreamWriter } from './stream-writer.ts'

export interface StreamSigns {
  /** Gives those that are due, unless it is over; returns whether the stream is still this connection's. */
  give(isOver: () => boolean): Promise<boolean>
  /** Milliseconds until one is due. */
  dueMs(): number
  /** To the store: that the connection has ended. */
  end(): Promise<void>
}

interface StreamSignsDeps {
  readonly call: Call
  readonly streams: Pick<StreamDocuments, 'seen'>
  readonly stream: HeldStream
  readonly writer: StreamWriter
  readonly settings: StreamSettings
  /** Milliseconds that only grow. */
  readonly now: () => number
}

export function createStreamSigns(deps: StreamSignsDeps): StreamSigns {
  const { call, streams, stream, writer, settings, now } = deps
  let markedAt = now()
  let seenAt = now()

  const markMs = (): number => Math.max(0, markedAt + settings.heartbeatMs - now())
  const seenMs = (): number => Math.max(0, seenAt + seenEveryMs(settings) - now())
  /** Returns whether the stream is still this connection's. */
  const noteSeen = async (isConnected: boolean): Promise<boolean> => {
    const resets = await streams.seen(call, stream, { isConnected, wasTold: writer.hasTold })
    seenAt = now()
    if (resets !== undefined && isConnected) await writer.reset(resets)
    return resets !== undefined
  }
  const mark = async (): Promise<void> => {
    markedAt = now()
    await writer.mark()
  }
  return {
    give: async (isOver) => {
      if (!isOver() && seenMs() === 0 && !(await noteSeen(true))) return false
      if (!isOver() && markMs() === 0) await mark()
      return true
    },
    dueMs: () => Math.min(markMs(), seenMs()),
    end: async () => {
      await noteSeen(false)
    },
  }
}
