/** Server-Sent Events (HTML, 9.2) to one client. */

import type { ServerResponse } from 'node:http'
import type { StreamClient, StreamEvent } from '../ports/streams.ts'
import { EVENT_STREAM } from './negotiation.ts'

export const EVENT_STREAM_HEADERS = {
  'Content-Type': EVENT_STREAM,
  // No proxy is to keep it, to compress it or to gather it.
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const

/** Milliseconds after which a client that lost its connection comes back: not all at once. */
const RETRY_MS = 1_000

/** Nothing is sent before the first event. `stallMs`: for so long it may take nothing. */
export function createEventStream(response: ServerResponse, stallMs: number): StreamClient {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // To write to who has just gone is no fault.
  response.on('error', () => gone.abort())

  const begin = (): void => {
    if (response.headersSent) return
    response.writeHead(200, EVENT_STREAM_HEADERS).flushHeaders()
    response.write(`retry: ${RETRY_MS + Math.round(RETRY_MS * Math.random())}\n\n`)
  }
  const send = async (event: StreamEvent): Promise<boolean> => {
    if (gone.signal.aborted) return false
    begin()
    if (response.write(textOf(event)) || (await isDrained(response, gone.signal, stallMs))) return true
    cut(response, gone)
    return false
  }
  return {
    send,
    gone: gone.signal,
    end: () => {
      if (response.writableEnded || !response.headersSent) return
      // Who does not take what there is cannot be waited for.
      if (response.writableNeedDrain) cut(response, gone)
      else response.end()
      gone.abort()
    },
  }
}

function cut(response: ServerResponse, gone: AbortController): void {
  gone.abort()
  response.destroy()
}

function textOf({ name, id, data }: StreamEvent): string {
  // A comment, so that there is something for clients that wait for a sign of life.
  return name === undefined ? `:\nid: ${id}\n\n` : `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`
}

function isDrained(response: ServerResponse, gone: AbortSignal, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isSo: boolean): void => {
      clearTimeout(timer)
      response.off('drain', drained)
      gone.removeEventListener('abort', left)
      resolve(isSo)
    }
    const drained = (): void => end(true)
    const left = (): void => end(false)
    const timer = setTimeout(left, ms)
    response.once('drain', drained)
    gone.addEventListener('abort', left)
  })
}
