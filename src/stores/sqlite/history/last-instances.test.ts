import fc from 'fast-check'
import { expect, it } from 'vitest'
import { lastOf } from '../../common/last-of.ts'
import { lastInstances } from './last-instances.ts'
import type { Source } from './sources.ts'

/** Of a series with these times. */
function sourceOf(all: readonly number[]): Pick<Source, 'times'> {
  const latestFirst = all.toSorted((a, b) => b - a)
  return {
    times: ({ until = Number.POSITIVE_INFINITY, limit }) => latestFirst.filter((time) => time < until).slice(0, limit),
  }
}

const times = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 20 })

it('finds in pieces of whatever size which are the last of all, and the first of these', () => {
  fc.assert(
    fc.property(
      fc.array(times, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (lists, n, size) => {
        const all = lists.map((list) => ({ series: { attribute: 'urn:a' }, source: sourceOf(list) }))
        const other = { series: { attribute: 'urn:b' }, source: sourceOf([1, 2, 3]) }
        const steps = lastInstances([...all, other], n, 'read', size)
        let step = steps.next()
        while (!step.done) step = steps.next()
        const backwards = lists.map((list) => list.toSorted((a, b) => b - a))
        const expected = lastOf(backwards, n).map((count, i) => {
          const first = backwards[i]?.[count - 1]
          return { count, ...(first !== undefined && { first }) }
        })
        expect(step.value).toEqual([...expected, { count: Math.min(n, 3), first: Math.max(1, 4 - n) }])
      },
    ),
    { numRuns: 300 },
  )
})

it('reads nothing of a series that has no other beside it', () => {
  const source: Pick<Source, 'times'> = {
    times: () => {
      throw new Error('it is read')
    },
  }
  const { value } = lastInstances([{ series: { attribute: 'urn:a' }, source }], 5, 'unread').next()
  expect(value).toEqual([{ count: 5 }])
})
