import { setTimeout as pause } from 'node:timers/promises'
import { type Document, Long, MongoClient, MongoServerError } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker.ts'
import { CommandError } from '../../src/cli/command-error.ts'
import { isStoreThere } from '../../src/cli/opened-store.ts'
import { ConfigError, loadConfig } from '../../src/config/config.ts'
import type { Call, Log } from '../../src/ports/call.ts'
import type { Store } from '../../src/ports/store.ts'
import { StoreUnavailable } from '../../src/ports/unavailable.ts'
import { isRefusal, isUnreachable } from '../../src/stores/mongo/driver-errors.ts'
import { createLine, readSomething } from '../../src/stores/mongo/line.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { become, callIn, entity, LIMITS, NOW, put, quietLog } from '../contract/contract-store.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'
import { startWireProxy, type WireProxy } from '../support/wire-proxy.ts'

let database: FreshDatabase
let proxy: WireProxy
const stores: Store[] = []

beforeEach(async () => {
  const server = mongodbUri()
  if (server === undefined) return
  database = freshDatabase()
  proxy = await startWireProxy(Number(new URL(server).port || 27_017))
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await proxy?.close()
  await database?.drop()
})

const query = { filter: {}, limit: 10, offset: 0, count: false } as const
const call = callIn('')

/** By way of the proxy, with more in the connection string: `maxPoolSize=1`, or `someone:secret@` before the host. */
function uriOf({ options = '', user = '' } = {}): string {
  return `mongodb://${user}127.0.0.1:${proxy.port}/${database.name}?${options}`
}

async function open(options = '', log: Log = quietLog): Promise<Store> {
  const store = openMongoStore({ ...LIMITS, uri: uriOf({ options }), clock: { now: () => NOW }, log })
  stores.push(store)
  await store.check()
  return store
}

/** What a server says that is not, or not any more, the one to ask. */
const failing = (code: number, more: Document = {}): Document => ({ ok: 0, code, errmsg: 'by the test', ...more })
const isAbout = (collection: string, { find, aggregate, insert, update }: Document): boolean =>
  [find, aggregate, insert, update].includes(collection)

/** Keeps what is told above debug. */
function keptLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  const keep = (_: object, message: string): void => {
    lines.push(message)
  }
  return { log: { debug: () => undefined, info: keep, warn: keep, error: keep }, lines }
}

