import { expect, it } from 'vitest'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import { firstPlan, type PeriodicPlan, planAfter, planAfterFailure } from './periodic-plan.ts'

const subscription = (timeInterval = 60) => ({ timeInterval }) as unknown as StoredSubscription['subscription']
const stored = { subscription: subscription(), createdAt: 1_000 } as StoredSubscription
const plan: PeriodicPlan = { dueAt: 100_000, tryAt: 100_000, failures: 0 }

it('begins an interval after it was made, or was told last', () => {
  expect(firstPlan(stored, undefined)).toEqual({ dueAt: 61_000, tryAt: 61_000, failures: 0 })
  expect(firstPlan(stored, 50_000)).toEqual({ dueAt: 110_000, tryAt: 110_000, failures: 0 })
})

it.each([
  [100_000, 160_000],
  [100_240, 160_000],
  [159_999, 160_000],
  [160_000, 220_000],
  [345_000, 400_000],
])('goes on at its interval: at %i', (begunAt, dueAt) => {
  const failed = { ...plan, failures: 3 }
  expect(planAfter(failed, subscription(), begunAt)).toEqual({ dueAt, tryAt: dueAt, failures: 0 })
})

it.each([
  [
    { restMs: 2_000, sparedMs: 0 },
    { dueAt: 100_000, tryAt: 112_000, failures: 1 },
  ],
  [
    { restMs: 90_000, sparedMs: 0 },
    { dueAt: 160_000, tryAt: 160_000, failures: 1 },
  ],
  [
    { restMs: 0, sparedMs: 0 },
    { dueAt: 100_000, tryAt: 110_000, failures: 1 },
  ],
  [
    { restMs: 2_000, sparedMs: 30_000 },
    { dueAt: 100_000, tryAt: 140_000, failures: 1 },
  ],
  [
    { restMs: 2_000, sparedMs: 90_000 },
    { dueAt: 160_000, tryAt: 200_000, failures: 1 },
  ],
])('tries what failed again until the next is due, and spares its endpoint beyond that: %j', (rests, next) => {
  const failed = { begunAt: 100_000, endedAt: 110_000, ...rests }
  expect(planAfterFailure(plan, subscription(), failed)).toEqual(next)
})
