import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, closesStores, type Opened, type OpenOptions, openResolver, openStore } from './open-resolver.ts'

closesStores()

const call = callOf()
const patiently = { timeout: 10_000 }
const core16 = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld'
const hostedDocument = { '@context': { A1: 'urn:ngsi-ld:attributes:A1' }, ignored: true }
const urlOf = (localId: string, origin = 'https://broker.example') => `${origin}/ngsi-ld/v1/jsonldContexts/${localId}`

let server: LoopbackServer
let opened: Opened
let url: string

async function reopen(options: OpenOptions): Promise<void> {
  await opened.close()
  opened = await openResolver(options)
}

beforeEach(async () => {
  server = await startLoopbackServer(json({ '@context': { B1: 'https://example.org/B1' } }))
  url = `${server.origin}/context.jsonld`
  opened = await openResolver()
})
afterEach(async () => {
  await opened.close()
  await server.stop()
})

describe('5.13.2 add', () => {
  it('hosts the @context, and nothing that stands beside it', async () => {
    const id = await opened.resolver.add(call, hostedDocument)
    expect(id).toMatch(/^urn:uuid:/)
    expect(await opened.resolver.serve(call, id)).toEqual({ '@context': hostedDocument['@context'] })
    expect(await opened.resolver.describe(call, id)).toMatchObject({ URL: urlOf(id), localId: id, kind: 'Hosted' })
  })

  it('takes a list of URLs without fetching them; using it makes them Cached', async () => {
    const id = await opened.resolver.add(call, { '@context': [url] })
    expect(server.requests).toHaveLength(0)
    const { terms } = await opened.resolver.resolve(call, urlOf(id, 'http://localhost:9090'))
    expect(terms.expand('B1')).toBe('https://example.org/B1')
    expect(await opened.resolver.describe(call, url)).toMatchObject({ kind: 'Cached', URL: url })
  })

  it.each([
    ['InvalidRequest', { A1: 'urn:x:A1' }],
    ['InvalidRequest', [{ '@context': {} }]],
    ['BadRequestData', { '@context': 42 }],
    ['BadRequestData', { '@context': true }],
    ['BadRequestData', { '@context': null }],
    ['BadRequestData', { '@context': ['https://example.org/ctx.jsonld', 7] }],
    ['BadRequestData', { '@context': { a: 7 } }],
    ['BadRequestData', { '@context': { a: 'b', b: 'a' } }],
    ['BadRequestData', { '@context': { a: { '@id': 'https://a/', '@context': {} } } }],
    ['BadRequestData', { '@context': { a: `https://a/${'x'.repeat(100_000)}` } }],
  ])('%s for %j', async (kind, document) => {
    await expect(opened.resolver.add(call, document)).rejects.toMatchObject({ kind })
  })

  it('comes to an end', async () => {
    await reopen({ maxStored: 2 })
    await opened.resolver.add(call, hostedDocument)
    await opened.resolver.add(call, hostedDocument)
    await expect(opened.resolver.add(call, hostedDocument)).rejects.toMatchObject({ kind: 'Conflict' })
  })

  it('comes to an end also for many at once, in each Tenant by itself', async () => {
    await reopen({ maxStored: 5 })
    const add = (tenant: string) => opened.resolver.add(callOf(tenant), hostedDocument).then(() => tenant)
    const tenants = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? '' : 'a'))
    const settled = await Promise.allSettled(tenants.map(add))
    const added = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    expect(added.toSorted()).toEqual([...Array(5).fill(''), ...Array(5).fill('a')])
  })

  it('also for those that are made of what requests bring', async () => {
    await reopen({ maxStored: 5 })
    const host = async (i: number) =>
      await opened.resolver.host(call, await opened.resolver.resolve(call, { [`t${i}`]: 'https://t/' }))
    const twenty = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => host(i)))
    expect(twenty.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  })
})

