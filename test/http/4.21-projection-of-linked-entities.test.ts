import { beforeAll, describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, iri, pathOf } from './client.ts'

const broker = brokerForFile()

const country = {
  id: 'urn:ngsi-ld:Country:Spain',
  type: 'Country',
  name: { type: 'Property', value: 'Spain' },
  population: { type: 'Property', value: 47_000_000 },
}
const city = {
  id: 'urn:ngsi-ld:City:Santander',
  type: 'City',
  scope: '/Cantabria',
  name: { type: 'Property', value: 'Santander' },
  population: { type: 'Property', value: 172_000 },
  isIn: { type: 'Relationship', object: country.id },
}
const house = {
  id: 'urn:ngsi-ld:House:1',
  type: 'House',
  name: { type: 'Property', value: 'Botín' },
  population: { type: 'Property', value: 0 },
  isIn: { type: 'Relationship', object: city.id },
  near: { type: 'Relationship', object: city.id },
}
beforeAll(() => broker.create(house, city, country))

/** With `pick` or `omit`, two levels deep. */
async function shown(join: string, projection: Record<string, string>): Promise<unknown> {
  const parameters = new URLSearchParams({ join, joinLevel: '2', format: 'simplified', ...projection })
  const retrieved = await broker.get(`${pathOf(house.id)}?${parameters}`)
  expect(retrieved.status, retrieved.text).toBe(200)
  const queried = await broker.get(`/entities?type=House&${parameters}`).expect(200)
  expect(queried.body).toEqual(join === 'flat' ? retrieved.body : [retrieved.body])
  return retrieved.body
}

const wholeCountry = { id: country.id, type: 'Country', name: 'Spain', population: 47_000_000 }
const wholeCity = { id: city.id, type: 'City', scope: '/Cantabria', name: 'Santander', population: 172_000 }

describe('4.21 pick', () => {
  it.each<[string, unknown]>([
    ['id,isIn{id,name}', { id: house.id, isIn: { id: city.id, name: 'Santander' } }],
    ['id|isIn{id|name}', { id: house.id, isIn: { id: city.id, name: 'Santander' } }],
    [`isIn{${iri('name')}}`, { isIn: { name: 'Santander' } }],
    ['isIn{type,scope,isIn{name}}', { isIn: { type: 'City', scope: '/Cantabria', isIn: { name: 'Spain' } } }],
    ['isIn{isIn}', { isIn: { isIn: wholeCountry } }],
    ['name,isIn', { name: 'Botín', isIn: { ...wholeCity, isIn: wholeCountry } }],
    ['name', { name: 'Botín' }],
    ['name{id},population', { name: 'Botín', population: 0 }],
    ['isIn{name},near{population}', { isIn: { name: 'Santander' }, near: { population: 172_000 } }],
    ['isIn{name},near{isIn{name}}', { isIn: { name: 'Santander' }, near: { isIn: { name: 'Spain' } } }],
    ['id,isIn{nobody}', { id: house.id, isIn: city.id }],
  ])('%s inline leaves %j', async (pick, expected) => {
    expect(await shown('inline', { pick })).toEqual(expected)
  })

  it.each<[string, readonly unknown[]]>([
    [
      'id,isIn{id,name}',
      [
        { id: house.id, isIn: city.id },
        { id: city.id, name: 'Santander' },
      ],
    ],
    ['isIn{isIn{name}}', [{ isIn: city.id }, { isIn: country.id }, { name: 'Spain' }]],
    ['isIn', [{ isIn: city.id }, { ...wholeCity, isIn: country.id }, wholeCountry]],
    ['isIn{name},near{population}', [{ isIn: city.id, near: city.id }, { name: 'Santander' }]],
    ['id,isIn{nobody}', [{ id: house.id, isIn: city.id }]],
  ])('%s flat leaves %j', async (pick, expected) => {
    expect(await shown('flat', { pick })).toEqual(expected)
  })
})

describe('4.21 omit', () => {
  const { id, name, population } = { id: house.id, name: 'Botín', population: 0 }

  it.each<[string, unknown]>([
    ['type,near,isIn{name,isIn}', { id, name, population, isIn: { ...wholeCity, name: undefined } }],
    [
      'type,near,isIn{isIn{id,name,type}}',
      { id, name, population, isIn: { ...wholeCity, isIn: { population: 47e6 } } },
    ],
    ['near,isIn', { id, type: 'House', name, population }],
    ['name,near', { id, type: 'House', population, isIn: { ...wholeCity, isIn: wholeCountry } }],
  ])('%s inline', async (omit, expected) => {
    expect(await shown('inline', { omit })).toEqual(JSON.parse(JSON.stringify(expected)))
  })

  it('is flat as it is inline', async () => {
    expect(await shown('flat', { omit: 'type,near,isIn{name,scope,isIn{type}}' })).toEqual([
      { id, name, population, isIn: city.id },
      { id: city.id, type: 'City', population: 172_000, isIn: country.id },
      { id: country.id, name: 'Spain', population: 47_000_000 },
    ])
  })

  it('leaves out of what pick leaves', async () => {
    expect(await shown('inline', { pick: 'id,isIn', omit: 'isIn{isIn,scope,population}' })).toEqual({
      id,
      isIn: { id: city.id, type: 'City', name: 'Santander' },
    })
  })
})

describe('5.7.1.4, 5.7.2.4: BadRequestData', () => {
  it.each([
    ['without join', 'pick=isIn{name}', /add join=inline or join=flat/],
    ['with join=@none', 'join=@none&omit=isIn{name}', /add join=inline or join=flat/],
    ['beyond the joinLevel of 1', 'join=flat&pick=isIn{isIn{name}}', /follow 2 Relationships, joinLevel is 1/],
    ['beyond the joinLevel', 'join=inline&joinLevel=2&omit=a{b{c{d}}}', /follow 3 Relationships, joinLevel is 2/],
    [
      'beyond a joinLevel that is itself too high',
      'join=flat&joinLevel=7&pick=a{b{c{d{e{f{g{h{i}}}}}}}}',
      /joinLevel is 7/,
    ],
    [
      'for a contradiction in braces',
      'join=flat&pick=isIn{name,id}&omit=isIn{name}',
      /name stands in pick and in omit/,
    ],
    ['for braces that are not closed', 'join=flat&pick=isIn{name', /character 10/],
  ])('%s: %s', async (_, query, detail) => {
    const sent = query.replaceAll('{', '%7B').replaceAll('}', '%7D')
    expectProblem(await broker.get(`${pathOf(house.id)}?${sent}`), 400, 'BadRequestData', detail)
    expectProblem(await broker.get(`/entities?type=House&${sent}`), 400, 'BadRequestData', detail)
  })

  it('points into the body of a query by POST', async () => {
    const asked = { type: 'Query', entities: [{ type: 'House' }], pick: ['id', 'isIn{name}'] }
    const response = await broker.post('/entityOperations/query', asked)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe('/pick')
  })
})
