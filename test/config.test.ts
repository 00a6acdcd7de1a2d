import { readdirSync, readFileSync, statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError, loadConfig } from '../src/config/config.ts'
import { configurationReference } from '../src/config/reference.ts'
import { settings, tolerances } from '../src/config/settings.ts'

const root = resolve(import.meta.dirname, '..')

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

/** A prefix such as `BOYA_MAX_` names none. */
function namesIn(file: string): string[] {
  return readFileSync(resolve(root, file), 'utf8').match(/\bBOYA_[A-Z0-9_]*[A-Z0-9]\b/g) ?? []
}

describe('without any setting', () => {
  it('is made of the documented defaults', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 1026,
      workers: 1,
      publicUrl: undefined,
      store: { kind: 'sqlite', directory: './data', synchronous: 'full' },
      outbound: { mode: 'private', networks: [], concurrency: 64 },
      cors: { origins: [] },
      log: { level: 'info', format: 'auto' },
      contexts: {
        ...{ default: undefined, preload: undefined, maxBytes: 262_144, maxStored: 10_000, maxNesting: 10 },
        ...{ maxMembers: 100, timeoutMs: 5000, maxRedirects: 5 },
      },
      notifications: {
        timeouts: { defaultMs: 10_000, mostMs: 30_000 },
        concurrency: 1_024,
        delivery: { maxAgeMs: 86_400_000, maxBacklog: 100_000, retry: { firstMs: 1_000, mostMs: 60_000 } },
        keep: { deliveredMs: 3_600_000, deadMs: 604_800_000 },
        streams: { keepMs: 600_000, heartbeatMs: 15_000, most: 1_000, mostLeft: 50 },
      },
      limits: {
        ...{ bodyBytes: 8_388_608, uriBytes: 16_384, jsonDepth: 64, batchSize: 10_000, entityBytes: 4_194_304 },
        ...{ pageBytes: 16_777_216 },
        ...{ attributes: 10_000, geometryVertices: 20_000, numberDigits: 1000, idLength: 2048, tenantLength: 64 },
        ...{ tenants: 10_000, subscriptions: 100_000, selection: 500, query: { chars: 10_000, terms: 200, depth: 20 } },
        ...{ joinLevel: 5, linkedEntities: 1_000, answerCacheBytes: 100_663_296 },
        ...{ pageDefault: 20, pageMax: 1000, requestMs: 30_000, streamMs: 30_000 },
        ...{ temporalInstances: 10_000, temporalPeriods: 100_000, sentInstances: 20_000 },
      },
      history: {
        ...{ rules: [], afterDeletion: 'keep', retention: [], schedule: '*/10 * * * *', late: [], repeated: [] },
      },
      purgeSchedule: '* * * * *',
      alias: undefined,
      tolerate: [],
    })
  })
  it('takes an empty variable for one that is not set', () => {
    const empty = Object.fromEntries(Object.keys(settings).map((name) => [name, '']))
    expect(loadConfig(empty)).toEqual(loadConfig({}))
  })
})

describe('values', () => {
  it.each([
    ['BOYA_MAX_BODY_BYTES', '2MiB', 2_097_152],
    ['BOYA_MAX_BODY_BYTES', '64 KiB', 65_536],
    ['BOYA_MAX_BODY_BYTES', '4096', 4096],
  ])('%s=%s is %i bytes', (name, text, bytes) => {
    expect(loadConfig({ [name]: text }).limits.bodyBytes).toBe(bytes)
  })
  it.each([
    ['1500', 1500],
    ['1500ms', 1500],
    ['2s', 2000],
    ['1min', 60_000],
  ])('a duration of %s is %i ms', (text, milliseconds) => {
    expect(loadConfig({ BOYA_REQUEST_TIMEOUT: text }).limits.requestMs).toBe(milliseconds)
  })
  it.each([
    ['https://broker.example.org/', 'https://broker.example.org'],
    ['http://127.0.0.1:1026/ngsi-ld/v1', 'http://127.0.0.1:1026'],
  ])('the public URL %s is the origin %s', (given, origin) => {
    expect(loadConfig({ BOYA_PUBLIC_URL: given }).publicUrl).toBe(origin)
  })
  it.each([
    ['sqlite:./data', { kind: 'sqlite', directory: './data', synchronous: 'full' }],
    ['sqlite:/var/lib/boya', { kind: 'sqlite', directory: '/var/lib/boya', synchronous: 'full' }],
    ['sqlite::memory:', { kind: 'sqlite', directory: ':memory:', synchronous: 'full' }],
    ['mongodb://a:p%40ss@h1,h2/city?replicaSet=rs0&tls=true', { kind: 'mongo' }],
    ['mongodb+srv://db.example.org', { kind: 'mongo', uri: 'mongodb+srv://db.example.org' }],
  ])('the store %s is %o', (given, store) => {
    expect(loadConfig({ BOYA_STORE: given }).store).toMatchObject(store)
  })
  it('knows how many processors there are', () => {
    expect(loadConfig({ BOYA_WORKERS: 'auto' }).workers).toBe(availableParallelism())
    expect(loadConfig({ BOYA_WORKERS: '3' }).workers).toBe(3)
  })
  it('knows lists', () => {
    const config = loadConfig({
      BOYA_CORS_ORIGINS: 'https://a.example, https://b.example/',
      BOYA_TOLERATE: 'merge-patch-on-post,context-in-json-body',
    })
    expect(config.cors.origins).toEqual(['https://a.example', 'https://b.example'])
    expect(config.tolerate).toEqual(['merge-patch-on-post', 'context-in-json-body'])
  })
})

