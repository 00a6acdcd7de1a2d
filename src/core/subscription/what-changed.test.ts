import { describe, expect, it } from 'vitest'
import { building, instance, property, THEN } from '../../../test/support/subscriptions.ts'
import type { AttributeInstance, Attributes } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { isSameInstance, whatChanged } from './what-changed.ts'

function changed(before: Attributes | undefined, after: Attributes | undefined) {
  const { attributeCreated, attributeUpdated, attributeDeleted } = whatChanged({
    ...(before && { before: building(before) }),
    ...(after && { after: building(after) }),
  })
  return { created: [...attributeCreated], updated: [...attributeUpdated], deleted: [...attributeDeleted] }
}

describe('what a change did to Attributes (5.8.6)', () => {
  it('tells what is new, what has another value, and what is gone', () => {
    const before = { 'urn:a': [property(1)], 'urn:b': [property(1)], 'urn:c': [property(1)] }
    const after = { 'urn:a': [property(2)], 'urn:b': [property(1, { modifiedAt: THEN + 1 })], 'urn:d': [property(1)] }
    expect(changed(before, after)).toEqual({ created: ['urn:d'], updated: ['urn:a'], deleted: ['urn:c'] })
  })

  it('takes an entity that is made for the creation of its Attributes, one that goes for their deletion', () => {
    expect(changed(undefined, { 'urn:a': [property(1)] })).toEqual({ created: ['urn:a'], updated: [], deleted: [] })
    expect(changed({ 'urn:a': [property(1)] }, undefined)).toEqual({ created: [], updated: [], deleted: ['urn:a'] })
  })

  it('takes each instance for itself (4.5.5)', () => {
    const other = (value: number) => property(value, { datasetId: 'urn:d:1' })
    expect(changed({ 'urn:a': [property(1)] }, { 'urn:a': [property(1), other(1)] }).created).toEqual(['urn:a'])
    expect(changed({ 'urn:a': [property(1), other(1)] }, { 'urn:a': [property(1)] }).deleted).toEqual(['urn:a'])
    expect(changed({ 'urn:a': [property(1), other(1)] }, { 'urn:a': [other(2), property(1)] })).toEqual({
      ...{ created: [], deleted: [] },
      updated: ['urn:a'],
    })
  })
})

describe('whether two instances are the same', () => {
  const base = property({ m: [1, 'x'], n: null }, { attributes: { 'urn:s': [property(1)] } })
  const same: readonly AttributeInstance[] = [
    { ...base, createdAt: THEN + 5, modifiedAt: THEN + 6 },
    { ...base, value: { n: null, m: [1, 'x'] } },
    { ...base, attributes: { 'urn:s': [property(1, { modifiedAt: THEN + 6 })] } },
  ]
  const different: readonly AttributeInstance[] = [
    { ...base, type: 'JsonProperty' },
    { ...base, value: { m: ['x', 1], n: null } },
    { ...base, value: { m: [1, 'x'] } },
    { ...base, value: { m: [1, 'x'], o: null } },
    { ...base, unitCode: 'CEL' },
    { ...base, observedAt: '2026-01-01T00:00:00Z' },
    { ...base, expiresAt: '2036-01-01T00:00:00Z' },
    { ...base, attributes: { 'urn:s': [property(2)] } },
    { ...base, attributes: { 'urn:s': [property(1), property(1, { datasetId: 'urn:d:1' })] } },
    { ...base, attributes: {} },
  ]

  it.each(same)('times of the system and the order of members are no difference: %j', (other) => {
    expect(isSameInstance(base, other)).toBe(true)
  })

  it.each(different)('everything else is one: %j', (other) => {
    expect(isSameInstance(base, other)).toBe(false)
    expect(isSameInstance(other, base)).toBe(false)
  })

  it('compares numbers that no double holds by what they are worth', () => {
    const exact = (text: string) => property(new ExactNumber(text))
    expect(isSameInstance(exact('100000000000000001'), exact('1.00000000000000001e17'))).toBe(true)
    expect(isSameInstance(exact('100000000000000001'), exact('100000000000000003'))).toBe(false)
    expect(isSameInstance(exact('100000000000000001'), property(100000000000000000))).toBe(false)
  })

  it('compares languages of a languageMap', () => {
    const of = (value: Record<string, string>) => instance('LanguageProperty', value)
    expect(isSameInstance(of({ en: 'a', fr: 'b' }), of({ fr: 'b', en: 'a' }))).toBe(true)
    expect(isSameInstance(of({ en: 'a' }), of({ en: 'a', fr: 'b' }))).toBe(false)
  })
})
