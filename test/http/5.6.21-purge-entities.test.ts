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
