/** `boya import`, in this process: what is done with files that are right, wrong, and imported before. */

import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/config.ts'
import { keptIdentity } from '../../src/operations/kept-identity.ts'
import { at, callIn, entity, NOW, property } from '../contract/contract-store.ts'
import { entityIn, exported, exportOf, idsIn, imported, newStore, putIn, withStore } from './transfer-stores.ts'

const one = entity('urn:x:1')
const two = entity('urn:x:2')
const later = { ...one, modifiedAt: NOW + 5 }
const CITY = ['tenant', 'city'] as const
const DEFAULT = ['tenant', ''] as const
const file = exportOf(DEFAULT, ['entity', one], ['entity', two], CITY, ['entity', two])
const NOTHING = { tenants: 0, refused: 0, stoppedBy: undefined }

function tenantsOf(config: Config): Promise<readonly string[]> {
  return withStore(config, ({ tenants }) => tenants.list())
}

describe('an import that is repeated', () => {
  it('leaves what is there and the same, and goes on behind it', async () => {
    const store = newStore()
    expect(await imported(store, file)).toMatchObject({
      ...NOTHING,
      tenants: 1,
      entities: { created: 3, unchanged: 0 },
    })
    expect(await imported(store, file)).toMatchObject({ ...NOTHING, entities: { created: 0, unchanged: 3 } })
    const third = entity('urn:x:3')
    const longer = exportOf(DEFAULT, ['entity', one], ['entity', two], ['entity', third])
    expect(await imported(store, longer)).toMatchObject({ ...NOTHING, entities: { created: 1, unchanged: 2 } })
    expect(await idsIn(store)).toEqual(['urn:x:1', 'urn:x:2', 'urn:x:3'])
  })

  it('takes what is the same for the same, however it is written', async () => {
    const store = newStore()
    await imported(store, file)
    const otherwise = file.replaceAll('"value":0', '"value":-0.0e5').replaceAll('{"entity":', '  { "entity" : ')
    expect(await imported(store, otherwise)).toMatchObject({ ...NOTHING, entities: { created: 0, unchanged: 3 } })
  })

  it('refuses what is there and differs, and keeps it', async () => {
    const store = newStore()
    await putIn(store, '', later)
    const result = await imported(store, file)
    expect(result).toMatchObject({ refused: 1, stoppedBy: undefined, entities: { created: 2, unchanged: 0 } })
    const detail = `the entity urn:x:1 exists already, and differs: modified at ${at(5)}, in the file at ${at(0).replace('.000', '')}`
    expect(result.refusals).toMatchObject([{ line: 3, entity: 'urn:x:1', problem: { title: 'Conflict', detail } }])
    expect(await entityIn(store, 'urn:x:1')).toEqual(later)
  })

  it('replaces it where it is told to, in its place and with its own times', async () => {
    const store = newStore()
    await putIn(store, '', later, entity('urn:x:0'))
    expect(await imported(store, file, { replace: true })).toMatchObject({
      ...NOTHING,
      tenants: 1,
      entities: { created: 2, replaced: 1, unchanged: 0 },
    })
    expect(await entityIn(store, 'urn:x:1')).toEqual(one)
    expect(await idsIn(store)).toEqual(['urn:x:1', 'urn:x:0', 'urn:x:2'])
  })
})

describe('where it goes', () => {
  const several = exportOf(['broker', 'urn:b:1'], DEFAULT, ['entity', one], CITY, ['entity', two], ['tenant', 'empty'])

  it('is the Tenants of the file, those without entities, too', async () => {
    const store = newStore()
    expect(await imported(store, several)).toMatchObject({ ...NOTHING, tenants: 2 })
    expect(await tenantsOf(store)).toEqual(['city', 'empty'])
  })

  it('may be one of them alone, which is not all of a broker', async () => {
    const store = newStore()
    await imported(store, several, { only: 'city' })
    expect([await idsIn(store), await idsIn(store, 'city'), await tenantsOf(store)]).toEqual([
      [],
      ['urn:x:2'],
      ['city'],
    ])
    expect(await withStore(store, ({ documents }) => keptIdentity(documents, callIn('')))).toBeUndefined()
    await imported(store, several, { only: '' })
    expect(await idsIn(store)).toEqual(['urn:x:1'])
  })

  it('may be another Tenant', async () => {
    const store = newStore()
    await imported(store, several, { only: 'city', tenant: 'village' })
    await imported(store, exportOf(DEFAULT, ['entity', one]), { tenant: 'village' })
    expect([await tenantsOf(store), await idsIn(store, 'village')]).toEqual([['village'], ['urn:x:2', 'urn:x:1']])
  })

  it('is not one Tenant for several', async () => {
    const store = newStore()
    const { stoppedBy } = await imported(store, several, { tenant: 'village' })
    expect(stoppedBy?.message).toMatch(/line 1: the file has 3 Tenants.*--only/)
    expect(await tenantsOf(store)).toEqual([])
  })

  it('cannot be a Tenant that the file has not', async () => {
    const { stoppedBy } = await imported(newStore(), several, { only: 'town' })
    expect(stoppedBy?.message).toMatch(/there is no Tenant "town" in the file/)
  })

  it('makes a new store that of the same broker, and leaves an old one what it is', async () => {
    const store = newStore()
    expect(await imported(store, several)).not.toHaveProperty('otherBroker')
    const other = several.replace('urn:b:1', 'urn:b:2')
    expect(await imported(store, other)).toMatchObject({ ...NOTHING, otherBroker: 'urn:b:1' })
  })
})

