import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createOutbound } from '../../src/outbound/outbound.ts'
import { type Handler, json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'

const log = { debug: () => undefined }
const limits = { timeoutMs: 1_000, maxBytes: 10_000 }
const open = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 64, log })
const closed = createOutbound({ policy: { mode: 'public', networks: [] }, concurrency: 64, log })
let server: LoopbackServer

beforeAll(async () => {
  server = await startLoopbackServer(json({}))
})
afterEach(() => {
  server.requests.length = 0
})
afterAll(async () => {
  await Promise.all([open.close(), closed.close()])
  await server.stop()
})

function redirectTo(location: string, status = 302): Handler {
  return (_, response) => response.writeHead(status, { location }).end()
}

describe('an answer', () => {
  it('has status, headers and body, whatever the status', async () => {
    server.answer((_, response) => response.writeHead(404, { 'x-a': ['1', '2'] }).end('gone'))
    const answer = await open.fetch(`${server.origin}/x`, limits)
    expect(answer).toMatchObject({ status: 404, url: `${server.origin}/x`, headers: { 'x-a': '1, 2' } })
    expect(answer.body.toString()).toBe('gone')
  })

  it('is had over connections that are kept alive', async () => {
    const ports = new Set<number | undefined>()
    server.answer((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('{}')
    })
    const fresh = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 64, log })
    for (let i = 0; i < 10; i++) await fresh.fetch(server.origin, limits)
    await fresh.close()
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('may be no larger than asked for, announced or not', async () => {
    server.answer((_, response) => response.writeHead(200, { 'content-length': '20000' }).end('x'.repeat(20_000)))
    await expect(open.fetch(server.origin, limits)).rejects.toMatchObject({ reason: 'tooLarge' })
    server.answer((_, response) => {
      const timer = setInterval(() => response.write('x'.repeat(4_000)), 1)
      response.on('close', () => clearInterval(timer))
    })
    await expect(open.fetch(server.origin, limits)).rejects.toMatchObject({ reason: 'tooLarge' })
  })

  it('must be complete in time', async () => {
    server.answer(() => undefined)
    await expect(open.fetch(server.origin, { ...limits, timeoutMs: 100 })).rejects.toMatchObject({ reason: 'timeout' })
    server.answer((_, response) => {
      const timer = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(timer))
    })
    await expect(open.fetch(server.origin, { ...limits, timeoutMs: 200 })).rejects.toMatchObject({ reason: 'timeout' })
  })

  it('that does not come is told of in words of the broker’s own', async () => {
    const reasonOf = async (handler: Handler) => {
      server.answer(handler)
      const error = await open.fetch(server.origin, limits).catch((each: Error) => each)
      return (error as Error).message.replace(server.origin, 'X')
    }
    expect(await reasonOf((_, response) => response.destroy())).toBe(
      'X could not be reached: it closed the connection.',
    )
    expect(await reasonOf((request) => request.socket.end('no HTTP'))).toBe(
      'X could not be reached: it sent what is no HTTP.',
    )
    expect(await reasonOf((_, response) => response.writeHead(200, { 'x-large': 'x'.repeat(50_000) }).end())).toBe(
      'X could not be reached: it sent too many headers.',
    )
  })

  it.each([
    ['gzip', gzipSync],
    ['GZip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['identity', Buffer.from],
  ] as const)('may be compressed: %s', async (encoding, compress) => {
    server.answer((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(compress('{"a": 1}')))
    expect((await open.fetch(server.origin, limits)).body.toString()).toBe('{"a": 1}')
    expect(server.requests.at(-1)?.headers['accept-encoding']).toBe('gzip, br')
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ] as const)('is as large as it is decompressed: %s', async (encoding, compress) => {
    const send = (bytes: number) =>
      server.answer((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(compress('x'.repeat(bytes))),
      )
    send(limits.maxBytes)
    expect((await open.fetch(server.origin, limits)).body).toHaveLength(limits.maxBytes)
    send(limits.maxBytes + 1)
    await expect(open.fetch(server.origin, limits)).rejects.toMatchObject({
      reason: 'tooLarge',
      message: expect.stringContaining('10000 bytes'),
    })
    send(20_000_000)
    await expect(open.fetch(server.origin, { ...limits, timeoutMs: 10_000 })).rejects.toMatchObject({
      reason: 'tooLarge',
    })
  })

  it.each([
    ['gzip', Buffer.from('{}'), /not gzip/],
    ['gzip', gzipSync('{"a": 1}').subarray(0, -6), /incomplete/],
    ['zstd', Buffer.from('{}'), /zstd.*gzip, br/],
    ['constructor', Buffer.from('{}'), /constructor/],
    ['gzip, br', Buffer.from('{}'), /gzip, br/],
  ])('that cannot be decompressed is none: %s', async (encoding, body, message) => {
    server.answer((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body))
    await expect(open.fetch(server.origin, limits)).rejects.toMatchObject({
      reason: 'encoding',
      message: expect.stringMatching(message),
    })
  })

  it('without a body is not decompressed', async () => {
    server.answer((_, response) => response.writeHead(304, { 'content-encoding': 'gzip' }).end())
    expect(await open.fetch(server.origin, limits)).toMatchObject({ status: 304, body: Buffer.alloc(0) })
  })

  it('is given up when the caller gives up', async () => {
    server.answer(() => undefined)
    const controller = new AbortController()
    const answer = open.fetch(server.origin, { ...limits, signal: controller.signal })
    setTimeout(() => controller.abort(), 30)
    await expect(answer).rejects.toMatchObject({ reason: 'aborted' })
    await expect(open.fetch(server.origin, { ...limits, signal: AbortSignal.abort() })).rejects.toMatchObject({
      reason: 'aborted',
    })
  })

  it('never comes from a port where nobody listens', async () => {
    const gone = await startLoopbackServer(json({}))
    await gone.stop()
    await expect(open.fetch(gone.origin, limits)).rejects.toMatchObject({ reason: 'connection' })
  })
})

describe('redirects', () => {
  it('are handed back unless asked to follow', async () => {
    server.answer(redirectTo('/next'))
    expect(await open.fetch(server.origin, limits)).toMatchObject({ status: 302 })
  })

  it('are followed to their end', async () => {
    server.answer((request, response) =>
      request.url === '/end' ? response.end('here') : redirectTo('/end')(request, response),
    )
    const answer = await open.fetch(`${server.origin}/start`, { ...limits, maxRedirects: 2 })
    expect(answer.url).toBe(`${server.origin}/end`)
    expect(answer.body.toString()).toBe('here')
  })

  it('come to an end, also in a circle', async () => {
    server.answer(redirectTo('/again'))
    await expect(open.fetch(server.origin, { ...limits, maxRedirects: 3 })).rejects.toMatchObject({
      reason: 'redirects',
    })
    expect(server.requests).toHaveLength(4)
  })

  it('are checked like the first request', async () => {
    server.answer(redirectTo('http://169.254.169.254/latest/meta-data/'))
    await expect(open.fetch(server.origin, { ...limits, maxRedirects: 3 })).rejects.toMatchObject({ reason: 'refused' })
    server.answer(redirectTo('file:///etc/passwd'))
    await expect(open.fetch(server.origin, { ...limits, maxRedirects: 3 })).rejects.toMatchObject({ reason: 'refused' })
  })
})

describe('addresses', () => {
  it.each([
    'http://127.0.0.1:1/',
    'http://[::1]:1/',
    'http://[::ffff:127.0.0.1]:1/',
    'http://2130706433:1/',
    'http://0x7f.1:1/',
  ])('%s is private', async (url) => {
    await expect(closed.fetch(url, limits)).rejects.toMatchObject({ reason: 'refused' })
  })

  it('a name is judged by the address it resolves to', async () => {
    server.answer(json({}))
    const url = `http://localhost:${server.port}/`
    await expect(closed.fetch(url, limits)).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('localhost'),
    })
    expect(server.requests).toHaveLength(0)
    expect((await open.fetch(url, limits)).status).toBe(200)
  })

  it('a listed network is allowed', async () => {
    server.answer(json({}))
    const listed = createOutbound({ policy: { mode: 'networks', networks: ['127.0.0.0/8'] }, concurrency: 64, log })
    expect((await listed.fetch(server.origin, limits)).status).toBe(200)
    await listed.close()
  })

  it.each(['ftp://example.org/', 'file:///etc/passwd', '/relative', 'urn:x:y'])('%s is no place to go', async (url) => {
    await expect(open.fetch(url, limits)).rejects.toMatchObject({ reason: 'refused' })
  })
})

