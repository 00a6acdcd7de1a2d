import { describe, expect, it } from 'vitest'
import type { Entity, Json } from '../../core/model/entity.ts'
import { pathKey, SCOPE } from '../../core/query/index-values.ts'
import { kindNumber, rowChanges } from './index-rows.ts'

const TEXT = kindNumber('text')

function having(value: Json, scopes?: readonly string[]): Entity {
  const attribute = { type: 'Property', value, createdAt: 0, modifiedAt: 0 } as const
  const entity = {
    id: 'urn:x:1',
    types: ['urn:T:a'],
    createdAt: 0,
    modifiedAt: 0,
    attributes: { 'urn:a': [attribute] },
  }
  return scopes === undefined ? entity : { ...entity, scopes }
}

describe('what a change does to the rows of values', () => {
  it('takes rows that read the same, their members put in a row, for two', () => {
    const { valuesRemoved, valuesAdded } = rowChanges(having({ a: '0 b' }), having({ 'a 0': 'b' }))
    expect(valuesRemoved).toEqual([{ path: pathKey(['urn:a'], ['a']), kind: TEXT, value: '0 b' }])
    expect(valuesAdded).toEqual([{ path: pathKey(['urn:a'], ['a 0']), kind: TEXT, value: 'b' }])
  })

  it.each([
    ['a slash', '/a', 'a'],
    ['what lies behind their beginnings', `/${'a'.repeat(200)}b`, `/${'a'.repeat(200)}c`],
  ])('is nothing where Scopes come or go that differ in %s alone', (_, one, other) => {
    const [few, many] = [having(1, [one]), having(1, [one, other])]
    for (const [before, after] of [
      [few, many],
      [many, few],
    ]) {
      expect(rowChanges(before, after)).toMatchObject({ valuesRemoved: [], valuesAdded: [] })
    }
  })

  it('has each row once, also where an entity is new', () => {
    const { valuesAdded } = rowChanges(undefined, having(1, ['/a', 'a']))
    expect(valuesAdded.filter(({ path }) => path === SCOPE)).toEqual([{ path: SCOPE, kind: TEXT, value: '/a' }])
  })
})