describe('what has expired', () => {
  const gone = { expiresAt: '2026-01-01T00:00:00Z' }
  it('since the export is not stored', async () => {
    const store = newStore()
    const partly = entity('urn:x:p', { attributes: { 'urn:A:a': [property(1, gone)], 'urn:A:b': [property(2)] } })
    const lines = exportOf(DEFAULT, ['entity', { ...one, ...gone }], ['entity', partly])
    expect(await imported(store, lines)).toMatchObject({ ...NOTHING, entities: { created: 1, expired: 1 } })
    expect(await imported(store, lines)).toMatchObject({ ...NOTHING, entities: { unchanged: 1, expired: 1 } })
    expect(Object.keys((await entityIn(store, 'urn:x:p'))?.attributes ?? {})).toEqual(['urn:A:b'])
    expect(await withStore(store, ({ entities }) => entities.purgeExpired(callIn(''), Date.now(), 10))).toBe(0)
  })
})

describe('how a file may be written', () => {
  it.each<[string, string | Buffer]>([
    ['with Windows line ends', file.replaceAll('\n', '\r\n')],
    ['with a byte order mark', `\uFEFF${file}`],
    ['without its last line end', file.trimEnd()],
    ['with empty lines', file.replaceAll('\n', '\n\n \n')],
  ])('%s', async (_, content) => {
    expect(await imported(newStore(), content)).toMatchObject({ ...NOTHING, tenants: 1, entities: { created: 3 } })
  })
})

describe('a line that is wrong in itself', () => {
  const limits = { BOYA_MAX_ENTITY_BYTES: '1024', BOYA_MAX_PAGE_BYTES: '8192', BOYA_MAX_ATTRIBUTES: '3' }
  const large = entity('urn:x:l', { attributes: { 'urn:A:a': [property('x'.repeat(1_000))] } })
  const many = entity('urn:x:m', {
    attributes: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`urn:A:${name}`, [property(1)]])),
  })
  const context = { localId: 'urn:c:1', kind: 'Hosted', createdAt: NOW, content: { a: 'urn:a' } }
  it.each<[string, readonly [string, unknown] | string, RegExp]>([
    ['no entity', ['entity', { id: 'urn:x:3' }], /is missing \(at \/types\)/],
    ['one that no client could create', ['entity', { ...two, id: 'urn:x:3', scopes: ['/1'] }], /expected a scope/],
    ['one that is too large', ['entity', large], /urn:x:l would have \d+ bytes; at most 1024.*BOYA_MAX_ENTITY_BYTES/],
    ['one with too many attributes', ['entity', many], /BOYA_MAX_ATTRIBUTES/],
    ['one that stands twice', ['entity', one], /urn:x:1 stands in the file before/],
    ['a member twice', '{"entity":{"id":"urn:x:3","id":"urn:x:4"}}', /"id" stands twice/],
    ['too deep', `{"entity":${'['.repeat(300)}${']'.repeat(300)}}`, /BOYA_MAX_JSON_DEPTH/],
    ['no @context', ['context', { ...context, content: 7 }], /must be a URL, an object, or an array/],
    ['an @context without content', ['context', { ...context, content: undefined }], /has no content/],
    ['a scoped @context', ['context', { ...context, content: { a: { '@id': 'urn:a', '@context': {} } } }], /5\.5\.7/],
    ['an @context of no kind', ['context', { ...context, kind: 'Other' }], /is no kind of @context/],
    ['an @context without an id', ['context', { ...context, localId: 'x y' }], /no localId/],
    [
      'a copy that is not found by its URL',
      ['context', { ...context, kind: 'Cached', url: 'http://a/' }],
      /not the localId/,
    ],
    ['an @context with more', ['context', { ...context, more: 1 }], /"more" is nothing that is known/],
  ])('keeps nothing else out: %s', async (_, wrong, says) => {
    const store = newStore(limits)
    const line: readonly [string, unknown] = typeof wrong === 'string' ? ['entity', 'HERE'] : wrong
    const text = exportOf(DEFAULT, ['entity', one], line, ['entity', two])
    const content = typeof wrong === 'string' ? text.replace('{"entity":"HERE"}', wrong) : text
    const result = await imported(store, content)
    expect(result).toMatchObject({ refused: 1, stoppedBy: undefined, entities: { created: 2 } })
    expect(result.refusals).toMatchObject([{ line: 4, problem: { detail: expect.stringMatching(says) } }])
    expect(await idsIn(store)).toEqual(['urn:x:1', 'urn:x:2'])
    expect(await exported(store)).not.toContain('"context"')
    const rehearsed = await imported(newStore(limits), content, { dryRun: true })
    expect(rehearsed.refusals).toMatchObject(result.refusals.map(({ line, problem }) => ({ line, problem })))
  })
})

