/** The queue of reads where some fail, and where the database under it does. */

import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createReadQueue, type ReadQueue } from '../../src/stores/sqlite/read-queue.ts'

let handle: DatabaseSyncInstance
let queue: ReadQueue
let transactions: number
beforeEach(() => {
  transactions = 0
  handle = new DatabaseSync(':memory:')
  handle.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)')
  handle.exec('INSERT INTO t VALUES (1), (2), (3)')
  queue = createReadQueue({
    begin: () => {
      transactions++
      handle.exec('BEGIN')
    },
    end: () => handle.exec('COMMIT'),
  })
})
afterEach(() => {
  if (handle.isOpen) handle.close()
})

const read = (n: number) => () => handle.prepare('SELECT n FROM t WHERE n = ?').get(n)?.n

it('answers the reads of one turn from one transaction', async () => {
  expect(await Promise.all([queue.run(read(1)), queue.run(read(7)), queue.run(read(3))])).toEqual([1, undefined, 3])
  expect(transactions).toBe(1)
  expect(await queue.run(read(2))).toBe(2)
  expect(transactions).toBe(2)
})

it('lets the event loop have its turn where many read', async () => {
  let turns = 0
  const turn = setInterval(() => turns++, 0)
  const slow = () => {
    const end = performance.now() + 0.05
    while (performance.now() < end);
    return 1
  }
  expect(await Promise.all(Array.from({ length: 1000 }, () => queue.run(slow)))).toHaveLength(1000)
  clearInterval(turn)
  expect(transactions).toBeGreaterThan(1)
  expect(turns).toBeGreaterThan(1)
})

it('lets the event loop have its turn where few read for long', async () => {
  const ends: number[] = []
  const slow = () => {
    const end = performance.now() + 5
    while (performance.now() < end);
  }
  const reads = Array.from({ length: 10 }, () => queue.run(slow))
  const turn = setImmediate(function next() {
    ends.push(performance.now())
    if (ends.length < 4) setImmediate(next)
  })
  await Promise.all(reads)
  clearImmediate(turn)
  expect(transactions).toBeGreaterThan(3)
  expect(ends).toHaveLength(4)
})

it('rejects the read that fails, and no other', async () => {
  const failing = () => {
    throw new Error('damaged')
  }
  const outcomes = await Promise.allSettled([queue.run(read(1)), queue.run(failing), queue.run(read(2))])
  expect(outcomes).toMatchObject([{ value: 1 }, { reason: { message: 'damaged' } }, { value: 2 }])
})

it('rejects all where there is no transaction, and goes on', async () => {
  handle.close()
  const outcomes = await Promise.allSettled([queue.run(read(1)), queue.run(read(2))])
  expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  await queue.drained()
  await expect(queue.run(read(1))).rejects.toThrow(/not open/)
})

it('reads what there was no time for also where a transaction cannot be ended', async () => {
  let ends = 0
  const failing = createReadQueue({
    begin: () => {
      if (handle.isTransaction) handle.exec('ROLLBACK')
      handle.exec('BEGIN')
    },
    end: () => {
      if (ends++ === 0) throw new Error('not ended')
      handle.exec('COMMIT')
    },
  })
  const slowly = () => {
    const end = performance.now() + 20
    while (performance.now() < end);
    return read(1)()
  }
  expect(await Promise.all([failing.run(slowly), failing.run(read(2)), failing.run(read(3))])).toEqual([1, 2, 3])
})

it('is drained when all that was asked for is read', async () => {
  const found: unknown[] = []
  for (const n of [1, 2]) void queue.run(read(n)).then((value) => found.push(value))
  await queue.drained()
  expect(found).toEqual([1, 2])
})
