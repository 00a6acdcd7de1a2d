import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EntityFilter } from '../../src/core/query/ast.ts'
import type { EntityStore, Store } from '../../src/ports/store.ts'
import { WITH_EXPIRED as COUNTED_EXPIRED } from '../../src/stores/sqlite/attribute-counts.ts'
import { selectAll } from '../../src/stores/sqlite/candidate-rows.ts'
import { openDatabase } from '../../src/stores/sqlite/database.ts'
import { openDatabases } from '../../src/stores/sqlite/databases.ts'
import { createEntityStore } from '../../src/stores/sqlite/entities.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { pageOf as pageSql } from '../../src/stores/sqlite/pages.ts'
import { makePlan } from '../../src/stores/sqlite/plan.ts'
import { createReader } from '../../src/stores/sqlite/reader.ts'
import { filesIn } from '../../src/stores/sqlite/tenant-files.ts'
import { EXPIRED, idsOf as idsSql, WITH_EXPIRED } from '../../src/stores/sqlite/walks.ts'
import { DATABASE } from '../support/database-options.ts'
import { LONG } from '../support/long.ts'
import {
  become,
  callIn,
  entity,
  idsOf,
  LIMITS,
  NOW,
  type OpenStore,
  property,
  put,
  quietLog,
} from './contract-store.ts'
import { storeContract } from './store-contract.ts'

const options = { synchronous: 'full', log: quietLog, ...LIMITS } as const

const inMemory: OpenStore = async (clock, notices) => {
  const store = await openSqliteStore({ ...options, directory: ':memory:', clock, ...(notices && { notices }) })
  return { store, close: () => store.close() }
}

// It is the same but for the files.
if (LONG) storeContract('SQLite in memory', inMemory, false)

storeContract('SQLite in files', async (clock, notices) => {
  const directory = await mkdtemp(join(tmpdir(), 'boya-contract-'))
  const another = () =>
    openSqliteStore({ ...options, synchronous: 'normal', directory, clock, ...(notices && { notices }) })
  const store = await another()
  const close = async (): Promise<void> => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
  return { store, close, another }
})

async function count(entities: EntityStore, types: readonly string[]): Promise<number | undefined> {
  const page = await entities.query(callIn(''), { filter: { types: [types] }, limit: 0, offset: 0, count: true })
  return page.total
}

