import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Json } from '../model/entity.ts'
import { compareCodePoints } from './comparable.ts'
import { attributeValues, cut, entityValues, pathKey, SCOPE } from './index-values.ts'

const instance = (value: Json, more: Partial<AttributeInstance> = {}): AttributeInstance => ({
  type: 'Property',
  value,
  createdAt: 0,
  modifiedAt: 0,
  ...more,
})
const keptAt = (path: string, value: Json) =>
  attributeValues('urn:a', [instance(value)]).filter((each) => each.path === path)

describe('what an Attribute is looked up by', () => {
  it('keeps values apart whose paths and texts read the same in a row', () => {
    const kept = attributeValues('urn:a', [instance({ a: '5 b', 'a 5': 'b' })])
    expect(kept.filter(({ kind }) => kind === 'text').map(({ path, value }) => [path, value])).toEqual([
      [pathKey(['urn:a'], ['a']), '5 b'],
      [pathKey(['urn:a'], ['a 5']), 'b'],
    ])
  })

  it('keeps what a typed value has besides', () => {
    const value = { '@type': 'DateTime', '@value': '2020-01-01T00:00:00Z', x: 7 }
    expect(keptAt(pathKey(['urn:a'], ['x']), value)).toMatchObject([{ kind: 'number', value: 7 }])
    expect(keptAt('urn:a', value)).toMatchObject([{ kind: 'dateTime' }])
  })

  it('of a place says that its members are not kept', () => {
    const place = instance({ type: 'Point', coordinates: [1, 2] }, { type: 'GeoProperty' })
    expect(attributeValues('urn:a', [place])).toEqual([{ path: 'urn:a', kind: 'more', value: 0 }])
  })
})

describe('what an entity is looked up by', () => {
  it('is each Scope once, however it is written and however long it is', () => {
    const long = 'x'.repeat(300)
    const scopes = ['/a', 'a', `/${long}1`, `/${long}2`]
    const kept = entityValues({ id: 'urn:x', types: [], scopes, createdAt: 0, modifiedAt: 0, attributes: {} })
    expect(kept.filter(({ path }) => path === SCOPE).map(({ value }) => value)).toEqual(['/a', `/${'x'.repeat(199)}`])
  })
})

describe('a text that is cut', () => {
  const text = fc
    .tuple(fc.constantFrom(197, 199, 200), fc.string({ unit: fc.constantFrom('x', 'y', '😀', '\uffee'), maxLength: 4 }))
    .map(([before, end]) => 'x'.repeat(before) + end)

  it('has the order of the whole', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const [least, most] = compareCodePoints(a, b) <= 0 ? [a, b] : [b, a]
        expect(compareCodePoints(cut(least), cut(most))).toBeLessThanOrEqual(0)
      }),
      { numRuns: 2_000 },
    )
  })
})
