import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContextSettingError } from '../../src/contexts/context-setting-error.ts'
import { callOf, closesStores, type Opened, openResolver } from './open-resolver.ts'

closesStores()

const call = callOf()
const base = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context'
const newest = `${base}-v1.9.jsonld`
const coreUrls = [
  ...['1.3', '1.4', '1.5', '1.6', '1.7', '1.8', '1.9'].map((version) => `${base}-v${version}.jsonld`),
  ...[`${base}.jsonld`, base, `${base}-v1.8.jsonld`.replace('https', 'http')],
]
const ngsiLd = 'https://uri.etsi.org/ngsi-ld/'

let opened: Opened

beforeAll(async () => {
  opened = await openResolver()
})
afterAll(() => opened.close())

describe('the core @context', () => {
  it.each(coreUrls)('%s is known without a network, and applied as v1.9', async (url) => {
    const { terms, body, url: named } = await opened.resolver.resolve(call, url)
    expect(terms.expand('ngsildproof')).toBe(`${ngsiLd}ngsildproof`)
    expect(body).toBe(newest)
    expect(named).toBe(newest)
  })

  it('is the fallback (5.5.5)', () => {
    const { terms, body, url } = opened.resolver.fallback
    expect(terms.expand('location')).toBe(`${ngsiLd}location`)
    expect(terms.expand('speed')).toBe(`${ngsiLd}default-context/speed`)
    expect([body, url]).toEqual([newest, newest])
  })

  it.each([
    [[{ location: 'https://user/location' }]],
    [[newest, { location: 'https://user/location' }]],
    [[{ location: 'https://user/location' }, newest]],
    [[{ '@version': 1.1, location: { '@id': 'https://user/location', '@protected': true } }, newest]],
    [[{ '@vocab': 'https://user/', 'ngsi-ld': 'https://user/' }]],
    [[newest, null, { id: 'https://user/id', value: { '@id': 'https://user/value', '@type': '@id' } }]],
  ])('has precedence over %j', async (context) => {
    const { terms } = await opened.resolver.resolve(call, context)
    expect(terms.expand('location')).toBe(`${ngsiLd}location`)
    expect(terms.expand('id')).toBe('@id')
    expect(terms.expand('value')).toBe(`${ngsiLd}hasValue`)
    expect(terms.expand('ngsi-ld:x')).toBe(`${ngsiLd}x`)
    expect(terms.expand('unknown')).toBe(`${ngsiLd}default-context/unknown`)
    expect(terms.compact(`${ngsiLd}location`)).toBe('location')
  })

  it('may be built on by what follows it', async () => {
    const context = [
      newest,
      { observed: { '@id': 'ngsi-ld:observed', '@type': 'DateTime' }, owner: { '@type': '@id' } },
    ]
    const { terms } = await opened.resolver.resolve(call, context)
    expect(terms.expand('observed')).toBe(`${ngsiLd}observed`)
    expect(terms.expand('owner')).toBe(`${ngsiLd}default-context/owner`)
  })
})