describe('where Boya may send requests to', () => {
  it.each([
    ['127.0.0.1', 'private'],
    ['127.0.0.2', 'private'],
    ['::1', 'private'],
    ['localhost', 'private'],
    ['0.0.0.0', 'public'],
    ['::', 'public'],
    ['192.168.1.5', 'public'],
  ])('on %s is %s', (host, mode) => {
    expect(loadConfig({ BOYA_HOST: host }).outbound).toMatchObject({ mode, networks: [] })
  })
  it('is what the setting says', () => {
    expect(loadConfig({ BOYA_HOST: '0.0.0.0', BOYA_OUTBOUND: 'private' }).outbound.mode).toBe('private')
    expect(loadConfig({ BOYA_OUTBOUND: 'public' }).outbound.mode).toBe('public')
    expect(loadConfig({ BOYA_OUTBOUND: '10.1.0.0/16,fd12::/64' }).outbound).toMatchObject({
      mode: 'networks',
      networks: ['10.1.0.0/16', 'fd12::/64'],
    })
  })
})

describe('what stops the start', () => {
  it.each([
    ['BOYA_PRT', '1', /^BOYA_PRT: there is no such setting; did you mean BOYA_PORT\?$/],
    ['BOYA_PAGE_LIMIT', '1', /did you mean BOYA_PAGE_/],
    ['BOYA_PORT', '70000', /"70000" is no whole number, 0 to 65535/],
    ['BOYA_PORT', 'http', /whole number/],
    ['BOYA_PORT', '-1', /whole number/],
    ['BOYA_PORT', '1e3', /whole number/],
    ['BOYA_MAX_BODY_BYTES', '8MB', /"8MB" is no size, 1KiB to 256MiB/],
    ['BOYA_REQUEST_TIMEOUT', '10', /"10" is no duration, at least 1s/],
    ['BOYA_PUBLIC_URL', 'broker.example.org', /no http or https URL/],
    ['BOYA_PUBLIC_URL', 'https://example.org/broker', /more than an origin; it looks like https:\/\/example\.org$/],
    ['BOYA_CONTEXT_DEFAULT', 'file:///context.jsonld', /no http or https URL/],
    ['BOYA_STORE', 'mongo://db.example.org', /it looks like sqlite:\.\/data or mongodb:\/\/host/],
    ['BOYA_STORE', './data', /it looks like sqlite:\.\/data/],
    ['BOYA_STORE', 'sqlite:', /is no store/],
    ['BOYA_MAX_PAGE_BYTES', '4MiB', /4194304 is less than twice BOYA_MAX_ENTITY_BYTES, 4194304/],
    ['BOYA_WORKERS', '0', /"0" is no whole number, 1 to 256/],
    ['BOYA_WORKERS', 'all', /"all" is no whole number, 1 to 256/],
    ['BOYA_OUTBOUND', '10.1/16', /"10\.1\/16" is no network/],
    ['BOYA_OUTBOUND', '10.1.0.0/33', /no network/],
    ['BOYA_OUTBOUND', '10.1.0.1', /no network/],
    ['BOYA_OUTBOUND', 'private,10.1.0.0/16', /"private" stands alone/],
    ['BOYA_CORS_ORIGINS', '*,https://a.example', /`\*` is any origin/],
    ['BOYA_CORS_ORIGINS', 'https://a.example/map', /more than an origin/],
    ['BOYA_LOG_LEVEL', 'verbose', /none of debug, info, warn, error, silent/],
    ['BOYA_PURGE_SCHEDULE', '61 * * * *', /no cron expression: 61 is/],
    ['BOYA_ALIAS', 'my broker', /no token/],
    ['BOYA_TOLERATE', 'everything', /none of ld-json-without-context/],
    ['BOYA_LATE_OBSERVATIONS', 'Bus,no name', /"no name" names no entity type \(4\.6\.2\)/],
    ['BOYA_REPEATED_OBSERVATIONS', '-Bus', /"-Bus" names no entity type/],
    ['BOYA_HISTORY', 'Bus speed limit', /is no rule/],
    ['BOYA_HISTORY_RETENTION', '[{"type":"no name","raw":"P1D"}]', /"no name" names no entity type.*\(at \/0\/type\)/],
    ['BOYA_HISTORY_RETENTION', '[{"raw":"P1D"},{"type":5}]', /expected a text, found 5 \(at \/1\/type\)/],
    ['BOYA_HISTORY_RETENTION', '[{"rwa":"P1D"}]', /has type, raw, summaries here, and nothing else \(at \/0\/rwa\)/],
    ['BOYA_HISTORY_RETENTION', '[{"raw":30}]', /expected a text, found 30 \(at \/0\/raw\)/],
    ['BOYA_HISTORY_RETENTION', '[{"raw":"P1D","summaries":"PT1H"}]', /expected an object.*\(at \/0\/summaries\)/],
    ['BOYA_HISTORY_RETENTION', '[{"raw":"P1D","summaries":{}}]', /is missing.*\(at \/0\/summaries\/every\)/],
    ['BOYA_HISTORY_RETENTION', '[{"raw":"P1D"},{"type":"Bus"}]', /is never come to.*\(at \/1\)/],
    ['BOYA_HISTORY_RETENTION', '[5]', /expected an object.*\(at \/0\)/],
    ['BOYA_HISTORY_RETENTION', '{"raw":"P1D"}', /is no list of rules/],
  ])('%s=%s', (name, value, message) => {
    const faults = faultsOf({ [name]: value })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(message)
    expect(faults[0]).toMatch(new RegExp(`^${name}: `))
  })
  it('is told at once', () => {
    const faults = faultsOf({
      BOYA_PRT: '1',
      BOYA_PORT: 'x',
      BOYA_OUTBOUND: 'x',
      BOYA_STORE: 'x',
      BOYA_PAGE_DEFAULT: '50',
      BOYA_PAGE_MAX: '10',
    })
    expect(faults.map((fault) => fault.split(':')[0]).sort()).toEqual([
      ...['BOYA_OUTBOUND', 'BOYA_PAGE_DEFAULT', 'BOYA_PORT', 'BOYA_PRT', 'BOYA_STORE'],
    ])
    expect(faults).toContain('BOYA_PAGE_DEFAULT: 50 is more than BOYA_PAGE_MAX, 10')
  })
  it('is more than one process with data of its own', () => {
    const memory = { BOYA_STORE: 'sqlite::memory:' }
    expect(faultsOf({ ...memory, BOYA_WORKERS: '2' })).toEqual([
      expect.stringMatching(/^BOYA_WORKERS: 2 processes cannot share BOYA_STORE=sqlite::memory:/),
    ])
    expect(faultsOf({ ...memory, BOYA_WORKERS: '1' })).toEqual([])
    expect(faultsOf({ BOYA_STORE: 'mongodb://db.example.org', BOYA_WORKERS: '2' })).toEqual([])
  })
  it('is nothing that others use', () => {
    expect(faultsOf({ PATH: '/bin', BOYAX: '1', BOYA_TEST_LONG: '1' })).toEqual([])
  })
})

