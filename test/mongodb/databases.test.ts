import { MongoClient } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { StoreRefused } from '../../src/ports/unavailable.ts'
import { createClient } from '../../src/stores/mongo/client.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { become, callIn, entity, idsOf, LIMITS, NOW, property, put, quietLog } from '../contract/contract-store.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'

const MIB = 2 ** 20
const clock = { now: () => NOW }

let database: FreshDatabase
let client: MongoClient
const stores: Store[] = []

beforeEach(async () => {
  if (mongodbUri() === undefined) return
  database = freshDatabase()
  client = new MongoClient(database.uri)
})
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
  await client?.close()
  await database?.drop()
})

function open(limits: Partial<Record<keyof typeof LIMITS, number>> = {}): Store {
  const store = openMongoStore({ ...LIMITS, ...limits, uri: database.uri, clock, log: quietLog })
  stores.push(store)
  return store
}

const indexesOf = (name = database.name) => client.db(name).collection('entity').indexes()

describe('a connection string', () => {
  const optionsOf = async (uri: string) => {
    const { driver } = createClient(uri)
    const { options } = driver
    await driver.close()
    return options
  }

  it.each([
    ['mongodb://db.example.org', 'mongodb://db.example.org:27017/boya'],
    ['mongodb://a:geheim@h1:1,h2:2/city?replicaSet=rs0&tls=true', 'mongodb://h1:1,h2:2/city'],
    ['mongodb+srv://a:geheim@db.example.org/city', 'mongodb+srv://db.example.org/city'],
    ['mongodb://h/?w=1', 'mongodb://h:27017/boya'],
  ])('%s is shown as %s', async (uri, description) => {
    const made = createClient(uri)
    expect(made.description).toBe(description)
    await made.driver.close()
  })

  it('is taken as it is, and what it leaves open is safe', async () => {
    const given = 'replicaSet=rs0&tls=true&maxPoolSize=7&authMechanism=SCRAM-SHA-256&serverSelectionTimeoutMS=9000'
    expect(await optionsOf(`mongodb://a:b%40c@h/city?${given}`)).toMatchObject({
      ...{ replicaSet: 'rs0', tls: true, maxPoolSize: 7, serverSelectionTimeoutMS: 9_000 },
      credentials: { username: 'a', password: 'b@c', mechanism: 'SCRAM-SHA-256' },
    })
  })

  it.each([
    ['', { w: 'majority', journal: true, wtimeoutMS: 5_000 }],
    ['w=1', { w: 1, journal: true, wtimeoutMS: 5_000 }],
    ['journal=false', { w: 'majority', journal: false, wtimeoutMS: 5_000 }],
    ['j=false', { w: 'majority', journal: false, wtimeoutMS: 5_000 }],
    ['wtimeoutMS=900', { w: 'majority', journal: true, wtimeoutMS: 900 }],
    ['wtimeout=900', { w: 'majority', journal: true, wtimeoutMS: 900 }],
    ['WTIMEOUTMS=0&J=true', { w: 'majority', journal: true, wtimeoutMS: 0 }],
  ])('says how safe a write is, option by option: %s', async (options, expected) => {
    expect((await optionsOf(`mongodb://h/city?${options}`)).writeConcern).toMatchObject(expected)
  })

  it.each([
    'mongodb://',
    'mongodb://h/a.b',
    `mongodb://h/${'x'.repeat(30)}`,
    'mongodb://h/?noSuchOption=1',
    'mongodb://h/%zz',
    'mongodb://h/city?w=0',
  ])('is refused where it cannot be used: %s', (uri) => {
    expect(() => createClient(uri)).toThrow(StoreRefused)
  })
})

