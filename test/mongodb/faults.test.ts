import { type AddressInfo, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker.ts'
import { loadConfig } from '../../src/config/config.ts'
import { API } from '../support/broker.ts'
import { quietLog } from '../support/log.ts'
import { LONG } from '../support/long.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** Milliseconds in which a request is answered, whatever the database does, and what this machine may take besides. */
const AT_MOST = 2_000
const SLACK = 500

interface Answer {
  readonly status: number
  readonly milliseconds: number
  readonly headers: Headers
  readonly body: string
}

let database: FreshDatabase | undefined
let proxy: TcpProxy | undefined
let close: (() => Promise<void>) | undefined

beforeEach(async () => {
  const server = mongodbUri()
  if (server === undefined) return
  database = freshDatabase()
  proxy = await startTcpProxy(Number(new URL(server).port || 27_017))
})

afterEach(async () => {
  await proxy?.mend().catch(() => {})
  proxy?.pass()
  await close?.()
  close = undefined
  await proxy?.close()
  await database?.drop()
})

function theProxy(): TcpProxy {
  if (proxy === undefined) throw new Error('there is no proxy')
  return proxy
}

async function start(port = 0): Promise<string> {
  const uri = new URL(database?.uri ?? '')
  uri.port = String(theProxy().port)
  const config = loadConfig({ BOYA_PORT: String(port), BOYA_STORE: uri.href })
  const broker = await startBroker(config, { log: quietLog })
  close = broker.close
  return broker.url
}

async function ask(url: string, method = 'GET', document?: object): Promise<Answer> {
  const begun = performance.now()
  const response = await fetch(url, {
    method,
    ...(document && { body: JSON.stringify(document), headers: { 'Content-Type': 'application/json' } }),
    signal: AbortSignal.timeout(30_000),
  })
  const body = await response.text()
  return { status: response.status, milliseconds: performance.now() - begun, headers: response.headers, body }
}

const vehicle = (id: string) => ({ id, type: 'Vehicle', speed: { type: 'Property', value: 1 } })

async function untilReady(url: string): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if ((await ask(`${url}/health/ready`)).status === 200) return
    await pause(100)
  }
  throw new Error('not ready within ten seconds')
}

function expectUnavailable({ status, headers, body }: Answer): void {
  expect({ status, body }).toMatchObject({ status: 503 })
  expect(headers.get('retry-after')).toMatch(/^\d+$/)
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(JSON.parse(body)).toMatchObject({ status: 503, title: expect.any(String), detail: expect.any(String) })
  expect(body).not.toMatch(/mongo|ECONN|topology|pool|127\.0\.0\.1/i)
}

