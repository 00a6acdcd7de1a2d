import { beforeEach, describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, iri, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

const room1 = { id: 'urn:x:room1', type: 'Room', a: 1, b: 1 }
const room2 = { id: 'urn:x:room2', type: ['Room', 'Office'], b: 2, c: 2 }
const car = { id: 'urn:x:car', type: 'Car', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }], d: 1 }

beforeEach(async () => {
  await broker.delete('/entities?local=true').expect(204)
  await broker.create(room1, room2, car)
})

async function left(): Promise<unknown[]> {
  const { body } = await broker.get('/entities?local=true&pick=id&limit=100').expect(200)
  return body.map(({ id }: { id: string }) => id).sort()
}

async function simplified(): Promise<unknown> {
  return (await broker.get('/entities?local=true&format=simplified')).body
}

describe('5.6.21 Purge Entities: which entities', () => {
  it('6.4.3.3: 204 without a body; local=true alone takes all', async () => {
    const response = await broker.delete('/entities?local=true').expect(204)
    expect(response.text).toBe('')
    expect(await left()).toEqual([])
  })

  it('Table 6.4.3.3-1: type=* takes all, local is then implicitly true', async () => {
    await broker.delete('/entities?type=*').expect(204)
    expect(await left()).toEqual([])
    expectProblem(await broker.delete('/entities?type=*&local=false'), 400, 'BadRequestData')
  })

  it.each([
    ['type=Room', ['urn:x:car']],
    ['type=Office,Car', ['urn:x:room1']],
    ['type=(Room;Office)', ['urn:x:car', 'urn:x:room1']],
    [`type=${encodeURIComponent(iri('Car'))}`, ['urn:x:room1', 'urn:x:room2']],
    ['type=Bike', ['urn:x:car', 'urn:x:room1', 'urn:x:room2']],
    ['type=Room&id=urn:x:room1,urn:x:car', ['urn:x:car', 'urn:x:room2']],
    ['attrs=c', ['urn:x:car', 'urn:x:room1']],
    ['id=urn:x:room1,urn:x:nobody&local=true', ['urn:x:car', 'urn:x:room2']],
  ])('5.6.21.4: %s', async (query, expected) => {
    await broker.delete(`/entities?${query}`).expect(204)
    expect(await left()).toEqual(expected)
  })
})

describe('5.6.21 Purge Entities: which Attributes', () => {
  it('5.6.21.4: drop deletes the given Attributes, all their instances, and no entity', async () => {
    await broker.delete('/entities?type=Room,Car&drop=a,c').expect(204)
    expect(await simplified()).toEqual([
      { id: room1.id, type: 'Room', b: 1 },
      { id: room2.id, type: ['Room', 'Office'], b: 2 },
      { id: car.id, type: 'Car', d: 1 },
    ])
  })

  it('5.6.21.4: keep deletes "all but the given set of Attributes"', async () => {
    await broker.delete('/entities?type=Room&keep=b').expect(204)
    expect(await simplified()).toEqual([
      { id: room1.id, type: 'Room', b: 1 },
      { id: room2.id, type: ['Room', 'Office'], b: 2 },
      { id: car.id, type: 'Car', a: { dataset: { '@none': 1, 'urn:d:1': 2 } }, d: 1 },
    ])
  })

  it('4.8: modifiedAt moves of the entities that lost something, and of them only', async () => {
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.delete('/entities?type=Room&drop=a').expect(204)
    const now = new Date(clock.now()).toISOString()
    expect(await broker.entity(room1.id, 'options=sysAttrs')).toMatchObject({ createdAt: before, modifiedAt: now })
    expect(await broker.entity(room2.id, 'options=sysAttrs')).toMatchObject({ createdAt: before, modifiedAt: before })
  })
})

