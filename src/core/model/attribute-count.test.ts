import { expect, it } from 'vitest'
import { boundAttributes } from './attribute-count.ts'
import type { Attributes, Entity } from './entity.ts'

const instance = { type: 'Property', value: 1, createdAt: 0, modifiedAt: 0 } as const

/** With `count` attribute instances, one of them a sub-attribute and one with a datasetId. */
function entity(count: number): Entity {
  const sub = { sub: [instance] }
  const others = Array.from({ length: count - 3 }, (_, i) => [`a${i}`, [instance]])
  const attributes: Attributes = {
    many: [
      { ...instance, attributes: sub },
      { ...instance, datasetId: 'urn:d:1' },
    ],
    ...Object.fromEntries(others),
  }
  return { id: 'urn:x:1', types: ['T'], createdAt: 0, modifiedAt: 0, attributes }
}

it('an entity grows to the limit and no further', () => {
  expect(() => boundAttributes(entity(4), entity(5), 5)).not.toThrow()
  expect(() => boundAttributes(entity(4), entity(6), 5, '/1')).toThrow(/6 attributes.*at most 5.*\(at \/1\)/)
  expect(() => boundAttributes(undefined, entity(6), 5)).toThrow(/BOYA_MAX_ATTRIBUTES/)
})

it('one that is over a limit which was higher once can be changed, and become smaller', () => {
  expect(() => boundAttributes(entity(9), entity(9), 5)).not.toThrow()
  expect(() => boundAttributes(entity(9), entity(8), 5)).not.toThrow()
  expect(() => boundAttributes(entity(9), entity(10), 5)).toThrow(/10 attributes/)
})
