import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../core/model/exact-number.ts'
import { Problem } from '../core/model/problems.ts'
import { bodyValidator, parametersOf, type RawQuery } from './validate.ts'

function problemOf(action: () => unknown): { kind: string; at: string | undefined; detail: string } | undefined {
  try {
    action()
  } catch (error) {
    if (error instanceof Problem) return { kind: error.kind, at: error.at, detail: error.detail }
    throw error
  }
  return undefined
}

function refused(operationId: string, query: RawQuery) {
  return problemOf(() => parametersOf(operationId)(query))
}

function refusedBody(operationId: string, body: unknown) {
  return problemOf(() => bodyValidator(operationId)(body))
}

describe('parametersOf', () => {
  it('types what the schemas type', () => {
    const query = { type: 'ParkingSpot', id: 'urn:a:1,urn:a:2', limit: '5', offset: '0', count: 'true', local: 'false' }
    expect(parametersOf('queryEntities')(query)).toEqual({
      type: 'ParkingSpot',
      id: ['urn:a:1', 'urn:a:2'],
      limit: 5,
      offset: 0,
      count: true,
      local: false,
    })
  })

  it('gives the same frozen object wherever there is no parameter', () => {
    expect(parametersOf('queryEntities')({})).toBe(parametersOf('retrieveEntity')({}))
    expect(Object.isFrozen(parametersOf('queryEntities')({}))).toBe(true)
  })

  it('leaves commas in text that is no list', () => {
    expect(parametersOf('queryEntities')({ type: 'A,B', lang: 'fr-CH,fr;q=0.9' })).toEqual({
      type: 'A,B',
      lang: 'fr-CH,fr;q=0.9',
    })
  })

  it('joins a list that stands several times', () => {
    expect(parametersOf('queryEntities')({ pick: ['id,type', 'name'] })).toEqual({ pick: ['id', 'type', 'name'] })
  })

  it('refuses other parameters that stand several times', () => {
    expect(refused('queryEntities', { limit: ['1', '2'] })).toMatchObject({ kind: 'InvalidRequest', at: 'limit' })
  })

  it('refuses an unknown parameter and names the one that was meant', () => {
    const problem = refused('queryEntities', { tpye: 'ParkingSpot' })
    expect(problem).toMatchObject({ kind: 'InvalidRequest', at: 'tpye' })
    expect(problem?.detail).toContain("did you mean 'type'?")
  })

  it('lists what there is where nothing is near', () => {
    expect(refused('createEntity', { whatever: '1' })?.detail).toContain('it takes local')
  })

  it.each(['__proto__', 'constructor', 'toString'])('refuses %s like every unknown parameter', (name) => {
    const query = JSON.parse(`{${JSON.stringify(name)}:"1"}`)
    expect(refused('queryEntities', query)).toMatchObject({ kind: 'InvalidRequest', at: name })
  })

  it('refuses what the standard has and this version has not, by another kind', () => {
    const problem = refused('queryEntities', { entityMap: 'true' })
    expect(problem).toMatchObject({ kind: 'OperationNotSupported', at: 'entityMap' })
    expect(problem?.detail).toContain("the parameter 'entityMap' is not supported by this version of Boya")
    expect(refused('retrieveEntity', { q: 'speed>7' })).toMatchObject({ kind: 'InvalidRequest' })
  })

  it.each([
    ['queryEntities', { options: 'sysAttrs,unheardOf' }],
    ['queryEntities', { format: 'unheardOf' }],
    ['batchEntityUpsert', { options: 'noOverwrite' }],
    ['mergeEntity', { options: 'concise' }],
  ])('6.3.20: %s refuses %j as InvalidRequest', (operationId, query: RawQuery) => {
    expect(refused(operationId, query)).toMatchObject({ kind: 'InvalidRequest', at: Object.keys(query)[0] })
  })

  it.each([
    { limit: '-1' },
    { limit: '1.5' },
    { limit: '0x10' },
    { limit: '1e3' },
    { limit: 'Infinity' },
    { limit: ' 5' },
    { limit: '' },
    { offset: '9007199254740993' },
    { count: '1' },
    { count: 'TRUE' },
    { type: '' },
    { id: 'urn:a:1,,urn:a:2' },
    { id: '' },
  ])('refuses %j as BadRequestData', (query: RawQuery) => {
    expect(refused('queryEntities', query)).toMatchObject({ kind: 'BadRequestData', at: Object.keys(query)[0] })
  })

  it('says what was expected and what was found', () => {
    expect(refused('queryEntities', { limit: 'many' })?.detail).toBe('expected a whole number, found "many"')
    expect(refused('listContexts', { kind: 'hosted' })?.detail).toBe(
      'expected one of Cached, Hosted, ImplicitlyCreated, found "hosted"',
    )
    expect(refused('queryEntities', { count: 'x'.repeat(10_000) })?.detail.length).toBeLessThan(200)
  })
})

