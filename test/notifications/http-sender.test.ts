import { createServer } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Endpoint } from '../../src/core/subscription/subscription.ts'
import { createHttpSender } from '../../src/notifications/http-sender.ts'
import type { Outcome } from '../../src/notifications/sender.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import { type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'

const log = { debug: () => undefined }
const outbound = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 1, postConcurrency: 4, log })
const sender = createHttpSender({ outbound, timeouts: { defaultMs: 400, mostMs: 600 } })
const outgoing = { id: 'urn:n', contentType: 'application/json', body: '{"id":"urn:n"}', link: '<x>; rel="y"' } as const
let server: LoopbackServer

beforeAll(async () => {
  server = await startLoopbackServer((_, response) => response.writeHead(204).end())
})
beforeEach(() => {
  server.answer((_, response) => response.writeHead(204).end())
})
afterAll(async () => {
  await outbound.close()
  await server.stop()
})

function endpoint(more: Partial<Endpoint> = {}): Endpoint {
  return {
    uri: `${server.origin}/n?token=s3cret`,
    accept: 'application/json',
    receiverInfo: [],
    notifierInfo: [],
    ...more,
  }
}

const send = (more: Partial<Endpoint> = {}): Promise<Outcome> =>
  sender.send(endpoint(more), outgoing, new AbortController().signal)

it('sends a header for each member of receiverInfo, also of the same name', async () => {
  let seen: readonly string[] = []
  server.answer((request, response) => {
    seen = request.rawHeaders
    response.writeHead(204).end()
  })
  const receiverInfo = [
    { key: 'X-Two', value: '1' },
    { key: 'X-One', value: 'a' },
    { key: 'x-two', value: '2' },
  ]
  expect(await send({ receiverInfo })).toEqual({ ok: true, status: 204 })
  const sent = seen.flatMap((name, i) => (/^x-/i.test(name) ? [[name.toLowerCase(), seen[i + 1]]] : []))
  expect(sent.toSorted()).toEqual([
    ['x-one', 'a'],
    ['x-two', '1'],
    ['x-two', '2'],
  ])
})

it('posts the body with its media type, its Link and what receiverInfo adds', async () => {
  const seen: unknown[] = []
  server.answer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      seen.push([request.method, request.url, body, request.headers])
      response.writeHead(200).end('thanks')
    })
  })
  const receiverInfo = [{ key: 'Authorization', value: 'Bearer 1' }]
  expect(await send({ receiverInfo })).toEqual({ ok: true, status: 200 })
  const headers = {
    'content-type': 'application/json',
    link: '<x>; rel="y"',
    authorization: 'Bearer 1',
    host: new URL(server.origin).host,
    'content-length': '14',
  }
  expect(seen).toEqual([['POST', '/n?token=s3cret', outgoing.body, expect.objectContaining(headers)]])
})

it('takes any 2xx for success, whatever becomes of the body, and over one connection', async () => {
  const ports = new Set<number | undefined>()
  for (const status of [200, 201, 202, 204, 299]) {
    server.answer((request, response) => {
      ports.add(request.socket.remotePort)
      response.writeHead(status).end(status === 204 ? undefined : 'x'.repeat(1000))
    })
    expect(await send()).toEqual({ ok: true, status })
  }
  // What is left of an answer may still be on its way when the next is sent.
  expect(ports.size).toBeLessThanOrEqual(2)
  server.answer((_, response) => void response.writeHead(200).write('never ends'))
  expect(await send()).toEqual({ ok: true, status: 200 })
  let sent = 0
  server.answer((_, response) => {
    const more = setInterval(() => response.write('x'.repeat(20_000), () => sent++), 1)
    response.on('close', () => clearInterval(more))
  })
  expect(await send()).toEqual({ ok: true, status: 200 })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(sent).toBeLessThan(100)
})

it.each([301, 302, 307, 400, 404, 410, 500, 503])('takes %s for a failure, and follows nothing', async (status) => {
  let requests = 0
  server.answer((_, response) => {
    requests++
    response.writeHead(status, { location: `${server.origin}/other` }).end()
  })
  const outcome = await send()
  expect(outcome).toMatchObject({ ok: false, status, reason: expect.stringContaining(`answered ${status}`) })
  expect(requests).toBe(1)
})

