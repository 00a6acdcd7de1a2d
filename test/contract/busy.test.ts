/** SQLite where another connection has what is needed, as another process would: nobody is told so, all wait their turn. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { createReadQueue } from '../../src/stores/sqlite/read-queue.ts'
import { createWriteQueue, type Step } from '../../src/stores/sqlite/write-queue.ts'
import { become, callIn, entity, LIMITS, NOW, put, quietLog } from './contract-store.ts'

let directory = ''
let path = ''
const opened: (() => unknown)[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-busy-'))
  path = join(directory, 'default.sqlite')
})
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
  await rm(directory, { recursive: true, force: true })
})

function connect(): DatabaseSyncInstance {
  const handle = new DatabaseSync(path, { timeout: 0 })
  opened.unshift(() => handle.isOpen && handle.close())
  return handle
}

async function openStore(): Promise<Store> {
  const store = await openSqliteStore({
    ...LIMITS,
    ...{ synchronous: 'full', directory, clock: { now: () => NOW }, log: quietLog },
  })
  opened.unshift(() => store.close())
  return store
}

/** The longest time, in milliseconds, for which the event loop stood still during the work. */
async function longestStop(work: Promise<unknown>): Promise<number> {
  let longest = 0
  let last = performance.now()
  const look = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }, 1)
  await work.finally(() => clearInterval(look))
  return longest
}

const call = callIn('')

describe('a store whose file another connection', () => {
  it('writes to for a while: writes wait for it, reads do not, and the event loop is free', async () => {
    const store = await openStore()
    await put(store, call, entity('urn:x:0'))
    const other = connect()
    other.exec('BEGIN IMMEDIATE')
    const writing = put(store, call, ...Array.from({ length: 5 }, (_, i) => entity(`urn:x:${i}`)))
    let isWritten = false
    const written = writing.then(() => {
      isWritten = true
    })
    const stop = longestStop(pause(400).then(() => other.exec('COMMIT')))
    for (let i = 0; i < 20; i++) expect(await store.entities.retrieve(call, 'urn:x:0')).toBeDefined()
    expect(isWritten).toBe(false)
    expect(await stop).toBeLessThan(200)
    await written
    expect(await store.entities.count(call)).toBe(5)
  })

  it('has to itself while it is opened: it is opened after that', async () => {
    const other = connect()
    // As one that is just made by another process: not in the mode yet in which readers and a writer get on.
    other.exec('CREATE TABLE t (n); BEGIN EXCLUSIVE')
    const opening = openStore()
    expect(await longestStop(pause(300))).toBeLessThan(200)
    other.exec('COMMIT; DROP TABLE t')
    const store = await opening
    await put(store, call, entity('urn:x:1'))
    expect(await store.entities.count(call)).toBe(1)
  })

  it('writes to while it is closed: it is closed, and nothing is lost', async () => {
    const store = await openStore()
    await put(store, call, entity('urn:x:1'))
    const other = connect()
    other.exec('BEGIN IMMEDIATE')
    await store.close()
    other.exec('COMMIT')
    expect(await (await openStore()).entities.retrieve(call, 'urn:x:1')).toBeDefined()
  })

  it('holds a Tenant of more than are kept open: those that wait are closed later, and written', async () => {
    const store = await openStore()
    const tenants = Array.from({ length: 54 }, (_, i) => callIn(`t${i}`))
    await store.tenants.create('t0')
    path = join(directory, 'tenant-t0.sqlite')
    const other = connect()
    other.exec('BEGIN IMMEDIATE')
    const writes = tenants.map((each) =>
      store.entities.write(each, 'urn:x:1', become(entity('urn:x:1')), 'make').then(() => each.tenant),
    )
    expect(await Promise.race(writes)).not.toBe('t0')
    await Promise.all(writes.slice(1))
    // Opened again, while the connection before it still has to write.
    const again = store.entities.write(callIn('t0'), 'urn:x:2', become(entity('urn:x:2')))
    await pause(50)
    other.exec('COMMIT')
    await Promise.all([...writes, again])
    for (const each of tenants) expect(await store.entities.count(each)).toBe(each.tenant === 't0' ? 2 : 1)
  })
})