/** One that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}

describe('a database that is down when Boya starts', () => {
  it('keeps nobody from seeing that Boya is live; it becomes ready by itself', async () => {
    await theProxy().cut()
    const port = await freePort()
    const starting = start(port)
    const url = `http://127.0.0.1:${port}`
    await expect
      .poll(
        () =>
          ask(`${url}/health/live`)
            .then(({ status }) => status)
            .catch(() => 0),
        { timeout: 10_000 },
      )
      .toBe(200)
    // Longer than the driver looks for a server.
    await pause(2_500)
    expectUnavailable(await ask(`${url}/health/ready`))
    expectUnavailable(await ask(`${url}${API}/entities/urn:x:1`))
    expectUnavailable(await ask(`${url}${API}/entities`, 'POST', vehicle('urn:x:1')))
    await theProxy().mend()
    expect(await starting).toBe(url)
    await untilReady(url)
    expect((await ask(`${url}${API}/entities`, 'POST', vehicle('urn:x:1'))).status).toBe(201)
    expect((await ask(`${url}${API}/entities/urn:x:1`)).status).toBe(200)
  })
})

describe('a database that is gone under load', () => {
  interface Load {
    readonly acknowledged: Set<string>
    readonly answers: Answer[]
  }

  /** Eight writers and eight readers, until they are told to end. */
  function load(url: string, signal: AbortSignal): { readonly seen: Load; readonly ended: Promise<unknown> } {
    const seen: Load = { acknowledged: new Set(), answers: [] }
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; !signal.aborted; i++) {
        const id = `urn:x:${writer}:${i}`
        const answer = await ask(`${url}${API}/entities`, 'POST', vehicle(id))
        if (answer.status === 201) seen.acknowledged.add(id)
        seen.answers.push(answer)
      }
    }
    const read = async (reader: number): Promise<void> => {
      while (!signal.aborted) {
        const path = reader % 2 === 0 ? 'entities/urn:x:0:0' : 'entities?type=Vehicle&q=speed==1&limit=3'
        seen.answers.push(await ask(`${url}${API}/${path}`))
        await pause(5)
      }
    }
    const ended = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].flatMap((n) => [write(n), read(n)]))
    return { seen, ended }
  }

  const faults: readonly [string, (proxy: TcpProxy) => Promise<void>, (proxy: TcpProxy) => Promise<void>][] = [
    ['cut off', (each) => each.cut(), (each) => each.mend()],
    ['frozen', async (each) => each.freeze(), async (each) => each.pass()],
  ]

  it.each(faults)(
    'is answered with 503 within two seconds where it is %s, and nothing acknowledged is lost',
    async (_, begin, end) => {
      const url = await start()
      const ending = new AbortController()
      const { seen, ended } = load(url, ending.signal)
      await pause(500)
      await begin(theProxy())
      await pause(2_500)
      expectUnavailable(await ask(`${url}/health/ready`))
      expect((await ask(`${url}/health/live`)).status).toBe(200)
      await end(theProxy())
      await untilReady(url)
      const before = seen.acknowledged.size
      await pause(1_000)
      ending.abort()
      await ended
      expect(seen.acknowledged.size).toBeGreaterThan(before)
      const refused = seen.answers.filter(({ status }) => status === 503)
      expect(refused.length).toBeGreaterThan(0)
      for (const answer of refused) expectUnavailable(answer)
      expect(new Set(seen.answers.map(({ status }) => status))).toSatisfy((all: Set<number>) =>
        [...all].every((status) => [200, 201, 404, 503].includes(status)),
      )
      expect(Math.max(...seen.answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(AT_MOST + SLACK)
      for (const id of seen.acknowledged) expect((await ask(`${url}${API}/entities/${id}`)).status, id).toBe(200)
    },
  )

  // Frozen is the one that the system does not tell of.
  it.each(LONG ? faults : faults.slice(1))(
    'is served again, by all connections, after it was %s for long',
    async (_, begin, end) => {
      const url = await start()
      expect((await ask(`${url}${API}/entities`, 'POST', vehicle('urn:x:1'))).status).toBe(201)
      await begin(theProxy())
      // Some questions are on their way when the connections are made anew, which happens every few seconds.
      const asked = Array.from({ length: 5 }, () => ask(`${url}${API}/entities/urn:x:1`))
      await pause(9_000)
      for (const answer of await Promise.all(asked)) expectUnavailable(answer)
      await end(theProxy())
      await untilReady(url)
      for (let i = 2; i < 60; i++) {
        expect((await ask(`${url}${API}/entities`, 'POST', vehicle(`urn:x:${i}`))).status).toBe(201)
        expect((await ask(`${url}${API}/entities/urn:x:${i}`)).status).toBe(200)
        await pause(50)
      }
    },
    30_000,
  )

  it('is waited for where it is only slow', async () => {
    const url = await start()
    theProxy().pass(150)
    expect((await ask(`${url}${API}/entities`, 'POST', vehicle('urn:x:1'))).status).toBe(201)
    expect((await ask(`${url}${API}/entities?type=Vehicle`)).body).toContain('urn:x:1')
  })
})
