import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Entity } from '../model/entity.ts'
import { parseProjectionTerms } from './parse-projection.ts'
import { createProjection, isPicked, linksOf, project, projectionOfLinked } from './projection.ts'

const LIMITS = { terms: 100, depth: 5 }
const terms = (text: string) => parseProjectionTerms(text, 'pick', (name) => name, LIMITS)

function instance(type: AttributeInstance['type'], value: AttributeInstance['value'], datasetId?: string) {
  return { type, value, createdAt: 0, modifiedAt: 0, ...(datasetId !== undefined && { datasetId }) }
}

const entity: Entity = {
  id: 'urn:a',
  types: ['T'],
  createdAt: 0,
  modifiedAt: 0,
  attributes: {
    n: [instance('Property', 'urn:not:a:link')],
    r: [instance('Relationship', 'urn:1'), instance('Relationship', ['urn:2', 'urn:3'], 'urn:d')],
    l: [instance('ListRelationship', ['urn:3', 'urn:1'])],
  },
}

describe('4.21: a projection of linked entities', () => {
  it('has in braces what is left of them; a term with braces keeps its Relationship, in pick and in omit', () => {
    const picked = createProjection(terms('n,r{a}'), undefined)
    expect(['n', 'r', 'l', 'id'].filter((member) => isPicked(picked, member))).toEqual(['n', 'r'])
    const omitted = createProjection(undefined, terms('n,r{a}'))
    expect(['n', 'r', 'l', 'id'].filter((member) => isPicked(omitted, member))).toEqual(['r', 'l', 'id'])
    expect(isPicked(projectionOfLinked(picked, 'r'), 'a')).toBe(true)
    expect(isPicked(projectionOfLinked(picked, 'r'), 'b')).toBe(false)
    expect(isPicked(projectionOfLinked(omitted, 'r'), 'a')).toBe(false)
    expect(isPicked(projectionOfLinked(omitted, 'r'), 'b')).toBe(true)
  })

  it('leaves whole what is linked by a Relationship without braces, but for the datasets', () => {
    const projection = createProjection(terms('n,r{a},l'), terms('b'), ['urn:d'])
    expect(projectionOfLinked(projection, 'l')).toEqual({ datasetIds: ['urn:d'] })
    expect(projectionOfLinked(projectionOfLinked(projection, 'l'), 'l')).toEqual({ datasetIds: ['urn:d'] })
    expect(projectionOfLinked(projection, 'r')).toMatchObject({ pick: new Set(['a']), datasetIds: ['urn:d'] })
  })

  it('is one object for each pair of braces, and one for all that is without', () => {
    const projection = createProjection(terms('r{s{a}},l'), terms('r{t{b}}'))
    const ofR = projectionOfLinked(projection, 'r')
    expect(projectionOfLinked(projection, 'r')).toBe(ofR)
    expect(projectionOfLinked(ofR, 's')).toBe(projectionOfLinked(projectionOfLinked(projection, 'r'), 's'))
    expect(projectionOfLinked(projection, 'l')).toBe(projectionOfLinked(ofR, 'u'))
  })

  it.each([
    ['n', 'n'],
    ['r{a}', 'r'],
    ['r', 'r'],
    ['n,r{a,b}', 'r{b}'],
    ['r{s{a}}', 'r{s}'],
  ])('pick=%s and omit=%s contradict each other', (pick, omit) => {
    expect(() => createProjection(terms(pick), terms(omit))).toThrow(/stands in pick and in omit/)
  })

  it.each([
    ['r', 'r{a}'],
    ['r{a}', 'r{b}'],
    ['r{s}', 'r{s{a}}'],
    ['n', 'l'],
  ])('pick=%s and omit=%s do not', (pick, omit) => {
    expect(isPicked(createProjection(terms(pick), terms(omit)), pick[0] ?? '')).toBe(true)
  })

  it('costs nothing where there is none: the entity is the same object', () => {
    expect(project(entity, createProjection(undefined, undefined))).toBe(entity)
  })
})

describe('linksOf', () => {
  const ids = (pick?: string, omit?: string, datasetIds?: readonly (string | undefined)[]) =>
    linksOf(
      entity,
      createProjection(pick === undefined ? pick : terms(pick), omit === undefined ? omit : terms(omit), datasetIds),
    ).map(({ id }) => id)

  it('are the objects of all instances of Relationships and ListRelationships, in their order', () => {
    expect(ids()).toEqual(['urn:1', 'urn:2', 'urn:3', 'urn:3', 'urn:1'])
  })

  it('are those of what the projection leaves', () => {
    expect(ids('l,n')).toEqual(['urn:3', 'urn:1'])
    expect(ids('r{l}')).toEqual(['urn:1', 'urn:2', 'urn:3'])
    expect(ids(undefined, 'r')).toEqual(['urn:3', 'urn:1'])
    expect(ids(undefined, undefined, [undefined])).toEqual(['urn:1', 'urn:3', 'urn:1'])
    expect(ids(undefined, undefined, ['urn:d'])).toEqual(['urn:2', 'urn:3'])
  })
})
