import { describe, expect, it } from 'vitest'
import type { Entity } from '../model/entity.ts'
import type { EntityFilter, Query } from './ast.ts'
import { matches, matchesTypes } from './evaluate.ts'

const NOW = Date.UTC(2026, 0, 1)
const value = { type: 'Property', value: 1, createdAt: NOW, modifiedAt: NOW } as const
const place = { ...value, type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 1] } } as const
const home: Entity = {
  id: 'urn:x:home',
  types: ['urn:T:Home', 'urn:T:Vehicle'],
  scopes: ['/Madrid'],
  createdAt: NOW,
  modifiedAt: NOW,
  attributes: { 'urn:A:a': [value], 'urn:A:location': [place] },
}
const exists = (name: string): Query => ({ kind: 'term', path: { links: [], names: [name] } })
const holding: EntityFilter = {
  types: [['urn:T:Home']],
  ids: ['urn:x:other', 'urn:x:home'],
  idPattern: '^urn:x:h',
  alternatives: [{ types: [['urn:T:House']] }, { types: [['urn:T:Vehicle']], ids: ['urn:x:home'], idPattern: 'home$' }],
  attributes: ['urn:A:b', 'urn:A:a'],
  q: exists('urn:A:a'),
  geo: {
    relation: { kind: 'maxDistance', metres: 1 },
    geometry: { type: 'Point', coordinates: [1, 1] },
    property: 'urn:A:location',
  },
  scopes: [[{ levels: ['Madrid'], below: false }]],
}
const failing: EntityFilter = {
  types: [['urn:T:House']],
  ids: ['urn:x:other'],
  idPattern: '^x:h',
  alternatives: [{ types: [['urn:T:House']] }, { types: [['urn:T:Home']], idPattern: '^home' }],
  attributes: ['urn:A:b', 'constructor'],
  q: exists('urn:A:b'),
  geo: {
    relation: { kind: 'minDistance', metres: 1 },
    geometry: { type: 'Point', coordinates: [1, 1] },
    property: 'urn:A:location',
  },
  scopes: [[{ levels: ['Paris'], below: false }]],
}

describe('type selections (4.17)', () => {
  it('EXAMPLE 1: "Entities of type Building or House"', () => {
    expect(matchesTypes(home, [['urn:T:House'], ['urn:T:Home']])).toBe(true)
    expect(matchesTypes(home, [['urn:T:House'], ['urn:T:Building']])).toBe(false)
  })

  it('EXAMPLE 2: "Entities of type Home and Vehicle"', () => {
    expect(matchesTypes(home, [['urn:T:Home', 'urn:T:Vehicle']])).toBe(true)
    expect(matchesTypes(home, [['urn:T:Home', 'urn:T:House']])).toBe(false)
  })
})

describe('a filter (5.7.2.4)', () => {
  it('selects whatever there is where it has no members', () => {
    expect(matches(home, {})).toBe(true)
  })

  it('selects what meets "all of the following conditions"', () => {
    expect(matches(home, holding)).toBe(true)
  })

  it.each(Object.keys(failing) as (keyof EntityFilter)[])('does not select what fails its %s only', (member) => {
    expect(matches(home, { ...holding, [member]: failing[member] })).toBe(false)
    expect(matches(home, { [member]: holding[member] })).toBe(true)
  })

  it('knows the entities that Relationships lead to as far as it is told how to find them', () => {
    const owner = { ...value, type: 'Relationship', value: 'urn:x:home' } as const
    const garden: Entity = { ...home, id: 'urn:x:garden', attributes: { 'urn:A:of': [owner] } }
    const q: Query = { kind: 'term', path: { links: [{ relationship: 'urn:A:of', types: [] }], names: ['urn:A:a'] } }
    expect(matches(garden, { q }, (id) => (id === home.id ? home : undefined))).toBe(true)
    expect(matches(garden, { q })).toBe(false)
  })
})
