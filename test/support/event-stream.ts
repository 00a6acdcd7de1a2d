/** A client of Server-Sent Events on a socket of its own. */

import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'

export interface ReceivedEvent {
  readonly id: string
  readonly name: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface EventReader {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** What is not yet complete, or of an answer that is no stream, all of it. */
  text(): string
  readonly events: readonly ReceivedEvent[]
  /** That a client would come back with. */
  lastId(): string
  isEnded(): boolean
  /** Waits until it is so. */
  until(isSo: (events: readonly ReceivedEvent[]) => boolean, ms?: number): Promise<void>
  ended(ms?: number): Promise<void>
  /** Takes nothing more from its socket, or does again. */
  pause(): void
  resume(): void
  /** Leaves without a word. */
  cut(): void
}

const opened = new Set<EventReader>()

/** Of all that were opened, for the end of a test. */
export function cutAll(): void {
  for (const reader of opened) reader.cut()
  opened.clear()
}

/** Resolves with the first bytes of the answer. */
export function openEvents(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const sent = request(url, { agent, headers: { Accept: 'text/event-stream', ...headers } }, (response) => {
      const reader = readerOf(response, () => sent.destroy())
      opened.add(reader)
      resolve(reader)
    })
    sent.on('error', reject)
    sent.end()
  })
}

function readerOf(response: IncomingMessage, cut: () => void): EventReader {
  const events: ReceivedEvent[] = []
  const waiting = new Set<() => void>()
  let text = ''
  let lastId = ''
  let isEnded = false
  const look = (): void => {
    for (const wake of waiting) wake()
  }
  response.setEncoding('utf8')
  response.on('error', () => undefined)
  response.on('data', (chunk: string) => {
    text += chunk
    if (response.headers['content-type'] !== 'text/event-stream') return
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const { id = lastId, event, data } = fieldsOf(block)
      lastId = id
      if (data !== undefined) events.push({ id, name: event ?? 'message', data: JSON.parse(data) })
    }
    look()
  })
  response.on('close', () => {
    isEnded = true
    look()
  })
  const until = (isSo: () => boolean, what: string, ms = 5_000): Promise<void> =>
    new Promise((resolve, reject) => {
      const names = () => events.map(({ name, data }) => `${name} ${data.id}`).join(', ')
      const timer = setTimeout(() => end(new Error(`no ${what} within ${ms} ms: ${names()}`)), ms)
      const end = (error?: Error): void => {
        clearTimeout(timer)
        waiting.delete(wake)
        if (error === undefined) resolve()
        else reject(error)
      }
      const wake = (): void => {
        if (isSo()) end()
      }
      waiting.add(wake)
      wake()
    })
  return {
    ...{ status: response.statusCode ?? 0, headers: response.headers, events, cut },
    text: () => text,
    lastId: () => lastId,
    isEnded: () => isEnded,
    until: (isSo, ms) => until(() => isSo(events), `such events (${isSo})`, ms),
    ended: (ms) => until(() => isEnded, 'end', ms),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
  }
}

function fieldsOf(block: string): Readonly<Record<string, string>> {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
}

/** What each change is known by, however often it is told. */
export function changeOf({ id }: ReceivedEvent): string {
  return id.split('.').at(4) ?? ''
}
