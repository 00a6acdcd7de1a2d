/** A broker with several workers, as it is installed, and connections to it: Node hands them to the workers in turn. */

import { Client } from 'undici'
import type { InstalledBoya, Running } from '../cli/installed-boya.ts'
import { API } from '../support/broker.ts'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** A connection of its own, which stays with one worker as long as that lives. */
export interface Connection {
  send(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, tenant?: string): Promise<Answer>
  close(): Promise<void>
}

export interface Workers {
  readonly running: Running
  readonly url: string
  /** Of the workers that were started, those that have ended included. */
  pids(): readonly number[]
  /** Lines of the log so far. */
  lines(): readonly Record<string, unknown>[]
  /** Connections, one after the other, so that each worker has as many. */
  connect(count: number): Promise<readonly Connection[]>
  /** Ends it, whatever it does. */
  kill(): Promise<void>
}

let folders = 0

/** `settings`: of the environment, without the prefix. */
export async function startWorkers(boya: InstalledBoya, settings: Record<string, string> = {}): Promise<Workers> {
  const named = { STORE: `sqlite:${boya.folder}/data-${++folders}`, PORT: '0', WORKERS: '3', LOG_LEVEL: 'debug' }
  const env = Object.fromEntries(
    Object.entries({ ...named, ...settings }).map(([name, value]) => [`BOYA_${name}`, value]),
  )
  const running = boya.start(['serve'], env)
  await running.until(/ready on.*\n/)
  const lines = () => running.stdout().split('\n').slice(0, -1).map(parsed)
  const url = String(lines().find(({ readyMs }) => readyMs !== undefined)?.url)
  const opened: Connection[] = []
  return {
    running,
    url,
    lines,
    pids: () => lines().flatMap(({ msg, pid }) => (msg === 'worker started' ? [Number(pid)] : [])),
    connect: async (count) => {
      const connections: Connection[] = []
      for (let i = 0; i < count; i++) connections.push(await connect(url))
      opened.push(...connections)
      return connections
    },
    kill: async () => {
      await Promise.all(opened.map((each) => each.close()))
      running.signal('SIGKILL')
      await running.ended
    },
  }
}

function parsed(line: string): Record<string, unknown> {
  return JSON.parse(line)
}

/** Its first request opens it. */
async function connect(url: string): Promise<Connection> {
  const client = new Client(url, { pipelining: 1 })
  const send: Connection['send'] = async (method, path, body, tenant) => {
    const headers = { 'content-type': 'application/json', ...(tenant !== undefined && { 'ngsild-tenant': tenant }) }
    const sent = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await client.request({ method, path: `${API}${path}`, headers, ...sent })
    return { status: answer.statusCode, body: await answer.body.text() }
  }
  await client.request({ method: 'GET', path: '/health/live' }).then(({ body }) => body.dump())
  return { send, close: () => client.destroy() }
}
