/** The queue of writes where the database under it fails. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createWriteQueue, type Step, type Transaction, type WriteQueue } from '../../src/stores/sqlite/write-queue.ts'

/** Nobody else writes. */
const begin = (run: () => void) => () => {
  run()
  return false
}

let handle: DatabaseSyncInstance
let queue: WriteQueue
beforeEach(() => {
  handle = new DatabaseSync(':memory:')
  handle.exec('CREATE TABLE t (n INTEGER PRIMARY KEY)')
  const run = (text: string) => () => handle.exec(text)
  queue = createWriteQueue({ begin: begin(run('BEGIN')), commit: run('COMMIT'), rollback: run('ROLLBACK') })
})
afterEach(() => {
  if (handle.isOpen) handle.close()
})

const insert =
  (n: number): Step<number> =>
  () => {
    handle.prepare('INSERT INTO t (n) VALUES (?)').run(n)
    return { ok: true, value: n }
  }
const close: Step<void> = () => {
  handle.close()
  return { ok: true, value: undefined }
}

it('answers every caller where a failed group cannot be rolled back, and those that come after', async () => {
  const under = [queue.run([insert(1), insert(2)]), queue.run([close]), queue.run([insert(3), insert(4), insert(5)])]
  const outcomes = (await Promise.all(under)).flat()
  expect(outcomes).toHaveLength(6)
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({ ok: false, error: { message: expect.stringMatching(/not open/) } })
  await queue.drained()
  expect(await queue.run([insert(6)])).toMatchObject([{ ok: false }])
  await queue.drained()
})

it('answers where the steps of a group, run again one by one, cannot be rolled back either', async () => {
  let rolledBack = 0
  const failing: Transaction = {
    begin: () => false,
    commit: () => {
      throw new Error('no commit')
    },
    rollback: () => {
      if (rolledBack++ > 0) throw new Error('no rollback')
    },
  }
  const steps = Array.from({ length: 40 }, (_, i) => (): ReturnType<Step<number>> => ({ ok: true, value: i }))
  const outcomes = await createWriteQueue(failing).run(steps)
  expect(outcomes).toHaveLength(40)
  for (const outcome of outcomes) expect(outcome).toMatchObject({ ok: false, error: { cause: new Error('no commit') } })
})

it('commits what nobody waits for with what somebody does, or after a while, or when it is closed', async () => {
  const commits: number[] = []
  let steps = 0
  const counting: Transaction = { begin: () => false, commit: () => commits.push(steps), rollback: () => {} }
  const step = (): ReturnType<Step<number>> => ({ ok: true, value: ++steps })
  const counted = createWriteQueue(counting)
  const unhurried = [counted.runUnhurried([step]), counted.runUnhurried([step, step])]
  await nextTurn()
  expect(commits).toEqual([])
  await counted.run([step])
  expect(commits).toEqual([4])
  expect((await Promise.all(unhurried)).flat().map((outcome) => outcome.ok && outcome.value)).toEqual([1, 2, 3])
  await counted.runUnhurried([step])
  expect(commits).toEqual([4, 5])
  const last = counted.runUnhurried([step])
  const begun = performance.now()
  await counted.drained()
  expect(performance.now() - begun).toBeLessThan(15)
  expect(await last).toMatchObject([{ ok: true }])
})

it('goes on with the others of a group of which one fails', async () => {
  const outcomes = await Promise.all([queue.run([insert(1)]), queue.run([insert(1)]), queue.run([insert(2)])])
  expect(outcomes.flat().map(({ ok }) => ok)).toEqual([true, false, true])
  expect(handle.prepare('SELECT n FROM t').all()).toEqual([{ n: 1 }, { n: 2 }])
})
