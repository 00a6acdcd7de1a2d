import { expect, it } from 'vitest'
import { createLookBack } from './look-back.ts'
import { newReading } from './reading.ts'

let at = 0
const now = (): number => at
/** It has been read up to a cursor. */
const readTo = (cursor: string, settledTo?: string) => ({ ...newReading(0, []), cursor, settledTo })

it('is as far as something may be late, and from the begin before that has passed', () => {
  at = 0
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('1'))
  lookBack.wake(5_000)
  expect(lookBack.take('1')).toBeUndefined()
  for (at = 1_000; at <= 9_000; at += 1_000) lookBack.passed(readTo(`${at / 1_000}`))
  at = 9_000
  lookBack.wake(2_000)
  expect(lookBack.take('9')).toBe('7')
  lookBack.wake(2_000)
  lookBack.wake(60_000)
  lookBack.wake(3_000)
  expect(lookBack.take('9')).toBe('4')
})

it('is not from the begin where what waits there has waited for long', () => {
  at = 0
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('7', '5'))
  lookBack.wake(5_000)
  expect(lookBack.take('8')).toBe('5')
  // A round from the begin has not come so far yet.
  lookBack.wake(5_000)
  expect(lookBack.take('3')).toBe('3')
})

it('is due when something may be late: at once where it is little, else from time to time', () => {
  at = 10_000
  const lookBack = createLookBack(now, 5_000)
  lookBack.passed(readTo('1'))
  expect([lookBack.isDue(true), lookBack.dueMs()]).toEqual([false, Number.POSITIVE_INFINITY])
  lookBack.wake(1_000)
  lookBack.take('1')
  lookBack.wake(1_000)
  expect([lookBack.isDue(true), lookBack.isDue(false), lookBack.dueMs()]).toEqual([true, false, 1_000])
  at += 1_000
  expect([lookBack.isDue(false), lookBack.dueMs()]).toEqual([true, 0])
})

it('is never due where nothing is late', () => {
  const lookBack = createLookBack(now, 0)
  lookBack.passed(readTo('1'))
  lookBack.wake(5_000)
  expect([lookBack.isDue(true), lookBack.dueMs()]).toEqual([false, Number.POSITIVE_INFINITY])
})
