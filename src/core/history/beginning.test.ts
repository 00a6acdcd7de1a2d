import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Entity } from '../model/entity.ts'
import { beginningOf } from './beginning.ts'
import { SCOPE } from './past-instance.ts'

const N = 'https://example.org/n'
const M = 'https://example.org/m'
const ROAD = 'https://example.org/Road'

const property = (value: number, more: Partial<AttributeInstance> = {}): AttributeInstance => ({
  ...{ type: 'Property', value, createdAt: 10, modifiedAt: 20, ...more },
})
const road: Entity = {
  ...{ id: 'urn:x:1', types: [ROAD], scopes: ['/a'], createdAt: 5, modifiedAt: 30 },
  attributes: { [N]: [property(1), property(2, { datasetId: 'urn:d' })], [M]: [property(3)] },
}

describe('the beginning of an evolution', () => {
  it('has each Attribute as it is, since it was changed last', () => {
    const beginning = beginningOf(road, () => true)
    expect(beginning?.evolution).toEqual({ id: 'urn:x:1', types: [ROAD], createdAt: 5 })
    expect(
      beginning?.series.map(({ attribute, datasetId, instances }) => [
        ...[attribute, datasetId],
        ...instances.map(({ value, createdAt, modifiedAt }) => [value, createdAt, modifiedAt]),
      ]),
    ).toEqual([
      [N, undefined, [1, 20, 20]],
      [N, 'urn:d', [2, 20, 20]],
      [M, undefined, [3, 20, 20]],
      [SCOPE, undefined, [['/a'], 30, 30]],
    ])
  })

  it('has only what is recorded', () => {
    const named = beginningOf(road, (_, attribute) => attribute === undefined || attribute === M)
    expect(named?.series.map(({ attribute }) => attribute)).toEqual([M])
    expect(beginningOf(road, () => false)).toBeUndefined()
    expect(beginningOf({ ...road, scopes: undefined as never, attributes: {} }, () => true)).toBeUndefined()
  })
})