describe('a file that is no whole export', () => {
  const [begin = '', tenant = '', ...rest] = file.split(/(?<=\n)/)
  const last = rest.at(-1) ?? ''
  it.each<[string, string | Buffer, RegExp, number]>([
    ['empty', '', /it is empty/, 0],
    ['of something else', '{"id":"urn:x:1","type":"Bench"}\n', /line 1: it is no line of an export.*boya load/, 0],
    ['of no JSON', 'id;type\n1;2\n', /neither JSON nor NDJSON/, 0],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0]), /gunzip -c/, 0],
    [
      'of a newer format',
      file.replace('"format":2', '"format":3'),
      /line 1: .*newer Boya, in format 3; this one reads up to 2/,
      0,
    ],
    ['of a format that never was', file.replace('"format":2', '"format":0'), /line 1: there is no format 0/, 0],
    ['without its beginning', [tenant, ...rest].join(''), /line 1: it is not the first line/, 0],
    ['cut', file.slice(0, file.indexOf(last)), /it is cut: its last line/, 3],
    [
      'cut within a line',
      file.slice(0, file.indexOf(last) - 20),
      /line 6: it is damaged: no JSON from its \d+\. character/,
      2,
    ],
    ['without one of its lines', file.replace(rest[0] ?? '', ''), /line 6: the file had 3 entities and has 2/, 2],
    ['of two exports', `${file}${file}`, /line 8: nothing can follow the last line/, 3],
    ['with a second beginning', file.replace(last, begin), /line 7: a second export begins/, 3],
    ['of lines of no Tenant', [begin, ...rest].join(''), /line 2: it stands before any Tenant/, 0],
    [
      'of an unknown kind of lines',
      file.replace('{"entity"', '{"registration"'),
      /line 3: it is no line of an export/,
      0,
    ],
    ['of lines that say two things', file.replace('{"entity"', '{"a":1,"entity"'), /line 3: it is no line/, 0],
    ['damaged where a Tenant may have begun', file.replace(`}}\n{"tenant":"city"`, ''), /line 4: it is damaged/, 1],
    ['not UTF-8', Buffer.from(file.replace('https://example.org/Road', 'ñ'), 'latin1'), /line 3: it is not UTF-8/, 0],
    ['of a Tenant that cannot be', file.replace('"city"', '"a\\u0000b"'), /line 5: .*control characters/, 2],
    ['of a Tenant that is no text', file.replace('"city"', '7'), /line 5: the name of a Tenant is a text, not 7/, 2],
    ['of no broker', exportOf(['broker', 7], DEFAULT), /line 2: the id of a broker is a URI, not 7/, 0],
    ['of two brokers', exportOf(DEFAULT, ['broker', 'urn:b:1']), /line 3: .*second line/, 0],
    ['of a Tenant twice', file.replace('"city"', '""'), /line 5: the Tenant "" cannot stand behind ""/, 2],
    [
      'of one Tenant more than it says',
      file.replace('"tenants":2', '"tenants":1'),
      /line 5: the first line says that there are 1 Tenants/,
      2,
    ],
    ['of too many Tenants', file, /line 5: there are 0 Tenants.*BOYA_MAX_TENANTS/, 2],
  ])('stops it, and what stood before is stored: %s', async (name, content, says, created) => {
    const store = newStore(name === 'of too many Tenants' ? { BOYA_MAX_TENANTS: '0' } : {})
    const rehearsed = await imported(store, content, { dryRun: true })
    const result = await imported(store, content)
    expect(result.stoppedBy?.message).toMatch(says)
    expect(result).toMatchObject({ refused: 0, entities: { created } })
    expect(result.stoppedBy?.message).toMatch(/import-\d+\.ndjson: /)
    expect(rehearsed).toMatchObject({ refused: 0, entities: { created } })
    expect(rehearsed.stoppedBy?.message).toMatch(says)
  })

  it('has no Tenant whose name is too long for the store', async () => {
    const long = exportOf(['tenant', '名'.repeat(60)])
    for (const dryRun of [true, false]) {
      const { stoppedBy } = await imported(newStore(), long, { dryRun })
      expect(stoppedBy?.message).toMatch(/line 2: The name of a Tenant is too long/)
    }
  })
})

