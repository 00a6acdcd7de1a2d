import { expect, it } from 'vitest'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import { firstPlan, type PeriodicPlan, planAfter } from './periodic-plan.ts'
import type { Outcome } from './sender.ts'

const retry = { firstMs: 2_000, mostMs: 16_000 }
const failed: Outcome = { ok: false, reason: 'no' }
const subscription = (endpoint: object = {}, timeInterval = 60) =>
  ({ timeInterval, endpoint }) as unknown as StoredSubscription['subscription']
const stored = { subscription: subscription(), createdAt: 1_000 } as StoredSubscription
const plan: PeriodicPlan = { dueAt: 100_000, tryAt: 100_000, failures: 0 }

it('begins an interval after it was made, or was told last', () => {
  expect(firstPlan(stored, undefined)).toEqual({ dueAt: 61_000, tryAt: 61_000, failures: 0 })
  expect(firstPlan(stored, 50_000)).toEqual({ dueAt: 110_000, tryAt: 110_000, failures: 0 })
})

it.each<[Outcome | undefined, number, number]>([
  [{ ok: true }, 100_000, 160_000],
  [{ ok: true }, 100_240, 160_000],
  [undefined, 159_999, 160_000],
  [{ ok: true }, 160_000, 220_000],
  [{ ok: true }, 345_000, 400_000],
])('goes on at its interval: %j at %i', (outcome, begunAt, dueAt) => {
  expect(planAfter(plan, subscription(), { begunAt, outcome }, retry)).toEqual({ dueAt, tryAt: dueAt, failures: 0 })
})

it('tries what failed again, later and later, as long as the next is not due', () => {
  let current = plan
  const waits: number[] = []
  while (current.dueAt === plan.dueAt) {
    const begunAt = current.tryAt
    current = planAfter(current, subscription(), { begunAt, outcome: failed }, retry)
    waits.push(current.tryAt - begunAt)
  }
  expect(current).toMatchObject({ dueAt: 160_000, tryAt: 160_000, failures: waits.length })
  const most = [2_000, 4_000, 8_000, 16_000]
  most.forEach((ms, i) => {
    expect(waits[i]).toBeGreaterThanOrEqual(ms / 2)
    expect(waits[i]).toBeLessThanOrEqual(ms)
  })
})

it('spares an endpoint for its cooldown, and for as long as its receiver asks, also beyond the next', () => {
  const after = (endpoint: object, outcome: Outcome) =>
    planAfter(plan, subscription(endpoint), { begunAt: 100_000, outcome }, retry)
  expect(after({ cooldown: 30_000 }, failed)).toEqual({ dueAt: 100_000, tryAt: 130_000, failures: 1 })
  expect(after({ cooldown: 90_000 }, failed)).toEqual({ dueAt: 160_000, tryAt: 190_000, failures: 1 })
  expect(after({}, { ...failed, retryAfterMs: 20_000 })).toMatchObject({ dueAt: 100_000, tryAt: 120_000 })
})