describe('requests at once', () => {
  const few = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 3, log })
  afterAll(() => few.close())

  it('are as many as there may be, whatever hosts they are for; the others follow', async () => {
    const others = await Promise.all(Array.from({ length: 6 }, () => startLoopbackServer(json({}))))
    let open = 0
    let most = 0
    for (const other of others) {
      other.answer((_, response) => {
        most = Math.max(most, ++open)
        setTimeout(() => {
          open--
          response.end('{}')
        }, 20)
      })
    }
    const urls = others.flatMap(({ origin }) => [`${origin}/1`, `${origin}/2`])
    const answers = await Promise.all(urls.map((url) => few.fetch(url, { ...limits, timeoutMs: 10_000 })))
    expect(answers.map(({ status }) => status)).toEqual(urls.map(() => 200))
    expect(most).toBe(3)
    await Promise.all(others.map(({ stop }) => stop()))
  })

  it('make others wait no longer than these have time; what is refused does not wait', async () => {
    server.answer(() => undefined)
    const slow = [1, 2, 3].map((i) => few.fetch(`${server.origin}/${i}`, { ...limits, timeoutMs: 400 }))
    const settled = Promise.allSettled(slow)
    await expect(few.fetch(`${server.origin}/late`, { ...limits, timeoutMs: 100 })).rejects.toMatchObject({
      reason: 'busy',
      message: expect.stringMatching(/100 ms.*BOYA_OUTBOUND_CONCURRENCY/),
    })
    const controller = new AbortController()
    const givenUp = few.fetch(`${server.origin}/given-up`, { ...limits, signal: controller.signal })
    controller.abort()
    await expect(givenUp).rejects.toMatchObject({ reason: 'aborted' })
    await expect(few.fetch('file:///etc/passwd', limits)).rejects.toMatchObject({ reason: 'refused' })
    expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(server.requests.map(({ path }) => path).toSorted()).toEqual(['/1', '/2', '/3'])
    server.answer(json({}))
    expect((await few.fetch(server.origin, limits)).status).toBe(200)
  })
})
