import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDuePlan } from './due-plan.ts'

it('gives what is due, the earliest first, once, however it was added', () => {
  const times = fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 5 }), { maxLength: 8 })
  fc.assert(
    fc.property(times, fc.integer({ min: -1, max: 21 }), (batches, now) => {
      const plan = createDuePlan<number>((time) => time)
      for (const batch of batches) plan.add(batch)
      const all = batches.flat().sort((a, b) => a - b)
      expect(plan.takeDue(now)).toEqual(all.filter((time) => time <= now))
      expect(plan.takeDue(now)).toEqual([])
      plan.keep((time) => time % 2 === 0)
      const left = all.filter((time) => time > now && time % 2 === 0)
      expect(plan.size).toBe(left.length)
      expect(plan.takeDue(Number.POSITIVE_INFINITY)).toEqual(left)
    }),
  )
})