describe('a user @context', () => {
  it('is answered as it was given, the core in its newest version', async () => {
    const own = { speed: 'https://user/speed' }
    expect((await opened.resolver.resolve(call, own)).body).toEqual(own)
    expect((await opened.resolver.resolve(call, [own, `${base}.jsonld`])).body).toEqual([own, newest])
    expect((await opened.resolver.resolve(call, [])).body).toEqual(newest)
  })

  it('has one key for equal ones, another for others', async () => {
    const key = async (context: Parameters<typeof opened.resolver.resolve>[1]) =>
      (await opened.resolver.resolve(call, context)).key
    expect(await key({ a: 'https://u/a', b: 'https://u/b' })).toBe(await key({ b: 'https://u/b', a: 'https://u/a' }))
    expect(await key({ a: 'https://u/a' })).not.toBe(await key({ a: 'https://u/b' }))
  })

  it.each([
    ['a scoped context', { Vehicle: { '@id': 'https://u/V', '@context': { speed: 'https://u/s' } } }],
    ['a scoped context of a type', [{ '@type': { '@context': {} } }]],
    ['a number', [7]],
    ['nothing', null],
    ['an array in an array', [[{}]]],
    ['a relative URL', '/ngsi-ld/v1/jsonldContexts/x'],
    ['no URL', 'context'],
    ['an empty URL', ''],
    ['a URL of another scheme', 'ftp://example.org/context.jsonld'],
    ['a cycle of terms', { a: 'b:x', b: 'a:y' }],
    ['a keyword redefined', { '@id': 'https://u/' }],
    ['a wrong version', { '@version': 1 }],
    ['a term that breaks JavaScript', { hasOwnProperty: 'https://u/h', a: 5 }],
    ['an ancestor that breaks JavaScript', JSON.parse('{"__proto__": {"hasOwnProperty": null}, "a": "https://u/a"}')],
    ['too many members', Array.from({ length: 101 }, () => ({}))],
  ])('is BadRequestData with %s', async (_, context) => {
    await expect(opened.resolver.resolve(call, context)).rejects.toMatchObject({
      kind: 'BadRequestData',
      detail: expect.not.stringMatching(/localCtx|is not a function/),
    })
  })

  it.each([
    ['{"__proto__": {"@id": "https://u/p"}}', '"__proto__" as an object'],
    ['{"__proto__": 7}', '"__proto__" as a number'],
    ['{"a": ["https://u/a"]}', '"a" as an array'],
  ])('is told what it has: %s', async (text, what) => {
    await expect(opened.resolver.resolve(call, JSON.parse(text))).rejects.toMatchObject({
      detail: expect.stringContaining(what),
    })
  })

  it('may use any name', async () => {
    const context = JSON.parse('{"__proto__": "https://u/p", "constructor": "https://u/c", "toString": "https://u/t"}')
    const { terms } = await opened.resolver.resolve(call, context)
    expect(['constructor', 'toString'].map(terms.expand)).toEqual(['https://u/c', 'https://u/t'])
    expect(terms.compact('https://u/c')).toBe('constructor')
  })

  it('may import another (JSON-LD 1.1)', async () => {
    const id = await opened.resolver.add(call, { '@context': { a: 'https://u/a', b: 'https://u/b' } })
    const imported = `https://broker.example/ngsi-ld/v1/jsonldContexts/${id}`
    const { terms } = await opened.resolver.resolve(call, { '@import': imported, b: 'https://u/other' })
    expect([terms.expand('a'), terms.expand('b')]).toEqual(['https://u/a', 'https://u/other'])
  })
})