describe('bodyValidator', () => {
  const entity = { id: 'urn:ngsi-ld:ParkingSpot:1', type: 'ParkingSpot' }

  it.each([
    ['createEntity', entity],
    ['createEntity', { '@id': 'urn:ngsi-ld:ParkingSpot:1', '@type': ['ParkingSpot', 'Place'] }],
    ['replaceEntity', { type: 'ParkingSpot' }],
    ['mergeEntity', { scope: 'urn:ngsi-ld:null', count: new ExactNumber('100000000000000001') }],
    ['batchEntityMerge', [{ id: 'urn:ngsi-ld:ParkingSpot:1' }]],
    ['batchEntityDelete', ['urn:ngsi-ld:ParkingSpot:1']],
    ['partialAttributeUpdate', { value: 1 }],
    ['addContext', { '@context': [{ a: 'urn:x:a' }, 'https://example.org/c.jsonld'] }],
  ])('%s takes %j', (operationId, body) => {
    expect(refusedBody(operationId, body)).toBeUndefined()
  })

  it.each([
    ['createEntity', { type: 'ParkingSpot' }, '/id', /"id" is missing.*urn:ngsi-ld:ParkingSpot/],
    ['createEntity', { id: 'urn:a:1' }, '/type', /"type" is missing.*"ParkingSpot"/],
    [
      'createEntity',
      { ...entity, type: 5 },
      '/type',
      /expected a string or an array, found 5; for example "ParkingSpot"/,
    ],
    ['createEntity', { ...entity, type: [] }, '/type', /at least one item, found \[\]/],
    ['createEntity', { ...entity, type: ['A', null] }, '/type/1', /expected a string, found null/],
    ['createEntity', { ...entity, id: 7 }, '/id', /expected a string, found 7/],
    ['createEntity', { ...entity, id: new ExactNumber('100000000000000001') }, '/id', /found 100000000000000001/],
    ['mergeEntity', { expiresAt: 7 }, '/expiresAt', /expected a string, found 7; for example "2027/],
    ['batchEntityCreation', [], '', /at least one item, found \[\]/],
    ['batchEntityCreation', [entity, null], '/1', /expected a JSON object, found null/],
    ['batchEntityCreation', [entity, { type: 'A' }], '/1/id', /"id" is missing/],
    ['batchEntityDelete', ['urn:a:1', null], '/1', /expected a string, found null/],
  ])('%s refuses %j at %s', (operationId, body, at, detail) => {
    const problem = refusedBody(operationId, body)
    expect(problem).toMatchObject({ kind: 'BadRequestData', at })
    expect(problem?.detail).toMatch(detail)
  })

  it('leaves faults of a batch element that has an id to the element (5.6.7.4)', () => {
    expect(refusedBody('batchEntityCreation', [{ id: 'urn:a:1', type: 5 }])).toBeUndefined()
  })

  it('takes another kind of document for an invalid request, and says where it belongs', () => {
    expect(refusedBody('createEntity', [entity])).toMatchObject({ kind: 'InvalidRequest', at: '' })
    expect(refusedBody('createEntity', [entity])?.detail).toContain('/ngsi-ld/v1/entityOperations/')
    expect(refusedBody('batchEntityUpsert', entity)?.detail).toContain('put it into an array')
    expect(refusedBody('createEntity', 'text')).toMatchObject({ kind: 'InvalidRequest', at: '' })
  })

  it('checks a large body in little time', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`a${i}`, { value: i }]))
    const check = bodyValidator('createEntity')
    check(entity)
    const before = performance.now()
    check({ ...entity, ...many })
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('shows little of what was found, however large it is', () => {
    expect(
      refusedBody('createEntity', { ...entity, id: 'x'.repeat(100), type: { a: 'y'.repeat(100_000) } })?.detail.length,
    ).toBeLessThan(200)
  })
})
