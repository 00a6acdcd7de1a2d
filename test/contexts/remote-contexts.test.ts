import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Handler, json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, closesStores, type Opened, type OpenOptions, openResolver } from './open-resolver.ts'

closesStores()

const call = callOf()
const document = (iri: string) => ({ '@context': { speed: iri } })
const first = 'https://example.org/speed'
const second = 'https://example.org/velocity'

let server: LoopbackServer
let opened: Opened
let url: string

async function open(options: OpenOptions = {}): Promise<void> {
  opened = await openResolver(options)
}
async function speed(of: unknown = url): Promise<string> {
  return (await opened.resolver.resolve(call, of as string)).terms.expand('speed')
}

beforeEach(async () => {
  server = await startLoopbackServer(json(document(first), { 'cache-control': 'max-age=60', etag: '"1"' }))
  url = `${server.origin}/context.jsonld`
})
afterEach(async () => {
  await opened.close()
  await server.stop()
})

describe('a remote @context', () => {
  it('is downloaded once by many who ask at once', async () => {
    await open()
    const answers = await Promise.all(Array.from({ length: 50 }, () => speed()))
    expect(new Set(answers)).toEqual(new Set([first]))
    expect(server.requests).toHaveLength(1)
  })

  it('is downloaded once by many @contexts that name it', async () => {
    await open()
    await Promise.all([speed(), speed([url]), speed([url, { a: 'https://a/' }]), speed([{ b: 'https://b/' }, url])])
    expect(server.requests).toHaveLength(1)
  })

  it('is kept over a restart, also when its host is down and its time is over', async () => {
    await open()
    await speed()
    await opened.close()
    await server.stop()
    await open({ store: opened.store })
    opened.pass(120_000)
    expect(await speed()).toBe(first)
  })

  it('is asked for again when its time is over, and is not sent twice', async () => {
    await open()
    await speed()
    server.answer((_, response) => response.writeHead(304, { 'cache-control': 'max-age=60' }).end())
    opened.pass(61_000)
    expect(await speed()).toBe(first)
    expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"1"')
    await speed()
    expect(server.requests).toHaveLength(2)
  })

  it.each<[string, Record<string, string>, Record<string, string>, number]>([
    ['as long as it was at first', {}, {}, 60],
    ['as its host says now', {}, { 'cache-control': 'max-age=20' }, 20],
    ['for all of that time, also where it was old when it first came', { age: '50' }, {}, 60],
  ])('that is not modified is good for as long again: %s', async (_, sent, answered, seconds) => {
    await open()
    server.answer(json(document(first), { 'cache-control': 'max-age=60', etag: '"1"', ...sent }))
    await speed()
    server.answer((_, response) => response.writeHead(304, answered).end())
    opened.pass(61_000)
    await speed()
    expect(server.requests).toHaveLength(2)
    for (let round = 3; round <= 4; round++) {
      opened.pass((seconds - 5) * 1_000)
      await speed()
      expect(server.requests).toHaveLength(round - 1)
      opened.pass(6_000)
      await speed()
      expect(server.requests).toHaveLength(round)
      expect(server.requests.at(-1)?.headers['if-none-match']).toBe('"1"')
    }
  })

  it('that comes anew is known by what came with it only', async () => {
    await open()
    await speed()
    server.answer(json(document(second), { 'cache-control': 'max-age=60' }))
    opened.pass(61_000)
    expect(await speed()).toBe(second)
    opened.pass(61_000)
    await speed()
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('if-none-match')
  })

  it('may begin with a byte order mark, and be compressed', async () => {
    await open()
    server.answer(json(`\uFEFF${JSON.stringify(document(first))}`))
    expect(await speed()).toBe(first)
    server.answer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(document(second)))),
    )
    expect(await speed(`${url}?compressed`)).toBe(second)
  })

  it('is no larger than it may be when it is decompressed', async () => {
    await open()
    server.answer((_, response) =>
      response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(' '.repeat(10_000_000))),
    )
    await expect(speed()).rejects.toMatchObject({
      kind: 'LdContextNotAvailable',
      detail: expect.stringMatching(/100000 bytes \(BOYA_CONTEXT_MAX_BYTES\)/),
    })
  })

  it('is downloaded while others are that stand beside it', async () => {
    await open()
    const waiting: (() => void)[] = []
    server.answer((request, response) => {
      waiting.push(() => json(document(`${first}${request.url}`))(request, response))
      // None is answered before all have been asked for.
      if (waiting.length === 3) for (const answer of waiting) answer()
    })
    expect(await speed(['a', 'b', 'c'].map((name) => `${server.origin}/${name}`))).toBe(`${first}/c`)
  })

  it('changes what it means when its host changes it, and so does the key', async () => {
    await open()
    const before = await opened.resolver.resolve(call, [url])
    server.answer(json(document(second), { 'cache-control': 'max-age=60' }))
    opened.pass(61_000)
    const after = await opened.resolver.resolve(call, [url])
    expect(after.terms.expand('speed')).toBe(second)
    expect(after.key).not.toBe(before.key)
    expect((await opened.resolver.resolve(call, [url])).key).toBe(after.key)
  })

  it('has the same key in another broker', async () => {
    await open()
    const { key } = await opened.resolver.resolve(call, url)
    const other = await openResolver()
    expect((await other.resolver.resolve(call, url)).key).toBe(key)
    await other.close()
  })

  it('changes on the other brokers of one store', async () => {
    await open()
    await speed()
    const other = await openResolver({ store: opened.store })
    await other.resolver.resolve(call, url)
    server.answer(json(document(second), { 'cache-control': 'max-age=60' }))
    await other.resolver.remove(call, url, true)
    await expect.poll(speed, { interval: 5, timeout: 1_000 }).toBe(second)
    await other.close()
  })

  const rubbish: [string, Handler][] = [
    ['an error page', (_, response) => response.writeHead(200).end('<html>')],
    ['a 404', (_, response) => response.writeHead(404).end('{}')],
    ['a document without @context', json({ message: 'API rate limit exceeded' })],
    ['an invalid @context', json({ '@context': { speed: { '@id': 5 } } })],
    ['more than it may', json(document('x'.repeat(200_000)))],
    [
      'half an answer',
      (_, response) => response.writeHead(200, { 'content-length': '500' }).write('{', () => response.destroy()),
    ],
    ['a redirect in a circle', (_, response) => response.writeHead(302, { location: '/context.jsonld' }).end()],
  ]
  it.each(rubbish)('goes on as it was while its host sends %s', async (_, handler) => {
    await open()
    await speed()
    server.answer(handler)
    opened.pass(61_000)
    expect(await speed()).toBe(first)
    server.answer(json(document(second)))
    opened.pass(6_000)
    expect(await speed()).toBe(second)
  })
  it.each(rubbish)('is none when its host first sends %s', async (_, handler) => {
    await open()
    server.answer(handler)
    await expect(speed()).rejects.toMatchObject({
      kind: expect.stringMatching(/^(LdContextNotAvailable|BadRequestData)$/),
      detail: expect.stringContaining(url),
    })
    server.answer(json(document(first)))
    opened.pass(3_000)
    expect(await speed()).toBe(first)
  })

  it('goes on as it was while its host is slow, without making anybody wait long', async () => {
    await open({ timeoutMs: 15_000 })
    await speed()
    let answer = (): void => undefined
    server.answer((request, response) => {
      answer = () => json(document(second))(request, response)
    })
    opened.pass(61_000)
    // Its host has not answered yet.
    expect(await speed()).toBe(first)
    answer()
    const later = () => {
      opened.pass(2_000)
      return speed()
    }
    await expect.poll(later, { timeout: 10_000 }).toBe(second)
  })

  it('is not asked for again and again while its host fails', async () => {
    await open()
    server.answer((_, response) => response.writeHead(500).end())
    for (let i = 0; i < 10; i++) await speed().catch(() => undefined)
    expect(server.requests).toHaveLength(1)
    server.answer(json(document(first), { 'cache-control': 'max-age=60' }))
    opened.pass(3_000)
    await speed()
    server.answer((_, response) => response.writeHead(500).end())
    opened.pass(61_000)
    for (let i = 0; i < 10; i++) await speed()
    expect(server.requests).toHaveLength(3)
  })

  it.each([
    ['{"password": "geheim"}x', 'line 1, column 23'],
    ['user=root\npassword=geheim', 'line 1, column 1'],
    ['{\n  "@context": {"password": "geheim"', 'line 2'],
  ])('tells where %j is no JSON, not what stands there', async (text, place) => {
    await open()
    server.answer((_, response) => response.end(text))
    await expect(speed()).rejects.toMatchObject({ kind: 'BadRequestData', detail: expect.stringContaining(place) })
    await expect(speed()).rejects.toMatchObject({ detail: expect.not.stringMatching(/geheim|password|root/) })
  })

  it('says no place where the text is too deep to find one', async () => {
    await open()
    server.answer((_, response) => response.end('['.repeat(90_000)))
    await expect(speed()).rejects.toMatchObject({ detail: expect.stringMatching(/is no JSON\.$/) })
  })

  it('quotes nothing of what is no @context', async () => {
    await open()
    server.answer(json({ '@context': [['geheim']] }))
    await expect(speed()).rejects.toMatchObject({ detail: expect.stringMatching(/not an array/) })
    server.answer(json({ '@context': { speed: ['geheim'] } }))
    opened.pass(3_000)
    await expect(speed()).rejects.toMatchObject({ detail: expect.not.stringContaining('geheim') })
  })

  it('says what it is missing: 404 is LdContextNotAvailable, no JSON is BadRequestData', async () => {
    await open()
    server.answer((_, response) => response.writeHead(404).end())
    await expect(speed()).rejects.toMatchObject({
      kind: 'LdContextNotAvailable',
      detail: expect.stringContaining('404'),
    })
    server.answer(json('not json'))
    await expect(speed(`${url}?2`)).rejects.toMatchObject({ kind: 'BadRequestData' })
  })

  it('is not fetched from a private address unless the policy allows it', async () => {
    await open({ policy: 'public' })
    for (const target of [url, `http://localhost:${server.port}/`]) {
      await expect(speed(target)).rejects.toMatchObject({
        kind: 'LdContextNotAvailable',
        detail: expect.stringContaining('private address'),
      })
    }
    expect(server.requests).toHaveLength(0)
  })

  it('must answer in time', async () => {
    await open({ timeoutMs: 100 })
    server.answer(() => undefined)
    await expect(speed()).rejects.toMatchObject({
      kind: 'LdContextNotAvailable',
      detail: expect.stringContaining('100 ms'),
    })
  })

  it('makes room for others when there are too many', async () => {
    await open({ maxStored: 3 })
    for (let i = 0; i < 3; i++) {
      await speed(`${url}?${i}`)
      opened.pass(1_000)
    }
    await speed(`${url}?0`)
    opened.pass(1_000)
    await speed(`${url}?3`)
    const listed = (await opened.resolver.list(call, 'Cached')).map(({ URL }) => URL)
    expect(listed.filter((each) => each.startsWith(url))).toEqual(expect.arrayContaining([`${url}?0`, `${url}?3`]))
    expect(listed).not.toContain(`${url}?1`)
  })
})