describe('the queue of writes', () => {
  const setUp = (patienceMs?: number) => {
    const handle = connect()
    handle.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (n INTEGER PRIMARY KEY)')
    const other = connect()
    const begin = () => {
      handle.exec('BEGIN IMMEDIATE')
      return false
    }
    const rollback = () => handle.exec('ROLLBACK')
    const queue = createWriteQueue({ begin, commit: () => handle.exec('COMMIT'), rollback }, patienceMs)
    const insert =
      (n: number): Step<number> =>
      () => {
        handle.prepare('INSERT INTO t (n) VALUES (?)').run(n)
        return { ok: true, value: n }
      }
    return { handle, other, queue, insert }
  }

  it('tells those who have waited for too long, and serves those who come after', async () => {
    const { other, queue, insert } = setUp(150)
    other.exec('BEGIN IMMEDIATE')
    const early = queue.run([insert(1), insert(2)])
    await pause(100)
    const late = queue.run([insert(3)])
    const message = expect.stringMatching(/^another program has held the database for 0\.15 s: end it/)
    expect(await early).toMatchObject([
      { ok: false, error: { message } },
      { ok: false, error: { message } },
    ])
    other.exec('COMMIT')
    expect(await late).toMatchObject([{ ok: true, value: 3 }])
    await queue.drained()
  })

  it('counts only the time in which others had the database', async () => {
    const { other, queue, insert } = setUp(150)
    const slow: Step<number> = () => {
      const end = performance.now() + 20
      while (performance.now() < end);
      return { ok: true, value: 0 }
    }
    const long = queue.run([...Array.from({ length: 20 }, () => slow), insert(1)])
    await pause(200)
    other.exec('BEGIN IMMEDIATE')
    await pause(50)
    other.exec('COMMIT')
    expect((await long).at(-1)).toEqual({ ok: true, value: 1 })
  })

  it('runs the steps of a group that failed one by one, though another writes in between', async () => {
    const { handle, other, queue, insert } = setUp()
    const locking: Step<number> = () => {
      // As soon as the group is rolled back, and before its steps are run again.
      if (!other.isTransaction) setImmediate(() => other.exec('BEGIN IMMEDIATE'))
      setTimeout(() => other.isTransaction && other.exec('COMMIT'), 60)
      return { ok: true, value: 0 }
    }
    const outcomes = await Promise.all([queue.run([insert(1), locking]), queue.run([insert(1), insert(2)])])
    expect(outcomes.map((each) => each.map(({ ok }) => ok))).toEqual([
      [true, true],
      [false, true],
    ])
    expect(handle.prepare('SELECT n FROM t').all()).toEqual([{ n: 1 }, { n: 2 }])
  })
})

describe('the queue of reads', () => {
  const setUp = (patienceMs?: number) => {
    const handle = connect()
    // Not in the mode in which readers wait for nobody, so that they can be made to.
    handle.exec('CREATE TABLE t (n); INSERT INTO t VALUES (7)')
    const other = connect()
    const begin = () => {
      if (handle.isTransaction) handle.exec('ROLLBACK')
      handle.exec('BEGIN')
    }
    const queue = createReadQueue({ begin, end: () => handle.exec('COMMIT') }, patienceMs)
    return { other, queue, read: () => queue.run(() => handle.prepare('SELECT n FROM t').get()?.n) }
  }

  it('waits, and answers', async () => {
    const { other, queue, read } = setUp()
    other.exec('BEGIN EXCLUSIVE')
    const found = [read(), queue.run(() => 'without the database')]
    expect(await longestStop(pause(100))).toBeLessThan(80)
    other.exec('COMMIT')
    expect(await Promise.all(found)).toEqual([7, 'without the database'])
    await queue.drained()
  })

  it('does not wait for ever', async () => {
    const { other, read } = setUp(60)
    other.exec('BEGIN EXCLUSIVE')
    await expect(read()).rejects.toThrow(/another program has held the database for 0\.06 s/)
    other.exec('COMMIT')
    expect(await read()).toBe(7)
  })
})