describe('the database of a Tenant', () => {
  it('has a name that is safe where case is ignored, and short enough whatever the Tenant is called', async () => {
    const { tenants, entities } = open()
    const names = ['city', 'City', 'a/b.c $', '東京', 'x'.repeat(64)]
    for (const name of names) {
      await tenants.create(name)
      await entities.write(callIn(name), 'urn:x:1', become(entity('urn:x:1')))
    }
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
    const made = databases.map(({ name }) => name).filter((name) => name.startsWith(`${database.name}-`))
    expect(made).toHaveLength(names.length)
    expect(new Set(made.map((name) => name.toLowerCase())).size).toBe(names.length)
    for (const name of made) expect(name).toMatch(/^[a-z0-9_%~-]{1,63}$/)
    expect(await tenants.list()).toEqual(names.toSorted())
  })

  it('has its indexes by itself, once, however many instances begin with it at once', async () => {
    const all = Array.from({ length: 5 }, () => open())
    await all[0]?.tenants.create('city')
    await Promise.all(all.map((store, i) => put(store, callIn('city'), entity(`urn:x:${i}`))))
    for (const store of all) expect(await idsOf(store, callIn('city'), {})).toHaveLength(5)
    const names = (await indexesOf(`${database.name}-city`)).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(
      expect.arrayContaining([
        '_id_',
        'seq_1',
        'types_1_seq_1',
        'attributes_1_seq_1',
        'values_1_seq_1',
        'places.at_2dsphere',
      ]),
    )
  })

  it('can be sharded by its ids: nothing else is unique', async () => {
    await open().check()
    for (const { name } of await client.db(database.name).listCollections().toArray()) {
      const indexes = await client.db(database.name).collection(name).indexes()
      expect(indexes.filter((index) => index.unique === true && index.name !== '_id_')).toEqual([])
    }
  })

  it('is brought to its end where an earlier start was ended in the middle', async () => {
    const first = open()
    await put(first, callIn(''), entity('urn:x:1'))
    await first.close()
    const { entities, state } = {
      entities: client.db(database.name).collection('entity'),
      state: client.db(database.name).collection('state'),
    }
    await entities.dropIndex('values_1_seq_1')
    await state.deleteOne({ _id: 'schema' as never })
    const again = open()
    await again.check()
    expect((await indexesOf()).map(({ name }) => name)).toContain('values_1_seq_1')
    expect(await idsOf(again, callIn(''), {})).toEqual(['urn:x:1'])
  })

  it('is refused by name where a newer Boya made it, and left as it is', async () => {
    await open().check()
    await client
      .db(database.name)
      .collection<{ _id: string }>('state')
      .updateOne({ _id: 'schema' }, { $set: { version: 99 } })
    await expect(open().check()).rejects.toThrow(
      new RegExp(`${database.name} was written by a newer Boya: it has schema version 99`),
    )
    const found = await client.db(database.name).collection<{ _id: string }>('state').findOne({ _id: 'schema' })
    expect(found).toMatchObject({ version: 99 })
  })
})

describe('what belongs to another Boya', () => {
  const openAt = (name: string): Store => {
    const store = openMongoStore({ ...LIMITS, uri: database.uri.replace(database.name, name), clock, log: quietLog })
    stores.push(store)
    return store
  }

  it('is no Tenant, though it has the name of one', async () => {
    const other = openAt(`${database.name}-test`)
    await put(other, callIn(''), entity('urn:x:secret'))
    const { tenants } = open()
    await expect(tenants.create('test')).rejects.toThrow(/cannot be made here/)
    expect(await tenants.exists('test')).toBe(false)
    expect(await tenants.list()).toEqual([])
  })

  it('is no default Tenant either', async () => {
    const first = open()
    await first.tenants.create('test')
    await put(first, callIn('test'), entity('urn:x:1'))
    await expect(openAt(`${database.name}-test`).check()).rejects.toThrow(
      `the database ${database.name}-test belongs to the Tenant "test" of the Boya on ${database.name}`,
    )
  })
})

describe('the number of Tenants', () => {
  it('may be none', async () => {
    const { tenants } = open({ tenants: 0 })
    await expect(tenants.create('city')).rejects.toThrow(/BOYA_MAX_TENANTS/)
  })
})

describe('what was not counted when an instance ended', () => {
  it('is counted by the next, without another write', async () => {
    const first = open()
    await put(first, callIn(''), ...Array.from({ length: 2_500 }, (_, i) => entity(`urn:x:${i}`)))
    await first.close()
    const uncounted = () =>
      client
        .db(database.name)
        .collection('entity')
        .countDocuments({ uncounted: { $exists: true } })
    const next = open()
    expect(await next.entities.count(callIn(''))).toBe(2_500)
    await expect.poll(uncounted, { timeout: 10_000 }).toBe(0)
    expect(await next.entities.count(callIn(''))).toBe(2_500)
  })
})

describe('a read preference of the URI', () => {
  it('does not lead to what is out of date', async () => {
    const store = openMongoStore({
      ...{ ...LIMITS, clock, log: quietLog },
      uri: `${database.uri}?readPreference=secondary`,
    })
    stores.push(store)
    await put(store, callIn(''), entity('urn:x:1'))
    expect(await store.entities.count(callIn(''))).toBe(1)
    expect(await idsOf(store, callIn(''), {})).toEqual(['urn:x:1'])
  })
})

describe('a document of an entity', () => {
  it('keeps names with dots and dollars, and 1 MB of them', async () => {
    const store = open()
    const value = { 'a.b': { $set: 1, $where: ['$x', { '.': '..' }] }, long: 'y'.repeat(MIB) }
    const made = entity('urn:x:$.1', {
      attributes: { 'https://example.org/a.b/$c': [property(value)], $gt: [property(1)] },
    })
    await put(store, callIn(''), made)
    expect(await store.entities.retrieve(callIn(''), made.id)).toEqual(made)
    expect(await idsOf(store, callIn(''), { attributes: ['$gt'] })).toEqual([made.id])
    await put(store, callIn(''), { ...made, attributes: { $gt: [property(2)] } })
    expect((await store.entities.retrieve(callIn(''), made.id))?.attributes).toEqual({ $gt: [property(2)] })
  })
})
