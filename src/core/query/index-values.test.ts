import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesOf } from '../../../test/support/long.ts'
import { instances } from '../../../test/support/query-arbitraries.ts'
import type { AttributeInstance, Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { compareCodePoints } from './comparable.ts'
import { areAlike, attributeValues, cut, entityValues, isIndexed, pathKey, SCOPE } from './index-values.ts'

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

  it('keeps what a place has besides its coordinates, of which it says that they are not kept', () => {
    const place = instance({ type: 'Point', coordinates: [1, 2] }, { type: 'GeoProperty' })
    expect(attributeValues('urn:a', [place])).toEqual([
      { path: 'urn:a', kind: 'other', value: 0 },
      { path: pathKey(['urn:a'], ['type']), kind: 'text', value: 'Point' },
    ])
    expect(isIndexed(['urn:a'], ['type'])).toBe(true)
    expect(isIndexed(['urn:a'], ['coordinates'])).toBe(false)
  })

  it('keeps nothing that is not looked up: members of the values of sub-Attributes', () => {
    const place = instance({ type: 'Point', coordinates: [1, 2] }, { type: 'GeoProperty' })
    const kept = attributeValues('urn:a', [
      instance(1, { attributes: { 'urn:s': [place], 'urn:t': [instance({ m: 1 })] } }),
    ])
    expect(kept.map(({ path, kind }) => [path, kind])).toEqual([
      ['urn:a', 'number'],
      [pathKey(['urn:a', 'urn:s']), 'other'],
      [pathKey(['urn:a', 'urn:t']), 'other'],
    ])
    expect(isIndexed(['urn:a', 'urn:t'], ['m'])).toBe(false)
  })

  it('keeps values apart where one goes on as the path of the other does', () => {
    const kept = attributeValues('urn:a', [instance({ m: { n: 'x', '': '[n\nx' }, 'm ': '[n\nx' })])
    expect(kept.filter(({ kind }) => kind === 'text')).toHaveLength(3)
  })

  it('is a name or a time, where a vocab reads as a time', () => {
    const kept = attributeValues('urn:a', [instance('12:30:00Z', { type: 'VocabProperty' })])
    expect(kept.map(({ kind }) => kind)).toEqual(['uri', 'time'])
  })

  it.each(['\ud800', 'a\udfff', 'a\0b'])(
    'says that not all is kept where databases would not have a text: %j',
    (text) => {
      expect(attributeValues('urn:a', [instance(text)])).toEqual([{ path: 'urn:a', kind: 'more', value: 0 }])
      expect(attributeValues('urn:a', [instance({ [text]: 1 })])).toEqual([{ path: 'urn:a', kind: 'other', value: 0 }])
      expect(isIndexed(['urn:a'], [text])).toBe(false)
    },
  )
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
      { numRuns: casesOf(2_000) },
    )
  })
})

describe('states of an Attribute that are alike', () => {
  const one = { type: 'Property', value: { m: [1, 'a'] }, createdAt: 1, modifiedAt: 1 } as const
  const sub = (value: number) => ({ ...one, attributes: { 'urn:S:s': [{ ...one, value }] } })

  it('are those that differ in what is not looked up only', () => {
    expect(areAlike([one], [{ ...one, value: { m: [1, 'a'] }, modifiedAt: 9, unitCode: 'MTR' }])).toBe(true)
    expect(areAlike([sub(1)], [{ ...sub(1), createdAt: 5 }])).toBe(true)
  })

  it.each([
    ['value', [one], [{ ...one, value: { m: [1, 'b'] } }]],
    [
      'digits of a number',
      [{ ...one, value: new ExactNumber('1e400') }],
      [{ ...one, value: new ExactNumber('2e400') }],
    ],
    ['type', [one], [{ ...one, type: 'JsonProperty' as const }]],
    ['time of observation', [one], [{ ...one, observedAt: '2026-01-01T00:00:00Z' }]],
    ['sub-attribute', [sub(1)], [sub(2)]],
    ['sub-attribute that is not there', [one], [sub(1)]],
    ['instance more', [one], [one, { ...one, datasetId: 'urn:d:1' }]],
  ])('are no longer so with another %s', (_, was, is) => {
    expect(areAlike(was, is)).toBe(false)
    expect(areAlike(is, was)).toBe(false)
  })

  it('are looked up by the same values, whatever they are', () => {
    let alike = 0
    fc.assert(
      fc.property(instances, fc.option(instances), (was, drawn) => {
        const is = drawn ?? structuredClone(was).map((each) => ({ ...each, modifiedAt: 7, datasetId: 'urn:d:9' }))
        if (!areAlike(was, is)) return
        alike++
        expect(attributeValues('urn:A:a', is)).toEqual(attributeValues('urn:A:a', was))
      }),
      { numRuns: casesOf(1_000) },
    )
    expect(alike).toBeGreaterThan(casesOf(100))
  })
})
