/** What a subscription has may be much: on SQLite it is gone through some at a time, and others have their turns between. */

import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { countOwed, endedOf, owedElsewhere, type Read } from '../../src/stores/sqlite/notice-walks.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { createStatements } from '../../src/stores/sqlite/statements.ts'
import { callIn, LIMITS, NOW, quietLog } from './contract-store.ts'
import { createTestSource, most } from './notice-source.ts'

const MANY = 60_000
const A = 'http://a'
const call = callIn('')
const COLUMNS = 'notice_group, subscription, queue, entity, since, latest_only, content, exact, state, settled_at'

let directory: string
let store: Store
let raw: InstanceType<typeof DatabaseSync>

/** `values`: the columns of the i-th. */
const insert = (many: number, values: string): void =>
  raw.exec(`INSERT INTO notice (${COLUMNS})
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many}) SELECT ${values} FROM n`)

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-many-'))
  const clock = { now: () => NOW }
  const options = { ...LIMITS, directory, synchronous: 'normal', clock, log: quietLog } as const
  store = await openSqliteStore({ ...options, notices: createTestSource() })
  await store.notices.queues(call)
  const [file = ''] = (await readdir(directory)).filter((name) => name.endsWith('.sqlite'))
  raw = new DatabaseSync(join(directory, file))
  insert(MANY, `'g', 'many', '${A}', 'urn:x:' || (i % 100), i, 0, '{}', 0, 'delivered', i`)
  insert(MANY, `'g', 'many', '${A}', 'urn:x:' || (i % 100), i, 0, '{}', 0, NULL, NULL`)
  // The later they were told, and changed by a clock that was set back again and again, the earlier they stand.
  insert(900, `'g', 'back', '${A}', 'urn:x:1', 1000 - i, 0, i, 0, iif(i % 3 = 0, 'dead', 'delivered'), 2000 - i`)
})
afterAll(async () => {
  raw.close()
  await store.close()
  await rm(directory, { recursive: true })
})

it('all of it is read in many turns, between which others have theirs', async () => {
  const statements = createStatements(raw, 100_000)
  let turns = 0
  const read: Read = async (from) => {
    turns++
    return from(statements)
  }
  const first = raw.prepare("SELECT min(position) AS first FROM notice WHERE subscription = 'many'").get().first
  const all = Array.from({ length: MANY }, (_, i) => first + i)
  expect([...(await endedOf(read, 'many', { since: 0 }))]).toEqual(all)
  expect(turns).toBeGreaterThan(50)
  turns = 0
  const later = { toldAfter: [{ queue: A, at: MANY / 2 }] }
  expect([...(await endedOf(read, 'many', later))]).toEqual(all.slice(MANY / 2 - 1))
  expect(turns).toBeGreaterThan(25)
  turns = 0
  expect(await countOwed(read, 'many')).toEqual({ count: MANY, oldest: 1 })
  expect(turns).toBeGreaterThan(10)
})

it('what is all in its queue already, or is of no change since then, is not gone through at all', async () => {
  const { notices } = store
  const timeOf = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    for (let i = 0; i < 20; i++) await work()
    return performance.now() - begun
  }
  const backlog = await timeOf(() => notices.backlog(call, 'many'))
  expect(await timeOf(() => notices.requeue(call, 'many', A))).toBeLessThan(backlog / 2)
  expect(await timeOf(() => notices.revive(call, 'many', A, { since: MANY + 1 }, NOW))).toBeLessThan(backlog / 2)
})

it('is owed again, and moved to another queue, in its order, wherever that ends', async () => {
  const B = 'http://b'
  const all = Array.from({ length: 900 }, (_, i) => i + 1)
  const contentsIn = async (queue: string) =>
    (await store.notices.owed(call, queue, most(1_000))).map(({ content }) => content)
  const seen: number[] = []
  const watched = async (work: Promise<number>): Promise<number> => {
    let isDone = false
    const end = work.finally(() => {
      isDone = true
    })
    while (!isDone) {
      const owed = await contentsIn(B)
      seen.push(owed.length)
      expect(owed).toEqual(all.slice(0, owed.length))
    }
    return await end
  }
  expect(await watched(store.notices.revive(call, 'back', B, { since: 0 }, NOW))).toBe(900)
  // A part of it was seen, so that it was not one step.
  expect(seen.some((count) => count > 0 && count < 900)).toBe(true)
  for (const each of [2, 3, 5])
    raw.exec(`UPDATE notice SET queue = 'http://c${each}' WHERE subscription = 'back' AND position % ${each} = 0`)
  raw.exec(`UPDATE notice SET queue = 'http://a' WHERE subscription = 'back' AND queue = '${B}'`)
  seen.length = 0
  expect(await watched(store.notices.requeue(call, 'back', B))).toBe(900)
  expect(seen.some((count) => count > 0 && count < 900)).toBe(true)
})

it('what comes to be owed elsewhere meanwhile is left to the next time: nobody runs after it for ever', async () => {
  const statements = createStatements(raw, 100_000)
  let turns = 0
  const read: Read = async (from) => {
    insert(1, `'g', 'chased', '${A}', 'urn:x:1', 1, 0, '{}', 0, NULL, NULL`)
    expect(++turns).toBeLessThan(10)
    return from(statements)
  }
  const pieces: (readonly number[])[] = []
  for await (const piece of owedElsewhere(read, 'chased', 'http://b')) pieces.push(piece)
  expect(pieces.flat()).toHaveLength(2)
})
