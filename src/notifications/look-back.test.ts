import { expect, it } from 'vitest'
import { createLookBack } from './look-back.ts'
import { newReading } from './reading.ts'

let at = 0
const now = (): number => at
/** It has been read up to a cursor. */
const readTo = (cursor: string, pages = 1, begunAt = 0) => ({ ...newReading(begunAt, []), cursor, pages })

it('is as far as something may be late, and from the begin before that has passed', () => {
  at = 0
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('1'))
  expect(lookBack.take('1')).toBeUndefined()
  for (at = 1_000; at <= 8_000; at += 1_000) lookBack.passed(readTo(`${1 + at / 1_000}`))
  // What was given after 3,000 may be followed by something late now, what was given before may not.
  expect(lookBack.take('9')).toBe('4')
})

it('is not from the begin where that is much', () => {
  at = 0
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('7', 3))
  expect(lookBack.take('8')).toBe('7')
  // A round from the begin has not come so far yet.
  expect(lookBack.take('3')).toBe('3')
})

it('is due when there is something new: at once where it is little, else from time to time', () => {
  at = 10_000
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('1'))
  expect([lookBack.isDue(true), lookBack.dueMs()]).toEqual([false, Number.POSITIVE_INFINITY])
  lookBack.wake()
  lookBack.take('1')
  lookBack.wake()
  expect([lookBack.isDue(true), lookBack.isDue(false), lookBack.dueMs()]).toEqual([true, false, 1_000])
  at += 1_000
  expect([lookBack.isDue(false), lookBack.dueMs()]).toEqual([true, 0])
})

it('is never due where nothing is late', () => {
  const lookBack = createLookBack(now, 0)
  lookBack.passed(readTo('1'))
  lookBack.wake()
  expect([lookBack.isDue(true), lookBack.dueMs()]).toEqual([false, Number.POSITIVE_INFINITY])
})
