/** With 20,000 entities, no question that an index answers looks at more than what it finds. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntityFilter, EntityQuery } from '../../src/core/query/ast.ts'
import { createOrdering } from '../../src/core/query/compare-entities.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { KnownState, Store } from '../../src/ports/store.ts'
import { type Database, openDatabase, type Queried } from '../../src/stores/sqlite/database.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { stateOf } from '../../src/stores/sqlite/pages.ts'
import { type Answer, beginQuery } from '../../src/stores/sqlite/queries.ts'
import { DATABASE } from '../support/database-options.ts'
import { LONG } from '../support/long.ts'
import { callIn, LIMITS, NO_HISTORY, NOW, put, quietLog } from './contract-store.ts'
import {
  all,
  around,
  below,
  both,
  common,
  filters,
  MANY,
  orderings,
  remembered,
  TWO_LISTS,
  term,
  time,
  types,
} from './indexed-questions.ts'

/** What was selected (a subquery) and what was named (json_each) may be scanned, a table never. */
const SCAN = /SCAN (?!json_each|name$|wanted|\(subquery|\w+ VIRTUAL TABLE|CONSTANT)/

let directory = ''
let store: Store

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-index-use-'))
  store = await openSqliteStore({
    ...LIMITS,
    history: NO_HISTORY,
    synchronous: 'normal',
    directory,
    clock: { now: () => NOW + 1e9 },
    log: quietLog,
  })
  for (let i = 0; i < MANY; i += 2_000) await put(store, callIn(''), ...all.slice(i, i + 2_000))
}, 120_000)
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

async function ask(query: Partial<EntityQuery>) {
  const whole: EntityQuery = { filter: {}, limit: 20, offset: 0, count: false, ...query }
  const { entities, plan, total } = await store.entities.query(callIn(''), whole)
  return { ids: entities.map((each) => each.read().id), plan, total }
}

/** In place is what takes some milliseconds: not where code is not compiled yet, or the machine does something else. */
async function askInPlace(query: Partial<EntityQuery>) {
  for (let attempt = 1; ; attempt++) {
    const found = await ask(query)
    if (!found.plan.aside || attempt === 10) return found
  }
}

/** The connection that queries have, beside that of the store. */
function opened(): Promise<Database> {
  return openDatabase(join(directory, 'default.sqlite'), DATABASE)
}

/** Answers queries, and keeps the texts of all that is asked of the database for them. */
function recording(database: Database) {
  const texts = new Set<string>()
  const seen = (text: string): string => {
    texts.add(text)
    return text
  }
  const sql = Object.assign((text: string) => database.sql(seen(text)), {
    arrays: (text: string) => database.sql.arrays(seen(text)),
    clear: () => {},
  })
  const iterate: Queried['iterate'] = (text, values) => database.iterate(seen(text), values)
  const run = (query: EntityQuery, known?: KnownState): Answer => {
    const page = { maxBytes: 1e9, ...(known && { known }) }
    const steps = beginQuery({ ...database, sql, iterate }, query, NOW + 1e9, page).answer
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
    }
  }
  return { texts, run }
}