describe('the reference', () => {
  it('docs/configuration.md is what the table of settings says', () => {
    const written = readFileSync(resolve(root, 'docs/configuration.md'), 'utf8')
    const how =
      'docs/configuration.md is not up to date: npm run build && node dist/main.js config --markdown > docs/configuration.md'
    expect(written, how).toBe(configurationReference())
  })
  it('documents every tolerance that is taken', () => {
    const taken = loadConfig({ BOYA_TOLERATE: Object.keys(tolerances).join(',') }).tolerate
    expect(taken).toEqual(Object.keys(tolerances))
  })
  it('has bounds that the defaults keep', () => {
    for (const [name, setting] of Object.entries(settings)) expect(() => setting.read(undefined), name).not.toThrow()
  })
})

it('names settings that there are, wherever the project names one', () => {
  const folders = ['src', 'docker', 'docs', 'openapi'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const pages = readdirSync(root).filter((name) => name.endsWith('.md'))
  const unknown = [...folders, ...pages]
    .filter((file) => statSync(resolve(root, file)).isFile() && !file.endsWith('.test.ts'))
    .flatMap((file) => namesIn(file).map((name) => ({ file, name })))
    .filter(({ name }) => !(name in settings) && !name.startsWith('BOYA_TEST_'))
  expect(unknown).toEqual([])
})

it('has an example for containers that Boya starts with', () => {
  const lines = readFileSync(resolve(root, 'docker/example.env'), 'utf8').match(/^#?BOYA_\w+=.*$/gm) ?? []
  const env = Object.fromEntries(lines.map((line) => line.replace('#', '').split(/=(.*)/s).slice(0, 2)))
  expect(Object.keys(env).length).toBeGreaterThan(3)
  expect(faultsOf(env)).toEqual([])
})
