/** The queue of writes by itself: what is taken together, and in which order. */

import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createWriteQueue, type Group } from '../../src/stores/mongo/write-queue.ts'

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

it('takes what waits behind one id a part at a time, in its order, and lets others pass', async () => {
  const groups: Group<number>[] = []
  const seen = new Map<string, number[]>()
  const queue = createWriteQueue<number>(async (group) => {
    groups.push(group)
    for (const [id, steps] of group) seen.set(id, [...(seen.get(id) ?? []), ...steps])
    await pause(1)
    return new Map([...group].map(([id, steps]) => [id, steps.map((value) => ({ ok: true, value }))]))
  })
  const ends: string[] = []
  const run = (id: string, from: number, count: number) =>
    queue.run(times(count, (i) => ({ id, step: from + i }))).then((outcomes) => {
      ends.push(`${id} ${from}`)
      return outcomes
    })
  const first = run('urn:busy', 0, 3)
  await pause(2)
  const waiting = [
    ...times(1_500, (i) => run('urn:busy', i + 3, 1)),
    run('urn:other', 0, 1),
    run('urn:busy', 1_503, 900),
    ...times(300, (i) => run('urn:second', i, 1)),
  ]
  const outcomes = (await Promise.all([first, ...waiting])).flat()
  expect(outcomes.every(({ ok }) => ok)).toBe(true)
  expect(seen.get('urn:busy')).toEqual(times(2_403, (i) => i))
  expect(seen.get('urn:second')).toEqual(times(300, (i) => i))
  const sizes = groups.map((group) => [...group.values()].flat().length)
  expect(Math.max(...sizes)).toBeLessThan(220)
  expect(ends.indexOf('urn:other 0')).toBeLessThan(ends.indexOf('urn:busy 1502'))
})