describe('an index answers', () => {
  it.each(Object.entries(filters))('%s', async (_, filter) => {
    const expected = all.filter((entity) => matches(entity, filter)).map(({ id }) => id)
    expect(expected.length).toBeGreaterThan(0)
    const { ids, plan } = await ask({ filter, limit: 1_000 })
    expect(ids).toEqual(expected)
    expect(plan.evaluated).toBeLessThan(200)
    // What both indexes know needs no look at an entity.
    if (filter.q?.kind === 'and') expect(plan.evaluated).toBe(0)
    const counted = await ask({ filter, limit: 0, count: true })
    expect(counted.total).toBe(expected.length)
    expect(counted.plan.evaluated).toBeLessThan(200)
  })

  it.each(Object.entries(filters))('%s, without a scan of any table', async (_, filter) => {
    const database = await opened()
    const { texts, run } = recording(database)
    for (const count of [false, true]) run({ filter, limit: 20, offset: 0, count })
    expect(texts.size).toBeGreaterThan(2)
    for (const text of texts) {
      const lines: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${text}`).all()
      for (const { detail } of lines) expect(detail, text).not.toMatch(SCAN)
    }
    await database.close()
  })

  it.each(['a text', 'a range of numbers', TWO_LISTS, 'a relationship'])(
    '%s, asked again, from what is remembered: no value and no entity is read',
    async (name) => {
      const database = await opened()
      const { texts, run } = recording(database)
      const query = { filter: filters[name] ?? {}, limit: 20, offset: 0, count: true }
      const known = () => 1
      const first = run(query)
      texts.clear()
      const again = run(query, known)
      expect(again.total).toBe(first.total)
      expect(again.rows).toEqual(first.rows.map((each) => ({ size: 1, state: 'row' in each ? stateOf(each.row) : '' })))
      expect([...texts].filter((text) => /entity_value|e\.body/.test(text))).toEqual([])
      await database.close()
    },
  )

  it.each(Object.entries(orderings))('the first twenty in the order of %s', async (_, ordering) => {
    const { ids, plan } = await ask({ filter: { types }, ordering })
    expect(ids).toHaveLength(20)
    expect(plan.evaluated).toBeLessThan(1_000)
  })

  it.each(Object.entries({ ...orderings, 'what half have in common': common }))(
    'a page far behind in the order of %s',
    async (_, ordering) => {
      const { compare, keyOf } = createOrdering(ordering)
      const sorted = all.map((entity) => ({ id: entity.id, keys: keyOf(entity) }))
      sorted.sort((a, b) => compare(a.keys, b.keys))
      const { ids, plan } = await ask({ filter: { types }, ordering, offset: 250, limit: 100 })
      expect(ids).toEqual(sorted.slice(250, 350).map(({ id }) => id))
      if (ordering !== common) expect(plan.evaluated).toBeLessThan(1_500)
    },
  )

  it.each([
    [
      'two that most meet, of which one is only counted',
      { ...both(['urn:A:kind', 'car'], 17_000), geo: around(49_000) },
      17_000,
    ],
    [
      'places that most are at, and few numbers',
      { ...term(['urn:A:speed'], below(5_000)), geo: around(49_000) },
      5_000,
    ],
    ['a range that is remembered, and one that all are in', remembered, 9_001],
  ] as const)('whatever was asked before: %s', async (_, filter, total) => {
    await ask({ filter: term(['urn:A:speed'], below(9_001)), limit: 1, count: true })
    const found = await ask({ filter, limit: 20, count: true })
    expect(found.total).toBe(total)
    expect(found.ids).toHaveLength(Math.min(20, total))
    expect(found.ids).toEqual(
      all
        .filter((entity) => matches(entity, filter))
        .slice(0, 20)
        .map(({ id }) => id),
    )
  })

  /** Sizes on both sides of what is read at first, then, and at most. */
  const conditions = fc.record({
    speed: fc.constantFrom(undefined, 50, 255, 256, 300, 4_096, 9_001, 16_384, 19_000),
    seen: fc.constantFrom(undefined, 0, MANY - 17_000, MANY - 5_000, MANY - 300),
    line: fc.boolean(),
    kind: fc.boolean(),
    metres: fc.constantFrom(undefined, undefined, 300, 2_000, 49_000),
    or: fc.boolean(),
    limit: fc.constantFrom(0, 20, 1_000),
    offset: fc.constantFrom(0, 0, 30, 6_000),
    count: fc.boolean(),
    ordered: fc.boolean(),
  })

  it('whatever is asked together, however many rows the indexes have', { timeout: 600_000 }, async () => {
    const { compare, keyOf } = createOrdering(common)
    await fc.assert(
      fc.asyncProperty(conditions, async ({ speed, seen, line, kind, metres, or, ordered, ...extent }) => {
        const parts = [
          speed === undefined ? {} : term(['urn:A:speed'], below(speed)),
          seen === undefined ? {} : term(['urn:A:seen'], { operator: '>=', value: time(seen) }),
          line ? both(['urn:A:line', 'line 7'], MANY) : {},
          kind ? both(['urn:A:kind', 'car'], MANY) : {},
        ].flatMap(({ q }: EntityFilter) => q ?? [])
        const filter: EntityFilter = {
          types,
          ...(parts.length > 0 && { q: { kind: or ? 'or' : 'and', parts } }),
          ...(metres !== undefined && { geo: around(metres) }),
        }
        const found = all.filter((entity) => matches(entity, filter))
        const keys = new Map(found.map((entity) => [entity, keyOf(entity)]))
        if (ordered) found.sort((a, b) => compare(keys.get(a) ?? [], keys.get(b) ?? []))
        const { ids, total } = await ask({ filter, ...extent, ...(ordered && { ordering: common }) })
        expect(ids).toEqual(found.slice(extent.offset, extent.offset + extent.limit).map(({ id }) => id))
        expect(total).toBe(extent.count ? found.length : undefined)
      }),
      { numRuns: LONG ? 1_000 : 15 },
    )
  })

  it('counts what a type and an attribute have without looking at them', async () => {
    const { total, plan } = await askInPlace({ filter: { types }, limit: 0, count: true })
    expect([total, plan.evaluated, plan.aside]).toEqual([MANY, 0, false])
  })
})
