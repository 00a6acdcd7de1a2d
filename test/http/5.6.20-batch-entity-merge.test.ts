import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, problem, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const PATH = '/entityOperations/merge'
const NULL = 'urn:ngsi-ld:null'

describe('5.6.20 Batch Entity Merge (the behaviour of 5.6.17 for each entity)', () => {
  it('6.31.3.1: 204 without a body where all were merged, into values and sub-attributes', async () => {
    const ids = [newId(), newId()]
    const a = { value: { x: 1, y: 2, z: 3 }, unitCode: 'CEL', sub: 1 }
    for (const id of ids) await broker.create({ id, type: 'Room', a, b: 1, c: 1 })
    const response = await broker
      .post(
        PATH,
        ids.map((id) => ({ id, type: 'Room', a: { value: { x: 9, y: NULL } }, b: NULL })),
      )
      .expect(204)
    expect(response.text).toBe('')
    for (const id of ids) {
      expect(await broker.entity(id)).toEqual({
        id,
        type: 'Room',
        a: { type: 'Property', value: { x: 9, z: 3 }, unitCode: 'CEL', sub: { type: 'Property', value: 1 } },
        c: { type: 'Property', value: 1 },
      })
    }
  })

  it('6.31.3.1: 207 where some do not exist, or would change the type of an Attribute', async () => {
    const [there, missing, wrong] = [newId(), newId(), newId()]
    await broker.create({ id: there, type: 'Room', a: 1 }, { id: wrong, type: 'Room', a: 1 })
    const { body } = await broker
      .post(PATH, [
        { id: missing, type: 'Room', a: 2 },
        { id: there, type: 'Room', a: 2 },
        { id: wrong, type: 'Room', a: { type: 'Relationship', object: 'urn:x:1' } },
      ])
      .expect(207)
    expect(body.success).toEqual([there])
    expect(body.errors).toHaveLength(2)
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { entityId: missing, error: expect.objectContaining(problem('ResourceNotFound')) },
        { entityId: wrong, error: expect.objectContaining(problem('BadRequestData')) },
      ]),
    )
    expect((await broker.entity(there, 'format=simplified')).a).toBe(2)
    expect((await broker.entity(wrong, 'format=simplified')).a).toBe(1)
  })

  it('5.5.12: instances by datasetId; types are added; the scope becomes the new one', async () => {
    const id = newId()
    const a = [
      { value: 1, unitCode: 'CEL' },
      { value: 2, datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'Room', scope: '/a', a })
    const sent = [{ value: 8 }, { value: NULL, datasetId: 'urn:d:1' }, { value: 9, datasetId: 'urn:d:2' }]
    await broker.post(PATH, [{ id, type: 'Office', scope: ['/b', '/c'], a: sent }]).expect(204)
    expect(await broker.entity(id)).toEqual({
      id,
      type: ['Room', 'Office'],
      scope: ['/b', '/c'],
      a: [
        { type: 'Property', value: 8, unitCode: 'CEL' },
        { type: 'Property', value: 9, datasetId: 'urn:d:2' },
      ],
    })
  })

  it('5.5.11.5: later occurrences of an entity are merged after the earlier ones', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: { x: 0 } } })
    const values = [{ x: 1 }, { y: 2 }, { x: NULL, z: 3 }]
    await broker
      .post(
        PATH,
        values.map((value) => ({ id, type: 'Room', a: { value } })),
      )
      .expect(204)
    expect((await broker.entity(id, 'format=simplified')).a).toEqual({ y: 2, z: 3 })
  })

  it('4.8: createdAt remains, modifiedAt moves', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.post(PATH, [{ id, type: 'Room', a: 2 }]).expect(204)
    const modifiedAt = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt,
      a: { createdAt: before, modifiedAt },
      b: { createdAt: before, modifiedAt: before },
    })
  })

  it('5.5.2: InvalidRequest for a body that is no array', async () => {
    expectProblem(await broker.post(PATH, { id: 'urn:x:n', type: 'T' }), 400, 'InvalidRequest')
  })

  it.each<[string, unknown]>([
    ['an empty array', []],
    ['a null value in the array', [null]],
  ])('5.6.20.4: BadRequestData for %s', async (_, body) => {
    expectProblem(await broker.post(PATH, body), 400, 'BadRequestData')
  })
})