describe('5.6.21 Purge Entities: what is refused', () => {
  it.each([
    '',
    '?id=urn:x:room1',
    '?local=false',
    '?id=no-uri&type=Room',
    '?type=Room&drop=a%7Bb%7D',
    '?type=Room&drop=a-b',
    '?type=Room;Car',
  ])('5.6.21.4: BadRequestData for %s', async (query) => {
    expectProblem(await broker.delete(`/entities${query}`), 400, 'BadRequestData')
    expect(await left()).toHaveLength(3)
  })

  it('5.6.21.3: keep and drop together say nothing sensible', async () => {
    expectProblem(await broker.delete('/entities?type=Room&drop=a&keep=b'), 400, 'BadRequestData')
  })

  it('6.3.20: InvalidRequest for parameters of other operations', async () => {
    for (const query of ['type=Room&pick=a', 'type=Room&limit=1', 'type=Room&nonsense=1']) {
      expectProblem(await broker.delete(`/entities?${query}`), 400, 'InvalidRequest')
    }
    expect(await left()).toHaveLength(3)
  })
})

describe('5.6.21 Purge Entities: by the query languages', () => {
  const town = (n: number, more: object = {}) => ({
    id: `urn:x:town${n}`,
    type: 'Town',
    scope: `/Land/R${n % 2}`,
    people: { value: n * 100 },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [n, 0] } },
    ...more,
  })
  beforeEach(async () => {
    await broker.delete('/entities?local=true').expect(204)
    await broker.create(town(1), town(2), town(3), town(4, { twin: { object: 'urn:x:town1' } }))
  })
  const near = (x: number) => `georel=near;maxDistance==1000&geometry=Point&coordinates=[${x},0]`

  it.each([
    ['q=people>200', [1, 2]],
    ['q=people==100..200|twin', [3]],
    ['type=Town&q=modifiedAt>2020-01-01T00:00:00Z', []],
    ['local=true&q=createdAt<2020-01-01T00:00:00Z', [1, 2, 3, 4]],
    ['type=Town&scopeQ=/Land/R1', [2, 4]],
    ['local=true&scopeQ=/Land/%23', []],
    [near(3), [1, 2, 4]],
    [`${near(3)}&q=people<0`, [1, 2, 3, 4]],
    ['type=Town&idPattern=[12]$', [3, 4]],
    ['local=true&idPattern=^urn:x:town4', [1, 2, 3]],
    ['type=Town&q=people>0&csf=owner=="city"', []],
  ])('5.6.21.4: %s leaves %j', async (query, expected) => {
    await broker.delete(`/entities?${query.replaceAll(';', '%3B')}`).expect(204)
    expect(await left()).toEqual(expected.map((n) => `urn:x:town${n}`))
  })

  it('drops and keeps Attributes of those that a query selects', async () => {
    await broker.delete('/entities?q=people>200&drop=people').expect(204)
    const { body } = await broker.get('/entities?type=Town&q=people&format=simplified&pick=people').expect(200)
    expect(body).toEqual([{ people: 100 }, { people: 200 }])
  })

  it('takes all of thousands in steps, and nothing else', async () => {
    const many = Array.from({ length: 1_300 }, (_, i) => ({ id: `urn:x:many${i}`, type: 'Many', n: { value: i % 2 } }))
    await broker.post('/entityOperations/create', many).expect(201)
    await broker.delete('/entities?type=Many&q=n==1').expect(204)
    const counted = await broker.get('/entities?type=Many&limit=0&count=true')
    expect(counted.headers['ngsild-results-count']).toBe('650')
    expect(await left()).toHaveLength(100)
  })

  it.each([
    ['q=twin{people}>0&type=Town', 'q'],
    ['q=modifiedAt>2020-01-01T00:00:00Z', undefined],
    ['idPattern=^urn', undefined],
    ['scopeQ=/Land', undefined],
    ['type=Town&q=people>', 'q'],
    ['type=Town&csf=))', 'csf'],
    ['type=Town&idPattern=[', 'idPattern'],
    ['type=Town&georel=within', 'geometry'],
    ['type=Town&drop=twin{people}', 'drop'],
  ])('refuses %s, and deletes nothing', async (query, at) => {
    const answer = await broker.delete(`/entities?${query}`)
    expectProblem(answer, 400, 'BadRequestData')
    expect(answer.body.at).toBe(at)
    expect(await left()).toHaveLength(4)
  })
})