it('hears when the receiver wants to be asked again', async () => {
  const after = async (status: number, header: string): Promise<unknown> => {
    server.answer((_, response) => response.writeHead(status, { 'retry-after': header }).end())
    const outcome = await send()
    return outcome.ok ? undefined : outcome.retryAfterMs
  }
  expect(await after(429, '7')).toBe(7_000)
  expect(await after(503, new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(50_000)
  expect(await after(503, '99999999')).toBe(3_600_000)
  expect(await after(503, 'soon')).toBeUndefined()
  expect(await after(500, '7')).toBeUndefined()
})

it('waits for as long as the endpoint says, or by default, and never longer than the most', async () => {
  server.answer(() => undefined)
  const took = async (timeout?: number): Promise<number> => {
    const begun = performance.now()
    expect(await send(timeout === undefined ? {} : { timeout })).toMatchObject({ ok: false })
    return performance.now() - begun
  }
  const [short, usual, most] = await Promise.all([took(100), took(), took(60_000)])
  expect(short).toBeLessThan(380)
  expect(usual).toBeGreaterThan(380)
  expect(usual).toBeLessThan(590)
  expect(most).toBeGreaterThan(580)
  expect(most).toBeLessThan(2_000)
})

it('says in words why it failed, without anything secret', async () => {
  const reason = async (more: Partial<Endpoint> = {}): Promise<string> => {
    const outcome = await send(more)
    return outcome.ok ? 'ok' : outcome.reason
  }
  server.answer((request) => request.socket.destroy())
  const uri = server.origin.replace('://', '://ann:s3cret@')
  const dead = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => dead.once('listening', resolve))
  const { port } = dead.address() as { port: number }
  await new Promise((resolve) => dead.close(resolve))
  const reasons = [
    await reason({ uri }),
    await reason({ uri: `http://127.0.0.1:${port}/s3cret` }),
    await reason({ uri: 'http://169.254.169.254/s3cret' }),
  ]
  expect(reasons).toEqual([
    'The host could not be reached: it closed the connection.',
    'The host could not be reached: the connection was refused.',
    expect.stringContaining('sends no requests to 169.254.169.254'),
  ])
  expect(reasons.join()).not.toContain('s3cret')
})

it('sends the user and the password of the URI', async () => {
  let authorization: string | undefined
  server.answer((request, response) => {
    authorization = request.headers.authorization
    response.writeHead(204).end()
  })
  await send({ uri: server.origin.replace('://', '://ann:a%3Ab@') })
  const sent = () => Buffer.from(authorization?.slice(6) ?? '', 'base64').toString()
  expect(sent()).toBe('ann:a:b')
  expect(await send({ uri: server.origin.replace('://', '://ann%zz:100%@') })).toEqual({ ok: true, status: 204 })
  expect(sent()).toBe('ann%zz:100%')
})

it('ends when it is given up', async () => {
  server.answer(() => undefined)
  const controller = new AbortController()
  const sending = sender.send(endpoint(), outgoing, controller.signal)
  controller.abort()
  expect(await sending).toEqual({ ok: false, reason: 'It was given up.' })
})

it('neither waits for downloads nor keeps them waiting', async () => {
  server.answer((request, response) => {
    if (request.method === 'POST') response.writeHead(204).end()
  })
  const download = outbound.fetch(server.origin, { timeoutMs: 700, maxBytes: 10 }).catch(() => undefined)
  expect(await send()).toEqual({ ok: true, status: 204 })
  await download
  server.answer((request, response) => {
    if (request.method === 'GET') response.end('1')
  })
  const posts = [1, 2, 3, 4, 5].map(() => send({ timeout: 300 }))
  const answer = await outbound.fetch(server.origin, { timeoutMs: 250, maxBytes: 10 })
  expect(answer.body.toString()).toBe('1')
  // The fifth waits for its place, which is no failure of its own.
  expect(new Set((await Promise.all(posts)).map((each) => !each.ok && each.reason))).toEqual(
    new Set(['There was no answer within 300 ms.']),
  )
})