describe('a database that is well, but busy', () => {
  it('is not taken for one that is gone while questions wait for a connection', async () => {
    const store = await open('maxPoolSize=1')
    await put(store, call, entity('urn:x:1'))
    proxy.answer(async (command) => {
      if (isAbout('entity', command)) await pause(400)
      return undefined
    })
    const pages = await Promise.all(Array.from({ length: 7 }, () => store.entities.query(call, query)))
    for (const { entities } of pages) expect(entities.map((each) => each.read().id)).toEqual(['urn:x:1'])
  })

  it('is waited for as long as a request may take, and then said to be unavailable', async () => {
    const { log, lines } = keptLog()
    const store = await open('maxPoolSize=1&waitQueueTimeoutMS=300', log)
    proxy.answer(async (command) => {
      if (isAbout('entity', command)) await pause(700)
      return undefined
    })
    const [first, second] = await Promise.allSettled([
      store.entities.query(call, query),
      store.entities.query(call, query),
    ])
    expect(first.status).toBe('fulfilled')
    expect(second).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) })
    expect(lines.filter((line) => line.includes('maxPoolSize'))).toHaveLength(1)
  })

  it('is asked only briefly how many entities a condition selects', async () => {
    const store = await open()
    await put(store, call, entity('urn:x:1'))
    proxy.answer((command) => (command.aggregate === 'entity' ? failing(50) : undefined))
    const found = await store.entities.query(call, { ...query, filter: { ids: ['urn:x:1'] } })
    expect(found.entities).toHaveLength(1)
    const counts = proxy.seen.filter(({ aggregate }) => aggregate === 'entity')
    expect(counts.length).toBeGreaterThan(0)
    for (const { maxTimeMS } of counts) expect(maxTimeMS).toBeGreaterThan(0)
  })

  it('ends what it counts for a plan when nobody waits for the answer any more', async () => {
    const store = await open()
    proxy.answer(async (command) => {
      if (command.aggregate === 'entity') await pause(3_000)
      return undefined
    })
    const ending: Call = { ...call, signal: () => AbortSignal.timeout(200) }
    const begun = performance.now()
    await expect(store.entities.query(ending, { ...query, filter: { ids: ['urn:x:1'] } })).rejects.toThrow(
      'BOYA_REQUEST_TIMEOUT',
    )
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

describe('a write of which nobody knows whether it will stay', () => {
  it.each(['insert', 'update'] as const)('is told to be so where a majority does not have it (%s)', async (name) => {
    const store = await open()
    if (name === 'update') await put(store, call, entity('urn:x:1'))
    const writeConcernError = { code: 64, codeName: 'WriteConcernTimeout', errmsg: 'waiting for replication timed out' }
    proxy.answer((command) => (command[name] === 'entity' ? { n: 1, nModified: 1, writeConcernError } : undefined))
    const writing = store.entities.write(call, 'urn:x:1', become(entity('urn:x:1', { modifiedAt: NOW + 1 })))
    await expect(writing).rejects.toThrow(StoreUnavailable)
    const document = store.documents.put(call, 'kind', 'id', {})
    proxy.answer((command) => (isAbout('document', command) ? { n: 1, writeConcernError } : undefined))
    await expect(document).rejects.toThrow(StoreUnavailable)
    for (const command of proxy.seen.filter((each) => each[name] === 'entity'))
      expect(command.writeConcern).toEqual({ w: 'majority', j: true, wtimeout: 5_000 })
  })

  it.each([91, 189, 11_600])('is told to be so where a server that ends says it of one document (%i)', async (code) => {
    const store = await open()
    proxy.answer(({ insert }) =>
      insert === 'entity' ? { n: 0, writeErrors: [{ index: 0, code, errmsg: 'by the test' }] } : undefined,
    )
    await expect(store.entities.write(call, 'urn:x:1', become(entity('urn:x:1')))).rejects.toThrow(StoreUnavailable)
  })
})

describe('an election, or the end of a server', () => {
  const errors: readonly (readonly [string, Document])[] = [
    ['ShutdownInProgress', failing(91)],
    ['NotWritablePrimary', failing(10_107)],
    ['RetryableWriteError', failing(1, { errorLabels: ['RetryableWriteError'] })],
    ['RetryableError', failing(1, { errorLabels: ['RetryableError'] })],
  ]

  it.each(errors)('is no fault of Boya: %s', async (_, answer) => {
    const store = await open()
    proxy.answer((command) => (isAbout('entity', command) ? answer : undefined))
    await expect(store.entities.retrieve(call, 'urn:x:1')).rejects.toThrow(StoreUnavailable)
    proxy.answer(({ insert }) => (insert === 'entity' ? answer : undefined))
    await expect(store.entities.write(call, 'urn:x:1', become(entity('urn:x:1')))).rejects.toThrow(StoreUnavailable)
  })
})

describe('what a server says that moves', () => {
  it.each([91, 189, 10_107, 11_600, 11_602, 13_435, 13_436])('is known by its code: %i', (code) => {
    const error = new MongoServerError(failing(code))
    expect(isUnreachable(error)).toBe(true)
    expect(isRefusal(error)).toBe(false)
  })

  it.each([
    [2, false, false],
    [11_000, false, false],
    [13, false, true],
    [18, false, true],
  ])('is not what another says: %i', (code, isAway, isRefused) => {
    const error = new MongoServerError(failing(code))
    expect([isUnreachable(error), isRefusal(error)]).toEqual([isAway, isRefused])
  })
})

describe('a database that does not let Boya in', () => {
  const user = 'someone:geheim@'
  const refused = (): void =>
    proxy.answer(({ saslStart }) =>
      saslStart === undefined
        ? undefined
        : failing(18, { codeName: 'AuthenticationFailed', errmsg: 'Authentication failed.' }),
    )

  it('keeps a broker from starting, which says why', async () => {
    refused()
    const config = loadConfig({ BOYA_PORT: '0', BOYA_STORE: uriOf({ user }) })
    const error: unknown = await startBroker(config, { log: quietLog }).then(
      (broker) => broker.close(),
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ConfigError)
    expect(String(error)).toMatch(/BOYA_STORE.*Authentication failed/)
    expect(String(error)).not.toContain('geheim')
  })

  it('is told to who types a command, without the password', async () => {
    refused()
    const config = loadConfig({ BOYA_STORE: uriOf({ user }) })
    const error: unknown = await isStoreThere(config).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CommandError)
    expect(String(error)).toContain('Authentication failed')
    expect(String(error)).not.toMatch(/geheim|does not answer/)
  })

  it('is not one that nobody reaches, of which is told why', async () => {
    const away = 'mongodb://127.0.0.1:9/boya?serverSelectionTimeoutMS=300'
    await expect(isStoreThere(loadConfig({ BOYA_STORE: away }))).rejects.toThrow(
      'the database does not answer: connect ECONNREFUSED 127.0.0.1:9',
    )
    const wrong = 'mongodb://someone:ge/heim@127.0.0.1/boya'
    await expect(isStoreThere(loadConfig({ BOYA_STORE: wrong }))).rejects.toThrow(
      'mongodb://127.0.0.1/boya: the database cannot be asked in the way that its connection string says: Password contains unescaped characters',
    )
  })
})

describe('watches of documents', () => {
  it('say once that they cannot look, where the database answers, and once that they can again', async () => {
    const { log, lines } = keptLog()
    const store = await open('', log)
    const rights = failing(13, { codeName: 'Unauthorized', errmsg: 'not authorized' })
    proxy.answer(({ find, filter }) => (find === 'state' && filter._id === 'revisions' ? rights : undefined))
    const watch = store.documents.watch('kind', () => undefined)
    await pause(700)
    expect(lines.filter((line) => line.includes('changes'))).toHaveLength(1)
    proxy.answer(() => undefined)
    await expect.poll(() => lines.filter((line) => line.includes('changes')).length).toBe(2)
    await watch.close()
  })

  it('end the stream that was begun last, also where it was begun right after another', async () => {
    let opened = 0
    proxy.answer(async ({ aggregate, pipeline, getMore, killCursors }) => {
      const ns = `${database.name}.document`
      if (aggregate === 'document' && pipeline[0].$changeStream !== undefined)
        return { cursor: { id: Long.fromNumber(9_000_000_000 + ++opened), ns, firstBatch: [] } }
      if (getMore !== undefined && Number(getMore) > 9_000_000_000) {
        await pause(100)
        return { cursor: { id: getMore, ns, nextBatch: [] } }
      }
      return killCursors === 'document' ? { cursorsKilled: [] } : undefined
    })
    const store = await open()
    const first = store.documents.watch('kind', () => undefined)
    await expect.poll(() => opened).toBe(1)
    const closing = first.close()
    const second = store.documents.watch('kind', () => undefined)
    await closing
    await expect.poll(() => opened).toBe(2)
    await pause(300)
    await second.close()
    const killed = proxy.seen.flatMap(({ killCursors, cursors = [] }) => (killCursors === 'document' ? cursors : []))
    expect(killed.map(Number)).toEqual([9_000_000_001, 9_000_000_002])
  })

  it('do not keep a store from closing where the database does not answer any more', async () => {
    let isFrozen = false
    const never = new Promise<undefined>(() => undefined)
    proxy.answer(({ aggregate, getMore, pipeline }) => {
      const cursor = { id: Long.fromNumber(9_000_000_001), ns: `${database.name}.document` }
      if (isFrozen) return never
      if (getMore !== undefined) return pause(100, { cursor: { ...cursor, nextBatch: [] } })
      return aggregate === 'document' && pipeline[0].$changeStream !== undefined
        ? { cursor: { ...cursor, firstBatch: [] } }
        : undefined
    })
    const store = await open()
    store.documents.watch('kind', () => undefined)
    await pause(300)
    isFrozen = true
    const begun = performance.now()
    await store.close()
    expect(performance.now() - begun).toBeLessThan(5_000)
  })
})

describe('connections that are made anew', () => {
  it('stay, also where the database hears late that those before were left', async () => {
    const driver = new MongoClient(uriOf())
    const line = createLine(driver, quietLog)
    const look = () => readSomething(line, driver.db(database.name), AbortSignal.timeout(2_000))
    await look()
    const some = driver.db(database.name).collection('some')
    await some.insertMany([{}, {}, {}])
    await some.find({}, { batchSize: 2 }).next()
    proxy.answer(async ({ killCursors }) => {
      if (killCursors !== undefined) await pause(1_500)
      return undefined
    })
    await line.end()
    await look()
    expect(proxy.seen.some(({ killCursors }) => killCursors !== undefined)).toBe(true)
    // By then the driver has ended what it took for all of its connections.
    await pause(1_000)
    await look()
    await driver.close()
  })
})

describe('a cursor', () => {
  it('is closed at the server also where its first answer comes after it was given up', async () => {
    const store = await open()
    let thaw = (): void => undefined
    const frozen = new Promise<undefined>((resolve) => {
      thaw = () => resolve(undefined)
    })
    const cursor = { id: Long.fromNumber(9_000_000_001), ns: `${database.name}.entity`, firstBatch: [] }
    proxy.answer(async (command) => {
      if (command.killCursors !== undefined) return { cursorsKilled: [] }
      await frozen
      // Another one asks what is owed.
      return command.find === 'entity' && command.hint !== 'owing_1' ? { cursor } : undefined
    })
    await expect(store.entities.query(call, query)).rejects.toThrow(StoreUnavailable)
    thaw()
    const killed = () =>
      proxy.seen.flatMap(({ killCursors, cursors = [] }) => (killCursors === 'entity' ? cursors : []))
    await expect.poll(() => killed().map(Number), { timeout: 3_000 }).toEqual([9_000_000_001])
  })
})

describe('numbers that change faster than they can be read', () => {
  it('are unavailable for now', async () => {
    const { log, lines } = keptLog()
    const store = await open('', log)
    await put(store, call, entity('urn:x:1'))
    const client = new MongoClient(database.uri)
    const state = client.db(database.name).collection<{ _id: string }>('state')
    proxy.answer(async ({ find }) => {
      if (find === 'count') await state.updateOne({ _id: 'counting' }, { $inc: { n: 1 } })
      return undefined
    })
    await expect(store.entities.count(call)).rejects.toThrow(StoreUnavailable)
    expect(lines).toContainEqual(expect.stringContaining('numbers of entities'))
    await client.close()
  })
})