describe('SQLite', () => {
  let directory = ''
  let store: Store | undefined
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'boya-sqlite-'))
  })
  afterEach(async () => {
    await store?.close()
    store = undefined
    await rm(directory, { recursive: true, force: true })
  })
  const open = async (where = directory): Promise<Store> => {
    await store?.close()
    store = await openSqliteStore({ ...options, directory: where, clock: { now: () => NOW } })
    return store
  }

  it('makes its directory and has a file for each Tenant whose name is safe where case is ignored', async () => {
    const { tenants, description } = await open(join(directory, 'a', 'b'))
    for (const name of ['city', 'City', 'a/b c']) await tenants.create(name)
    await store?.close()
    const files = (await readdir(join(directory, 'a', 'b'))).filter((name) => name.endsWith('.sqlite'))
    expect(files).toEqual(['default.sqlite', 'tenant-%43ity.sqlite', 'tenant-a%2fb%20c.sqlite', 'tenant-city.sqlite'])
    expect(description).toBe(`sqlite:${join(directory, 'a', 'b')}`)
  })

  it('has everything again after it was closed and opened', async () => {
    const first = await open()
    await first.tenants.create('City')
    await put(first, callIn('City'), entity('urn:x:1'), entity('urn:x:2', { types: ['urn:T:b'] }))
    await first.documents.put(callIn(''), 'context', 'a', { n: 1 })
    const again = await open()
    expect(await again.tenants.list()).toEqual(['City'])
    expect(await again.tenants.exists('City')).toBe(true)
    expect(await idsOf(again, callIn('City'), {})).toEqual(['urn:x:1', 'urn:x:2'])
    expect(await idsOf(again, callIn('City'), { types: [['urn:T:b']] })).toEqual(['urn:x:2'])
    expect(await again.entities.count(callIn('City'))).toBe(2)
    expect(await again.documents.get(callIn(''), 'context', 'a')).toEqual({ n: 1 })
  })

  it('walks on from a cursor after it was closed and opened, also where the last entities are gone', async () => {
    const first = await open()
    const ids = Array.from({ length: 4 }, (_, i) => `urn:x:${i}`)
    await put(first, callIn(''), ...ids.map((id) => entity(id)))
    const { next } = await first.entities.walk(callIn(''), {}, 2)
    for (const id of ids.slice(1)) await first.entities.write(callIn(''), id, become(null))
    const again = await open()
    await put(again, callIn(''), entity('urn:x:new'))
    expect(await again.entities.walk(callIn(''), {}, 5, next)).toEqual({ ids: ['urn:x:new'] })
  })

  it('works with more Tenants than it keeps open', async () => {
    const { tenants, entities } = await open()
    const names = Array.from({ length: 70 }, (_, i) => `t${String(i).padStart(3, '0')}`)
    await Promise.all(
      names.map(async (name) => {
        await tenants.create(name)
        await entities.write(callIn(name), 'urn:x:1', become(entity('urn:x:1')))
      }),
    )
    expect(await tenants.list()).toEqual(names)
    for (const name of names) expect(await entities.count(callIn(name))).toBe(1)
  })

  it('refuses a directory that it cannot write, by its name', async () => {
    const file = join(directory, 'file')
    await writeFile(file, 'x')
    await expect(open(join(file, 'data'))).rejects.toThrow(`${join(file, 'data')} cannot be the data directory`)
    // Where Node's own recursion never ended.
    await expect(open('/proc/boya/data')).rejects.toThrow('/proc/boya/data cannot be the data directory')
  })

  it.each(['default.sqlite', 'tenant-city.sqlite'])('names a file that is no database: %s', async (name) => {
    await writeFile(join(directory, name), 'no database '.repeat(1_000))
    const reading = open().then(({ entities }) => entities.count(callIn('city')))
    await expect(reading).rejects.toThrow(`${join(directory, name)}: it is no SQLite database`)
  })

  it('refuses a database of a newer Boya, and leaves it as it is', async () => {
    await (await open()).close()
    const path = join(directory, 'default.sqlite')
    const handle = new DatabaseSync(path)
    handle.exec('PRAGMA user_version = 99')
    await expect(open()).rejects.toThrow(/default\.sqlite was written by a newer Boya: it has schema version 99/)
    expect(handle.prepare('PRAGMA user_version').get().user_version).toBe(99)
    handle.close()
  })

  it('keeps 32 MiB of the default Tenant in memory, and little of each other', async () => {
    const databases = await openDatabases({ ...options, files: filesIn(directory), clock: { now: () => NOW } })
    const sizes = async (tenant: string): Promise<unknown> => {
      await databases.tenants.create('city')
      return (await databases.of(tenant)).sql('PRAGMA cache_size').get().cache_size
    }
    expect([await sizes(''), await sizes('city')]).toEqual([-32_768, -2_048])
    await databases.close()
  })

  it('counts the Tenants that other processes make', async () => {
    const clock = { now: () => NOW }
    const [one, other] = await Promise.all(
      [1, 2].map(() => openSqliteStore({ ...options, directory, tenants: 3, clock })),
    )
    await one?.tenants.create('a')
    for (const name of ['b', 'c']) await other?.tenants.create(name)
    for (const each of [other, one]) await expect(each?.tenants.create('d')).rejects.toMatchObject({ kind: 'Conflict' })
    await one?.tenants.create('b')
    await Promise.all([one?.close(), other?.close()])
    await rm(join(directory, 'tenant-a.sqlite'))
    const again = await openSqliteStore({ ...options, directory, tenants: 3, clock })
    await again.tenants.create('d')
    expect(await again.tenants.list()).toEqual(['b', 'c', 'd'])
    await again.close()
  })

  it('writes the rows of entities in one place, where all that has to be one commit with them can be added', async () => {
    const folder = join(import.meta.dirname, '../../src/stores/sqlite')
    const writing = /(INSERT INTO|UPDATE|DELETE FROM) (entity|entity_type|entity_attribute)\b/
    const writers = (await readdir(folder, { recursive: true })).filter(
      (name) => name.endsWith('.ts') && writing.test(readFileSync(join(folder, name), 'utf8')),
    )
    expect(writers).toEqual(['record.ts'])
  })

  it('fails the one write that the database refuses, and none of those that share its commit', async () => {
    const { entities } = await open()
    // The same type twice: refused when the entity itself and the name of the type have been written already.
    const faulty = entity('urn:x:7', { types: ['urn:T:faulty', 'urn:T:faulty'] })
    const writes = Array.from({ length: 20 }, (_, i) =>
      entities.write(callIn(''), `urn:x:${i}`, become(i === 7 ? faulty : entity(`urn:x:${i}`))),
    )
    const outcomes = await Promise.allSettled(writes)
    expect(outcomes.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual([7])
    expect(await entities.count(callIn(''))).toBe(19)
    // Nothing of it is left, in the database or in memory.
    const types = [['urn:T:faulty'], ['https://example.org/Road']]
    expect(await Promise.all(types.map((type) => count(entities, type)))).toEqual([0, 19])
    const numbers = await entities.countAttributes(callIn(''))
    expect(numbers.map(({ type, instances }) => [type, instances])).toEqual([
      [undefined, 19],
      ['https://example.org/Road', 19],
    ])
    await entities.write(callIn(''), 'urn:x:7', become(entity('urn:x:7', { types: ['urn:T:faulty'] })))
    const again = (await open()).entities
    expect(await Promise.all(types.map((type) => count(again, type)))).toEqual([1, 19])
  })

  it('answers every write while the disk is full, reads on, and writes again when there is room', async () => {
    const clock = { now: () => NOW }
    const databases = await openDatabases({ ...options, files: filesIn(directory), clock })
    const entities = createEntityStore(databases, createReader(quietLog), clock, options)
    const { sql } = await databases.of('')
    const { page_count: pages } = sql('PRAGMA page_count').get()
    const large = { attributes: { 'urn:A:a': [property('x'.repeat(20_000))] } }
    const write = (i: number) => entities.write(callIn(''), `urn:x:${i}`, become(entity(`urn:x:${i}`, large)))
    sql(`PRAGMA max_page_count = ${pages + 12}`).get()
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, (_, i) => write(i)))
    const stored = outcomes.filter(({ status }) => status === 'fulfilled').length
    expect(stored).toBeLessThan(5)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringMatching(/full/) },
    })
    expect(await entities.count(callIn(''))).toBe(stored)
    sql('PRAGMA max_page_count = 1000000').get()
    await Promise.all(Array.from({ length: 40 }, (_, i) => write(i)))
    expect(await entities.count(callIn(''))).toBe(40)
    await databases.close()
  })

  it('rejects a batch of which the database refuses one, and stores the others', async () => {
    const { entities } = await open()
    const batch = Array.from({ length: 40 }, (_, i) => ({
      id: `urn:x:${i}`,
      change: become(entity(`urn:x:${i}`, i === 20 ? { types: ['urn:T:faulty', 'urn:T:faulty'] } : {})),
    }))
    await expect(entities.writeMany(callIn(''), batch)).rejects.toThrow(/UNIQUE/)
    expect(await entities.count(callIn(''))).toBe(39)
  })

  it('sees what another process writes to the same files', async () => {
    const one = await open()
    const other = await openSqliteStore({ ...options, directory, clock: { now: () => NOW } })
    await one.tenants.create('city')
    await put(other, callIn('city'), entity('urn:x:1', { types: ['urn:T:b'] }))
    expect(await idsOf(one, callIn('city'), { types: [['urn:T:b']] })).toEqual(['urn:x:1'])
    await put(one, callIn('city'), entity('urn:x:2', { types: ['urn:T:b'] }))
    expect((await other.entities.countTypes(callIn('city'))).get('urn:T:b')).toBe(2)
    await other.close()
  })
})

