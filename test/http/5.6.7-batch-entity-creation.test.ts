import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, LD, newId, pathOf, problem, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({ MAX_BATCH: '20' }, clock)
const PATH = '/entityOperations/create'

describe('5.6.7 Batch Entity Creation', () => {
  it('6.14.3.1: 201 with an array of the ids where all were created', async () => {
    const ids = [newId(), newId(), newId()]
    const response = await broker
      .post(
        PATH,
        ids.map((id, a) => ({ id, type: 'Room', a })),
      )
      .expect(201)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.body.sort()).toEqual([...ids].sort())
    for (const [a, id] of ids.entries()) {
      expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a })
    }
  })

  it('6.14.3.1: 207 with a BatchOperationResult where some could not be created; the others are there', async () => {
    const [there, fresh, wrong] = [newId(), newId(), newId()]
    await broker.create({ id: there, type: 'Room', a: 1 })
    const response = await broker
      .post(PATH, [
        { id: there, type: 'Room', a: 2 },
        { id: fresh, type: 'Room', a: 2 },
        { id: wrong, type: 'Room', a: { type: 'Relationship', object: 'no uri' } },
      ])
      .expect(207)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.headers.link).toBeUndefined()
    expect(response.body.success).toEqual([fresh])
    expect(response.body.errors).toHaveLength(2)
    expect(response.body.errors).toEqual(
      expect.arrayContaining([
        { entityId: there, error: expect.objectContaining(problem('AlreadyExists')) },
        { entityId: wrong, error: expect.objectContaining(problem('BadRequestData')) },
      ]),
    )
    expect(await broker.entity(there, 'format=simplified')).toEqual({ id: there, type: 'Room', a: 1 })
    expect(await broker.entity(fresh, 'format=simplified')).toEqual({ id: fresh, type: 'Room', a: 2 })
    expectProblem(await broker.get(pathOf(wrong)), 404, 'ResourceNotFound')
  })

  it('5.2.16: success is an empty array where none was created', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    const { body } = await broker.post(PATH, [{ id, type: 'Room' }]).expect(207)
    expect(body).toMatchObject({ success: [], errors: [{ entityId: id, error: { status: 409 } }] })
  })

  it('5.5.11.1: the first occurrence of an entity creates it, each later one is an error', async () => {
    const id = newId()
    const { body } = await broker
      .post(
        PATH,
        [1, 2, 3].map((a) => ({ id, type: 'Room', a })),
      )
      .expect(207)
    expect(body.success).toEqual([id])
    expect(
      body.errors.map((error: { entityId: string; error: { type: string } }) => [error.entityId, error.error.type]),
    ).toEqual(Array(2).fill([id, problem('AlreadyExists').type]))
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1 })
  })

  it('5.5.11.0: all entities and Attributes of a batch get the same modifiedAt', async () => {
    const ids = [newId(), newId()]
    await broker
      .post(
        PATH,
        ids.map((id) => ({ id, type: 'Room', a: 1 })),
      )
      .expect(201)
    const now = new Date(clock.now()).toISOString()
    for (const id of ids) {
      expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({ modifiedAt: now, a: { modifiedAt: now } })
    }
  })

  it('4.5.5: datasetIds, types and scopes are as in a creation by itself', async () => {
    const id = newId()
    const a = [
      { type: 'Property', value: 1 },
      { type: 'Property', value: 2, datasetId: 'urn:d:1' },
    ]
    await broker.post(PATH, [{ id, type: ['Room', 'Space'], scope: ['/a', '/b'], a }]).expect(201)
    expect(await broker.entity(id)).toEqual({ id, type: ['Room', 'Space'], scope: ['/a', '/b'], a })
  })

  it('6.3.5: in application/ld+json each entity has its own @context', async () => {
    const [one, two] = [newId(), newId()]
    const context = [{ Room: 'https://example.org/Room' }, CORE]
    await broker
      .post(
        PATH,
        [
          { id: one, type: 'Room', '@context': context },
          { id: two, type: 'Room', '@context': CORE },
        ],
        LD,
      )
      .expect(201)
    expect((await broker.entity(one)).type).toBe('https://example.org/Room')
    expect((await broker.entity(two)).type).toBe('Room')
  })

  it('5.5.2: InvalidRequest for a body that is no array', async () => {
    expectProblem(await broker.post(PATH, { id: 'urn:x:n', type: 'T' }), 400, 'InvalidRequest')
  })

  it.each<[string, unknown]>([
    ['an empty array', []],
    ['a null value in the array', [{ id: 'urn:x:n', type: 'T' }, null]],
    ['a string in the array', ['urn:x:n']],
    ['more elements than the limit', Array.from({ length: 21 }, (_, i) => ({ id: `urn:x:n${i}`, type: 'T' }))],
  ])('5.6.7.4: BadRequestData for %s', async (_, body) => {
    expectProblem(await broker.post(PATH, body), 400, 'BadRequestData')
    expectProblem(await broker.get(pathOf('urn:x:n')), 404, 'ResourceNotFound')
  })

  it('5.5.4: InvalidRequest for what is no JSON', async () => {
    expectProblem(await broker.post(PATH, '[{"id":'), 400, 'InvalidRequest')
  })

  it('5.5.4: NGSI-LD Null is an error of its entity', async () => {
    const [good, bad] = [newId(), newId()]
    const { body } = await broker
      .post(PATH, [
        { id: good, type: 'Room' },
        { id: bad, type: 'Room', a: 'urn:ngsi-ld:null' },
      ])
      .expect(207)
    expect(body).toMatchObject({ success: [good], errors: [{ entityId: bad, error: problem('BadRequestData') }] })
  })
})