describe('5.13.2 add, in a Tenant that does not exist', () => {
  it('makes it', async () => {
    await opened.resolver.add(callOf('new'), hostedDocument)
    expect(await opened.store.tenants.list()).toEqual(['new'])
  })

  it.each([
    ['InvalidRequest', {}],
    ['BadRequestData', { '@context': { a: 7 } }],
    ['BadRequestData', { '@context': { a: 'b', b: 'a' } }],
    ['BadRequestData', { '@context': { a: `https://a/${'x'.repeat(100_000)}` } }],
  ])('makes none where it is refused: %s', async (kind, document) => {
    await expect(opened.resolver.add(callOf('new'), document)).rejects.toMatchObject({ kind })
    expect(await opened.store.tenants.list()).toEqual([])
  })

  it('is refused where there are as many as there can be', async () => {
    await reopen({ store: await openStore({ tenants: 1 }) })
    await opened.resolver.add(callOf('a'), hostedDocument)
    await opened.resolver.add(callOf('a'), hostedDocument)
    await expect(opened.resolver.add(callOf('b'), hostedDocument)).rejects.toMatchObject({
      kind: 'Conflict',
      detail: expect.stringContaining('BOYA_MAX_TENANTS'),
    })
  })
})

describe('a hosted @context', () => {
  it.each([
    'https://broker.example',
    'http://localhost:9090',
    'http://10.1.2.3:1026',
    'https://behind.a.proxy.example',
  ])('is used by its URL at %s', async (origin) => {
    const id = await opened.resolver.add(call, hostedDocument)
    const { terms } = await opened.resolver.resolve(call, [urlOf(id, origin)])
    expect(terms.expand('A1')).toBe('urn:ngsi-ld:attributes:A1')
    const encoded = await opened.resolver.resolve(call, urlOf(encodeURIComponent(id), origin))
    expect(encoded.terms.expand('A1')).toBe('urn:ngsi-ld:attributes:A1')
  })

  it('of another broker is downloaded from there', async () => {
    const elsewhere = `${server.origin}/ngsi-ld/v1/jsonldContexts/urn:uuid:0190f5a4-0000-7000-8000-000000000000`
    const { terms } = await opened.resolver.resolve(call, elsewhere)
    expect(terms.expand('B1')).toBe('https://example.org/B1')
    expect(await opened.resolver.describe(call, elsewhere)).toMatchObject({ kind: 'Cached', URL: elsewhere })
  })

  it('is gone at once when it is deleted', async () => {
    const id = await opened.resolver.add(call, hostedDocument)
    await opened.resolver.resolve(call, urlOf(id))
    await opened.resolver.remove(call, id, false)
    await expect(opened.resolver.resolve(call, urlOf(id))).rejects.toMatchObject({ kind: 'LdContextNotAvailable' })
    await expect(opened.resolver.serve(call, id)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
    await expect(opened.resolver.remove(call, id, false)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
  })

  it('is no business of another Tenant, whether that exists or not', async () => {
    const id = await opened.resolver.add(callOf('a'), hostedDocument)
    for (const other of [callOf('b'), callOf('')]) {
      await expect(opened.resolver.serve(other, id)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
      await expect(opened.resolver.describe(other, id)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
      await expect(opened.resolver.remove(other, id, false)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
      expect((await opened.resolver.list(other)).map(({ localId }) => localId)).not.toContain(id)
    }
    const { terms } = await opened.resolver.resolve(callOf('a'), urlOf(id))
    expect(terms.expand('A1')).toBe('urn:ngsi-ld:attributes:A1')
    await expect(opened.resolver.resolve(callOf('b'), urlOf(id))).rejects.toMatchObject({
      kind: 'LdContextNotAvailable',
    })
    expect(await opened.resolver.serve(callOf('a'), id)).toBeDefined()
    await opened.resolver.remove(callOf('a'), id, false)
  })

  it('of the default Tenant is what a URL without a Tenant leads to', async () => {
    const id = await opened.resolver.add(call, hostedDocument)
    const { terms } = await opened.resolver.resolve(callOf('not yet there'), urlOf(id))
    expect(terms.expand('A1')).toBe('urn:ngsi-ld:attributes:A1')
    expect((await opened.resolver.list(callOf('a'))).map(({ localId }) => localId)).not.toContain(id)
  })
})

describe('5.13.1 ImplicitlyCreated', () => {
  it('is made once of an array, with the core last', async () => {
    const context = [url, { C1: 'https://example.org/C1' }]
    const resolved = await opened.resolver.resolve(call, context)
    expect(resolved.url).toBeUndefined()
    const made = await opened.resolver.host(call, resolved)
    expect(await opened.resolver.host(call, await opened.resolver.resolve(call, context))).toBe(made)
    const [listed] = await opened.resolver.list(call, 'ImplicitlyCreated')
    expect(listed).toMatchObject({ URL: made, kind: 'ImplicitlyCreated', numberOfHits: 0 })
    const served = await opened.resolver.serve(call, listed?.localId ?? '')
    expect(served).toEqual({
      '@context': [...context, 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'],
    })
    expect((await opened.resolver.resolve(call, made)).terms.expand('C1')).toBe('https://example.org/C1')
    await expect(opened.resolver.remove(call, listed?.localId ?? '', true)).rejects.toMatchObject({
      kind: 'BadRequestData',
    })
    await opened.resolver.remove(call, listed?.localId ?? '', false)
    expect(await opened.resolver.list(call, 'ImplicitlyCreated')).toEqual([])
  })

  it('is not needed where the @context has a URL', async () => {
    expect(await opened.resolver.host(call, await opened.resolver.resolve(call, [url, core16]))).toBe(url)
    expect(await opened.resolver.host(call, opened.resolver.fallback)).toContain('v1.9')
  })
})

describe('5.13.3 list', () => {
  it('has all kinds or one, of a Tenant that does not exist only what is everybody’s', async () => {
    const id = await opened.resolver.add(call, hostedDocument)
    await opened.resolver.resolve(call, url)
    const kinds = async (...args: Parameters<typeof opened.resolver.list>) =>
      new Set((await opened.resolver.list(...args)).map(({ kind }) => kind))
    expect(await kinds(call)).toEqual(new Set(['Cached', 'Hosted']))
    expect(await kinds(call, 'Cached')).toEqual(new Set(['Cached']))
    expect((await opened.resolver.list(call, 'Hosted')).map(({ localId }) => localId)).toEqual([id])
    expect(await kinds(callOf('nowhere'))).toEqual(new Set(['Cached']))
  })

  it('tells of a Cached one where it is from and until when it is good', async () => {
    server.answer(json({ '@context': {} }, { 'cache-control': 'max-age=60' }))
    await opened.resolver.resolve(call, url)
    const found = (await opened.resolver.list(call)).find(({ URL }) => URL === url)
    const { createdAt = '', expiresAt = '', lastUsage } = found ?? {}
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(60_000)
    expect(found).toMatchObject({ kind: 'Cached', numberOfHits: 1 })
    expect(lastUsage).toBeDefined()
  })
})

describe('5.13.3 the lifetime in a list', () => {
  const yearMs = 365 * 86_400_000
  const expiry = async () => {
    const { URL, expiresAt = '' } = await opened.resolver.describe(call, url)
    expect((await opened.resolver.list(call)).find((each) => each.URL === URL)).toMatchObject({ expiresAt })
    return Date.parse(expiresAt) - Date.now()
  }

  it.each(['99999999999999', '1000000000000'])('is a year at most where a host says max-age=%s', async (seconds) => {
    server.answer(json({ '@context': {} }, { 'cache-control': `max-age=${seconds}` }))
    await opened.resolver.resolve(call, url)
    expect(Math.abs((await expiry()) - yearMs)).toBeLessThan(5_000)
  })

  it.each([9e18, 1e15])(
    'is a year at most where a store says %d, and then it is looked at again',
    async (expiresAt) => {
      await opened.resolver.resolve(call, url)
      const { localId } = await opened.resolver.describe(call, url)
      await opened.store.documents.change(call, 'cachedContext', localId, (record) => ({
        document: { ...(record as object), expiresAt },
        result: undefined,
      }))
      await reopen({ store: opened.store })
      expect(Math.abs((await expiry()) - yearMs)).toBeLessThan(5_000)
      await opened.resolver.resolve(call, url)
      expect(server.requests).toHaveLength(1)
      opened.pass(yearMs + 1_000)
      await opened.resolver.resolve(call, url)
      expect(server.requests).toHaveLength(2)
      expect(await expiry()).toBeLessThan(2 * yearMs)
    },
  )
})

describe('5.13.4 serve', () => {
  it('does not serve a Cached one, but tells about it, by either name', async () => {
    await opened.resolver.resolve(call, url)
    const { localId } = await opened.resolver.describe(call, url)
    expect(await opened.resolver.describe(call, localId)).toMatchObject({ URL: url })
    for (const id of [url, localId, core16]) {
      await expect(opened.resolver.serve(call, id)).rejects.toMatchObject({ kind: 'OperationNotSupported' })
    }
    await expect(opened.resolver.describe(call, 'wrong')).rejects.toMatchObject({ kind: 'ResourceNotFound' })
  })

  it('counts how often one was found, also by those who ask about it', async () => {
    const hits = async (id: string) => (await opened.resolver.describe(call, id)).numberOfHits
    await opened.resolver.resolve(call, url)
    expect(await hits(url)).toBe(1)
    await opened.resolver.resolve(call, url)
    expect(await hits(url)).toBe(3)
    const id = await opened.resolver.add(call, hostedDocument)
    expect(await hits(id)).toBe(0)
    expect(await hits(id)).toBe(1)
  })

  it('keeps counting over a restart', async () => {
    for (let i = 0; i < 3; i++) await opened.resolver.resolve(call, url)
    await reopen({ store: opened.store })
    await opened.resolver.resolve(call, url)
    expect((await opened.resolver.describe(call, url)).numberOfHits).toBe(4)
  })
})

describe('5.13.5 delete and reload', () => {
  it('deletes a Cached one by either name; it is downloaded again when it is used', async () => {
    await opened.resolver.resolve(call, url)
    await opened.resolver.remove(call, url, false)
    await expect(opened.resolver.describe(call, url)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
    await opened.resolver.resolve(call, url)
    expect(server.requests).toHaveLength(2)
    const { localId } = await opened.resolver.describe(call, url)
    await opened.resolver.remove(call, localId, false)
    await expect(opened.resolver.describe(call, url)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
  })

  it('reloads a Cached one', async () => {
    const before = await opened.resolver.resolve(call, url)
    server.answer(json({ '@context': { B1: 'https://example.org/B2' } }))
    await opened.resolver.remove(call, url, true)
    const after = await opened.resolver.resolve(call, url)
    expect(after.terms.expand('B1')).toBe('https://example.org/B2')
    expect(after.key).not.toBe(before.key)
  })

  it.each([
    ['is down', undefined],
    ['sends an error', json('oops')],
    ['sends no @context', json({})],
  ])('keeps the copy where its host %s', async (_, handler) => {
    await opened.resolver.resolve(call, url)
    if (handler === undefined) await server.stop()
    else server.answer(handler)
    await expect(opened.resolver.remove(call, url, true)).rejects.toMatchObject({ kind: 'LdContextNotAvailable' })
    expect(await opened.resolver.describe(call, url)).toMatchObject({ kind: 'Cached' })
    expect((await opened.resolver.resolve(call, url)).terms.expand('B1')).toBe('https://example.org/B1')
    await opened.resolver.remove(call, url, false)
  })

  it('reloads for many at once by one download', async () => {
    await opened.resolver.resolve(call, url)
    let release = (): void => undefined
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    server.answer((request, response) =>
      released.then(() => json({ '@context': { B1: 'https://example.org/B2' } })(request, response)),
    )
    const reloads = Promise.all(Array.from({ length: 20 }, () => opened.resolver.remove(call, url, true)))
    await expect.poll(() => server.requests.length, patiently).toBe(2)
    release()
    await reloads
    expect(server.requests).toHaveLength(2)
    expect((await opened.resolver.resolve(call, url)).terms.expand('B1')).toBe('https://example.org/B2')
    await opened.resolver.remove(call, url, true)
    expect(server.requests).toHaveLength(3)
  })

  it('never stores an older answer over a newer one: a reload follows the refresh that is under way', async () => {
    server.answer(json({ '@context': { B1: 'https://example.org/B1' } }, { 'cache-control': 'max-age=60' }))
    await opened.resolver.resolve(call, url)
    const waiting: (() => void)[] = []
    server.answer((request, response) => {
      const answer = json({ '@context': { B1: `https://example.org/${server.requests.length}` } })
      waiting.push(() => answer(request, response))
    })
    opened.pass(61_000)
    const refreshing = opened.resolver.resolve(call, url)
    await expect.poll(() => waiting.length, patiently).toBe(1)
    const reloading = opened.resolver.remove(call, url, true)
    // Where it did not wait for the refresh, its answer would be here before.
    await new Promise((resolve) => setTimeout(resolve, 50))
    waiting.pop()?.()
    await expect.poll(() => waiting.length, patiently).toBe(1)
    for (const answer of waiting) answer()
    await Promise.all([refreshing, reloading])
    expect((await opened.resolver.resolve(call, url)).terms.expand('B1')).toBe('https://example.org/3')
    await reopen({ store: opened.store })
    expect((await opened.resolver.resolve(call, url)).terms.expand('B1')).toBe('https://example.org/3')
  })

  it('needs no refresh of what a reload has just brought', async () => {
    server.answer(json({ '@context': { B1: 'https://example.org/B1' } }, { 'cache-control': 'max-age=60' }))
    await opened.resolver.resolve(call, url)
    let answer = (): void => undefined
    server.answer((request, response) => {
      answer = () => json({ '@context': { B1: 'https://example.org/B2' } })(request, response)
    })
    opened.pass(61_000)
    const reloading = opened.resolver.remove(call, url, true)
    await expect.poll(() => server.requests.length, patiently).toBe(2)
    const resolved = opened.resolver.resolve(call, url)
    answer()
    await Promise.all([reloading, resolved])
    expect((await opened.resolver.resolve(call, url)).terms.expand('B1')).toBe('https://example.org/B2')
    expect(server.requests).toHaveLength(2)
  })

  it('reloads no Hosted one', async () => {
    const id = await opened.resolver.add(call, hostedDocument)
    await expect(opened.resolver.remove(call, id, true)).rejects.toMatchObject({ kind: 'BadRequestData' })
    await expect(opened.resolver.remove(call, 'wrong', true)).rejects.toMatchObject({ kind: 'ResourceNotFound' })
  })

  it('keeps the core @contexts, which are there from the start', async () => {
    expect(await opened.resolver.describe(call, core16)).toMatchObject({ kind: 'Cached', URL: core16 })
    expect((await opened.resolver.list(call)).map(({ URL }) => URL)).toContain(core16)
    await expect(opened.resolver.remove(call, core16, false)).rejects.toMatchObject({ kind: 'BadRequestData' })
    await opened.resolver.remove(call, core16, true)
    expect(await opened.resolver.describe(call, core16)).toMatchObject({ kind: 'Cached' })
  })
})