describe('SQLite query plans', () => {
  const T = ['urn:T:a', 'urn:T:b']
  const A = ['urn:A:a', 'urn:A:b']
  const many = Array.from({ length: 401 }, (_, i) => `urn:many:${i}`)
  const filters: Record<string, EntityFilter> = {
    'a type': { types: [['urn:T:a']] },
    'one of two types': { types: [['urn:T:a'], ['urn:T:b']] },
    'two types together': { types: [T] },
    'an attribute': { attributes: ['urn:A:a'] },
    'one of two attributes': { attributes: A },
    'a type and an attribute': { types: [['urn:T:a']], attributes: A },
    'one of many types': { types: many.map((name) => [name]) },
    'many types together': { types: [many], attributes: A },
    'one of many attributes': { attributes: many },
    ids: { ids: ['urn:x:1', 'urn:x:2'] },
    'ids, types and attributes': { ids: ['urn:x:1'], types: [['urn:T:a'], T], attributes: A },
  }

  it.each(Object.entries(filters))('look up by index: %s', async (_, filter) => {
    const plans = await plansOf(filter)
    expect(plans.length).toBeGreaterThan(0)
    // A scan is allowed of what was selected (p, a subquery) and of what was named (json_each), never of a table.
    for (const line of plans) expect(line).not.toMatch(/SCAN (?!p$|\(subquery-\d+\)$|\w+ VIRTUAL TABLE)/)
  })

  it.each(['a type', 'one of two types', 'an attribute', 'one of two attributes'])(
    'take a first page without reading and sorting all: %s',
    async (name) => {
      const plans = await plansOf(filters[name] ?? {})
      // The page itself, a few rows, may be sorted: that is the last step of each of the three plans.
      for (const line of plans) expect(line).not.toMatch(/TEMP B-TREE FOR (?!ORDER BY$|group_concat)/)
      expect(plans.filter((line) => line.includes('TEMP B-TREE')).length).toBeLessThanOrEqual(2)
    },
  )

  it('find by index what has expired', async () => {
    const database = await openDatabase(':memory:', DATABASE)
    for (const text of [EXPIRED, WITH_EXPIRED, 'SELECT 1 FROM entity WHERE expires_at <= ?1 LIMIT ?2']) {
      const plan: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${text}`).all(NOW, 10)
      expect(plan.map(({ detail }) => detail).join()).toMatch(
        /^SEARCH entity USING (COVERING )?INDEX entity_\w*expiry \([a-z_]+<\?\)$/,
      )
    }
    await database.close()
  })

  it('find by indexes the instances that are counted and have expired, without reading all entities', async () => {
    const database = await openDatabase(':memory:', DATABASE)
    const plan: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${COUNTED_EXPIRED}`).all(NOW)
    expect(plan.map(({ detail }) => detail).filter((detail) => / e\b/.test(detail))).toEqual([
      'SEARCH e USING INDEX entity_expiry (expires_at<?)',
      'SEARCH e USING INDEX entity_attribute_expiry (attribute_expires_at<?)',
    ])
    await database.close()
  })

  async function plansOf(filter: EntityFilter): Promise<string[]> {
    const database = await openDatabase(':memory:', DATABASE)
    const rows = [...T, ...A, ...many].map((name) => database.names.give(name))
    expect(rows).toHaveLength(405)
    const plans: string[] = []
    for (const scope of [
      { now: NOW, expired: false, expiredAttributes: false },
      { now: NOW, expired: true, expiredAttributes: true, after: 5 },
    ]) {
      const extent = { limit: 10, offset: 0, count: false, ordered: false }
      const plan = makePlan(database, filter, extent, scope)
      if (plan === undefined) throw new Error('the filter selects nothing')
      const selected = selectAll(plan.source)
      const statements = [
        [pageSql(selected.text), [...selected.values, 10, 0]],
        [idsSql(selected.text), [...selected.values, 10]],
        [`SELECT count(*) FROM (${selected.text})`, selected.values],
      ] as const
      for (const [text, values] of statements) {
        const plan: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${text}`).all(...values)
        plans.push(...plan.map(({ detail }) => detail))
      }
    }
    await database.close()
    return plans
  }
})