describe('@contexts that include others', () => {
  it('may be relative to where they stand', async () => {
    await open()
    server.answer((request, response) =>
      request.url === '/folder/a'
        ? json({ '@context': ['../b', { x: 'ex:x' }] })(request, response)
        : json({ '@context': { ex: 'https://example.org/', speed: 'ex:speed' } })(request, response),
    )
    const { terms } = await opened.resolver.resolve(call, `${server.origin}/folder/a`)
    expect(terms.expand('speed')).toBe('https://example.org/speed')
    expect(terms.expand('x')).toBe('https://example.org/x')
  })

  it('come to an end', async () => {
    await open()
    server.answer((request, response) => json({ '@context': request.url })(request, response))
    await expect(speed()).rejects.toMatchObject({ kind: 'BadRequestData', detail: expect.stringContaining('itself') })
    server.answer((request, response) =>
      json({ '@context': request.url === '/ping' ? '/pong' : '/ping' })(request, response),
    )
    await expect(speed(`${server.origin}/ping`)).rejects.toMatchObject({ kind: 'BadRequestData' })
    server.answer((request, response) => json({ '@context': `${request.url}x` })(request, response))
    await expect(speed(`${server.origin}/deeper`)).rejects.toMatchObject({
      kind: 'BadRequestData',
      detail: expect.stringContaining('5 deep'),
    })
  })

  it('do not multiply', async () => {
    await open({ maxNesting: 50 })
    server.answer((request, response) => {
      const next = `/${Number(request.url?.slice(1)) + 1}`
      json({ '@context': [next, {}, next, {}, next] })(request, response)
    })
    await expect(speed(`${server.origin}/1`)).rejects.toMatchObject({
      kind: 'BadRequestData',
      detail: expect.stringContaining('BOYA_CONTEXT_MAX_MEMBERS'),
    })
    expect(server.requests.length).toBeLessThan(50)
  })
})
