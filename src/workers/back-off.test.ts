import { expect, it } from 'vitest'
import { createBackOff } from './back-off.ts'

it('replaces at once a worker that has served, however often', () => {
  const waitAfter = createBackOff()
  for (let i = 0; i < 5; i++) expect(waitAfter(60_000)).toBe(0)
})

it('waits longer each time where one after the other ends right at its start, up to a bound', () => {
  const waitAfter = createBackOff()
  const waits = Array.from({ length: 9 }, () => waitAfter(500))
  expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000])
  expect([waitAfter(60_000), waitAfter(500), waitAfter(500)]).toEqual([0, 0, 1_000])
})