describe('@contexts given as files', () => {
  const url = 'https://city.example/context.jsonld'
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contexts-'))
    await writeFile(join(folder, 'city.jsonld'), JSON.stringify({ '@context': { speed: 'https://city/speed' } }))
    await writeFile(join(folder, 'contexts.tsv'), `url\tfile\n${url}\tcity.jsonld\n`)
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(['', 'contexts.tsv'])('are used without a network (%j)', async (list) => {
    const preloaded = await openResolver({ preload: join(folder, list), policy: 'public' })
    expect((await preloaded.resolver.resolve(call, [url])).terms.expand('speed')).toBe('https://city/speed')
    expect(await preloaded.resolver.describe(call, url)).toMatchObject({ kind: 'Cached', URL: url, numberOfHits: 1 })
    await expect(preloaded.resolver.remove(call, url, false)).rejects.toMatchObject({ kind: 'BadRequestData' })
    await preloaded.resolver.remove(call, url, true)
    await preloaded.close()
  })

  it('can be the default user @context (5.5.5)', async () => {
    const preloaded = await openResolver({ preload: folder, default: url })
    const { terms, body, url: named } = preloaded.resolver.fallback
    expect(terms.expand('speed')).toBe('https://city/speed')
    expect([body, named]).toEqual([url, url])
    await preloaded.close()
  })

  async function faultsOf(list: string): Promise<readonly string[]> {
    await writeFile(join(folder, 'list.tsv'), list)
    const error = await openResolver({ preload: join(folder, 'list.tsv') }).catch((each: unknown) => each)
    return (error as ContextSettingError).faults.map((fault) => fault.replaceAll(folder, 'F'))
  }

  it('may stand in a list with a header, remarks and core @contexts', async () => {
    const lines = [
      ...['\uFEFFurl\tfile', '', '# ours', `${url}\tcity.jsonld `, 'https://gone/\t(not available)', 'iudx:x\t(none)'],
      'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld\t(core, bundled)',
      'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.3.jsonld\tcore.jsonld',
    ]
    await writeFile(join(folder, 'list.tsv'), lines.join('\r\n'))
    const { resolver, close } = await openResolver({ preload: join(folder, 'list.tsv') })
    const given = (await resolver.list(call)).filter(({ extraInfo }) => extraInfo === 'given by the operator')
    expect(given.map(({ URL }) => URL)).toEqual([url])
    await close()
  })

  it('stop the start where the list is wrong, which is said line by line', async () => {
    expect(
      await faultsOf(`${url}\tcity.jsonld\ncity.jsonld\nhttps://b/\tb\n${url}\tother.jsonld\nhttp://[/\tx\n`),
    ).toEqual([
      'BOYA_CONTEXTS_PRELOAD: line 2 of F/list.tsv must be an http(s) URL, a tab, and a file',
      `BOYA_CONTEXTS_PRELOAD: line 4 of F/list.tsv names ${url} again, after line 1 of F/list.tsv; take one of them out`,
      'BOYA_CONTEXTS_PRELOAD: line 5 of F/list.tsv must be an http(s) URL, a tab, and a file',
    ])
  })

  it('stop the start where a file is wrong, which is said file by file', async () => {
    await writeFile(join(folder, 'bad.jsonld'), '{"@context": ')
    await writeFile(join(folder, 'scoped.jsonld'), '{"@context": {"a": {"@id": "x:a", "@context": {}}}}')
    const remedy = 'correct the file or the line, or take the line out'
    expect(
      await faultsOf(
        'http://a/\tnone.jsonld\nhttp://b/\tbad.jsonld\nhttp://c/\t.\nhttp://d/\tscoped.jsonld\nhttp://e/\t/dev/null\n',
      ),
    ).toEqual([
      `BOYA_CONTEXTS_PRELOAD: F/none.jsonld, for http://a/ in line 1 of F/list.tsv, cannot be used: there is no such file; ${remedy}`,
      `BOYA_CONTEXTS_PRELOAD: F/bad.jsonld, for http://b/ in line 2 of F/list.tsv, cannot be used: The document at http://b/ is no JSON (line 1, column 14); ${remedy}`,
      `BOYA_CONTEXTS_PRELOAD: F, for http://c/ in line 3 of F/list.tsv, cannot be used: it is a folder; ${remedy}`,
      expect.stringMatching(/F\/scoped\.jsonld, for http:\/\/d\/ in line 4 of .*5\.5\.7/),
      `BOYA_CONTEXTS_PRELOAD: /dev/null, for http://e/ in line 5 of F/list.tsv, cannot be used: it is a pipe, a socket or a device, and no file; ${remedy}`,
    ])
  })

  it('stop the start where there is no list, or no default @context', async () => {
    await expect(openResolver({ preload: join(folder, 'nowhere') })).rejects.toThrow(
      /^BOYA_CONTEXTS_PRELOAD: .*nowhere cannot be read: there is no such file; .*contexts\.tsv$/,
    )
    await expect(openResolver({ default: 'http://127.0.0.1:1/x', policy: 'public' })).rejects.toThrow(
      /^BOYA_CONTEXT_DEFAULT: The @context http:\/\/127\.0\.0\.1:1\/x cannot be had: .*private address.*BOYA_CONTEXTS_PRELOAD\)$/,
    )
  })

  it('are reloaded from their file, and kept where it is gone, without telling where that was', async () => {
    const { resolver, close } = await openResolver({ preload: folder })
    await rename(join(folder, 'city.jsonld'), join(folder, 'away.jsonld'))
    await expect(resolver.remove(call, url, true)).rejects.toMatchObject({
      kind: 'LdContextNotAvailable',
      detail: `The broker's own copy of ${url} cannot be read: there is no such file.`,
    })
    await rename(join(folder, 'away.jsonld'), join(folder, 'city.jsonld'))
    expect((await resolver.resolve(call, [url])).terms.expand('speed')).toBe('https://city/speed')
    await close()
  })
})
