/** With thousands of entities, what the store asks of MongoDB is found along indexes: no collection is scanned. */

import { LRUCache } from 'lru-cache'
import { type Document, type FindOptions, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { EntityFilter, Query } from '../../src/core/query/ast.ts'
import { createOrdering } from '../../src/core/query/compare-entities.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { EvolutionFilter } from '../../src/ports/history.ts'
import type { Store } from '../../src/ports/store.ts'
import { collectionsOf, type Queried } from '../../src/stores/mongo/collections.ts'
import { BY_UNCOUNTED, UNCOUNTED } from '../../src/stores/mongo/counting.ts'
import { candidateFilter } from '../../src/stores/mongo/history/run-query.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { makePlan } from '../../src/stores/mongo/plan.ts'
import { createSelectivity } from '../../src/stores/mongo/selectivity.ts'
import { callIn, LIMITS, NO_HISTORY, NOW, put, quietLog } from '../contract/contract-store.ts'
import {
  all,
  around,
  below,
  both,
  common,
  filters,
  MANY,
  orderings,
  term,
  types,
} from '../contract/indexed-questions.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'

vi.setConfig({ testTimeout: 120_000 })

const LATER = NOW + 1e9

let database: FreshDatabase | undefined
let client: MongoClient | undefined
let store: Store
let queried: Queried

beforeAll(async () => {
  if (mongodbUri() === undefined) return
  database = freshDatabase()
  store = openMongoStore({
    ...{ ...LIMITS, history: NO_HISTORY, uri: database.uri },
    ...{ clock: { now: () => LATER }, log: quietLog },
  })
  for (let i = 0; i < MANY; i += 2_000) await put(store, callIn(''), ...all.slice(i, i + 2_000))
  client = new MongoClient(database.uri)
  const ask: Queried['ask'] = (operation) => operation()
  queried = {
    ...collectionsOf(client.db(database.name)),
    ask,
    log: quietLog,
    selectivity: createSelectivity(),
    kept: new LRUCache({ max: 1 }),
    uncounted: () => {},
  }
}, 120_000)
afterAll(async () => {
  await store?.close()
  await client?.close()
  await database?.drop()
})

const ask = async (query: Partial<Parameters<Store['entities']['query']>[1]>) => {
  const whole = { filter: {}, limit: 20, offset: 0, count: false, ...query }
  const { entities, total, plan } = await store.entities.query(callIn(''), whole)
  return { ids: entities.map((each) => each.read().id), total, plan }
}

/** How MongoDB, or a server on PostgreSQL, says that it found documents: along what, and how many it looked at. */
interface Found {
  readonly stages: readonly string[]
  readonly examined: number
}

function foundIn(explained: Document): Found {
  const plan = explained.queryPlanner?.Plan
  return plan === undefined ? foundByMongodb(explained) : foundByPostgres(plan)
}

function foundByMongodb({ queryPlanner, executionStats }: Document): Found {
  const stages = [...JSON.stringify(queryPlanner.winningPlan).matchAll(/"stage":"(\w+)"/g)].map(
    ([, stage = '']) => stage,
  )
  return { stages, examined: executionStats.totalDocsExamined }
}

function foundByPostgres(plan: Document): Found {
  const inner: readonly Found[] = (plan.Plans ?? []).map(foundByPostgres)
  const isTable = /^(Seq|Bitmap Heap|Index) Scan$/.test(plan['Node Type'])
  const own = isTable ? (plan['Actual Rows'] ?? 0) + (plan['Rows Removed by Filter'] ?? 0) : 0
  return {
    stages: [plan['Node Type'], ...inner.flatMap(({ stages }) => stages)],
    examined: own + inner.reduce((sum, { examined }) => sum + examined, 0),
  }
}

async function explain(filter: EntityFilter, options: FindOptions): Promise<Found> {
  const { native, hint } = await makePlan(queried, filter, { now: LATER, signal: new AbortController().signal })
  return foundIn(await queried.entities.find(native, { ...options, ...(hint && { hint }) }).explain('executionStats'))
}

describe('an index answers', () => {
  it.each(Object.entries(filters))('%s', async (_, filter) => {
    const expected = all.filter((entity) => matches(entity, filter)).map(({ id }) => id)
    const { ids } = await ask({ filter, limit: 1_000 })
    expect(ids).toEqual(expected)
    expect((await ask({ filter, limit: 0, count: true })).total).toBe(expected.length)
  })

  it.each(Object.entries(filters))('%s, without a scan of the collection', async (_, filter) => {
    const expected = all.filter((entity) => matches(entity, filter)).length
    const { stages, examined } = await explain(filter, { sort: { seq: 1 } })
    expect(stages).not.toContain('COLLSCAN')
    expect(stages).not.toContain('Seq Scan')
    expect(examined).toBeLessThan(expected * 2 + 500)
  })

  it('the first page of a type and of all entities, without a scan of the collection', async () => {
    for (const filter of [{ types }, {}, { types, attributes: ['urn:A:speed'] }]) {
      const { stages } = await explain(filter, { sort: { seq: 1 }, limit: 20 })
      expect(stages).not.toContain('COLLSCAN')
      expect(stages).not.toContain('Seq Scan')
    }
  })

  it.each(Object.entries({ ...orderings, 'what half have in common': common }))(
    'a page in the order of %s',
    async (_, ordering) => {
      const { compare, keyOf } = createOrdering(ordering)
      const sorted = all.map((entity) => ({ id: entity.id, keys: keyOf(entity) }))
      sorted.sort((a, b) => compare(a.keys, b.keys))
      const { ids } = await ask({ filter: { types }, ordering, offset: 250, limit: 100 })
      expect(ids).toEqual(sorted.slice(250, 350).map(({ id }) => id))
    },
  )

  it('what many meet, right and in order', async () => {
    const filter = { ...both(['urn:A:kind', 'car'], 5_000), geo: around(49_000) }
    const found = await ask({ filter, limit: 20, count: true })
    expect(found.total).toBe(5_000)
    expect(found.ids).toEqual(
      all
        .filter((entity) => matches(entity, filter))
        .slice(0, 20)
        .map(({ id }) => id),
    )
  })

  it('how many there are of a range of numbers, without an entity being read', async () => {
    const { total, plan } = await ask({ filter: term(['urn:A:speed'], below(2_001)), limit: 0, count: true })
    expect([total, plan.evaluated]).toEqual([2_001, 0])
  })
})

describe('what is done from time to time', () => {
  it.each([
    ['what has expired', { expiresAt: { $lte: new Date(LATER) } }],
    ['Attributes that have expired', { attributeExpiresAt: { $lte: new Date(LATER) } }],
    [
      'both, as they are counted',
      { $or: [{ expiresAt: { $lte: new Date(LATER) } }, { attributeExpiresAt: { $lte: new Date(LATER) } }] },
    ],
    ['what is not counted yet', UNCOUNTED, BY_UNCOUNTED],
  ])('finds %s by an index', async (_, filter, options: FindOptions = {}) => {
    await expect.poll(() => queried.entities.countDocuments(UNCOUNTED), { timeout: 60_000 }).toBe(0)
    const { stages, examined } = foundIn(await queried.entities.find(filter, options).explain('executionStats'))
    expect(stages).not.toContain('COLLSCAN')
    expect(stages).not.toContain('Seq Scan')
    expect(examined).toBeLessThan(100)
  })
})

describe('evolutions', () => {
  const N = 'urn:A:n'
  const term = (name: string): Query => ({ kind: 'term', path: { links: [], names: [name] } })

  beforeAll(async () => {
    if (mongodbUri() === undefined) return
    const seriesOf = (i: number) => [N, ...(i % 500 === 7 ? ['urn:A:rare'] : [])].map((a) => ({ s: `${i}`, a, d: '' }))
    await queried.evolutions.insertMany(
      Array.from({ length: 5_000 }, (_, i) => {
        const n = String(i).padStart(5, '0')
        return { _id: `urn:x:${n}`, n, types: ['urn:T'], series: seriesOf(i), done: n }
      }),
    )
  })

  it.each<[string, EvolutionFilter]>([
    ['an Attribute', { attributes: ['urn:A:rare'] }],
    ['one of two', { attributes: ['urn:A:rare', 'urn:A:none'] }],
    ['a value', { q: term('urn:A:rare') }],
    [
      'a value and another, of a type',
      { q: { kind: 'and', parts: [term('urn:A:rare'), term(N)] }, types: [['urn:T']] },
    ],
  ])('are found by %s', async (_, filter) => {
    const which = candidateFilter({ filter, selection: { timeProperty: 'observedAt', onlyTimed: true } })
    const found = queried.evolutions.find(which, { sort: { n: 1 }, limit: 20 })
    expect(await found.clone().toArray()).toHaveLength(10)
    const { stages, examined } = foundIn(await found.explain('executionStats'))
    expect(stages).not.toContain('COLLSCAN')
    expect(stages).not.toContain('Seq Scan')
    expect(examined).toBeLessThan(500)
  })
})