it('stops where the store fails, says so, and goes on when it is begun again', async () => {
  const store = newStore()
  await putIn(store, '', one)
  const holder = new DatabaseSync(join(store.store.kind === 'sqlite' ? store.store.directory : '', 'default.sqlite'))
  holder.exec("CREATE TRIGGER broken BEFORE INSERT ON entity BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END")
  const stopped = await imported(store, file)
  holder.exec('DROP TRIGGER broken')
  holder.close()
  expect(stopped.stoppedBy?.message).toMatch(/import-\d+\.ndjson: line 5: the store failed: the disk is gone/)
  expect(stopped).toMatchObject({ refused: 0, entities: { created: 0, unchanged: 0 } })
  expect(await imported(store, file)).toMatchObject({ ...NOTHING, tenants: 1, entities: { created: 2, unchanged: 1 } })
})

describe('a dry run', () => {
  it('changes nothing in a store, and says what would be changed', async () => {
    const store = newStore()
    await putIn(store, '', later, two)
    const before = await exported(store)
    const wanted = { ...NOTHING, tenants: 1, refused: 1, entities: { created: 1, unchanged: 1 } }
    expect(await imported(store, file, { dryRun: true })).toMatchObject(wanted)
    const replacing = { ...NOTHING, tenants: 1, entities: { created: 1, unchanged: 1, replaced: 1 } }
    expect(await imported(store, file, { dryRun: true, replace: true })).toMatchObject(replacing)
    expect(await exported(store)).toBe(before)
    expect(await imported(store, file, { replace: true })).toMatchObject(replacing)
  })
})

describe('@contexts', () => {
  const hosted = {
    localId: 'urn:c:1',
    kind: 'Hosted',
    createdAt: NOW,
    use: { hits: 3, lastUsage: NOW },
    content: { a: 'urn:a' },
  }
  const withContexts = (...contexts: readonly object[]) =>
    exportOf(DEFAULT, ...contexts.map((each) => ['context', each] as const))

  it('are kept with their times, once', async () => {
    const store = newStore()
    const lines = withContexts(hosted)
    expect(await imported(store, lines)).toMatchObject({ ...NOTHING, contexts: { created: 1 } })
    expect(await imported(store, lines)).toMatchObject({ ...NOTHING, contexts: { created: 0, unchanged: 1 } })
    expect(await exported(store)).toBe(lines)
  })

  it('that differ are refused, or replaced', async () => {
    const store = newStore()
    await imported(store, withContexts(hosted))
    const other = withContexts({ ...hosted, content: { a: 'urn:b' } })
    const refused = await imported(store, other)
    expect(refused.refusals).toMatchObject([{ line: 3, problem: { title: 'Conflict' } }])
    expect(await imported(store, other, { replace: true })).toMatchObject({ ...NOTHING, contexts: { replaced: 1 } })
    expect(await exported(store)).toBe(other)
  })

  it.each([true, false])('are no more than there may be, dry run %s', async (dryRun) => {
    const store = newStore({ BOYA_CONTEXT_MAX_STORED: '2' })
    const three = [1, 2, 3].map((n) => ({ ...hosted, localId: `urn:c:${n}` }))
    const result = await imported(store, withContexts(...three), { dryRun })
    expect(result).toMatchObject({ refused: 1, contexts: { created: 2 } })
    expect(result.refusals).toMatchObject([
      { line: 5, problem: { detail: expect.stringMatching(/BOYA_CONTEXT_MAX_STORED/) } },
    ])
  })
})
