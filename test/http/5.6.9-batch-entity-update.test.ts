import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, problem, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const PATH = '/entityOperations/update'

describe('5.6.9 Batch Entity Update (the behaviour of 5.6.3 for each entity)', () => {
  it('6.16.3.1: 204 without a body where all were updated; Attributes are overwritten whole, others stay', async () => {
    const ids = [newId(), newId()]
    for (const id of ids) await broker.create({ id, type: 'Room', a: { value: 1, unitCode: 'CEL' }, b: 1 })
    const response = await broker
      .post(
        PATH,
        ids.map((id) => ({ id, type: 'Room', a: 2, c: 3 })),
      )
      .expect(204)
    expect(response.text).toBe('')
    for (const id of ids) {
      expect(await broker.entity(id)).toEqual({
        id,
        type: 'Room',
        a: { type: 'Property', value: 2 },
        b: { type: 'Property', value: 1 },
        c: { type: 'Property', value: 3 },
      })
    }
  })

  it('6.16.3.1: 207 where some do not exist or are wrong; the others are updated', async () => {
    const [there, missing, wrong] = [newId(), newId(), newId()]
    await broker.create({ id: there, type: 'Room', a: 1 }, { id: wrong, type: 'Room', a: 1 })
    const { body } = await broker
      .post(PATH, [
        { id: missing, type: 'Room', a: 2 },
        { id: there, type: 'Room', a: 2 },
        { id: wrong, type: 'Room', a: { type: 'Property' } },
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
    expect(await broker.entity(there, 'format=simplified')).toEqual({ id: there, type: 'Room', a: 2 })
    expect(await broker.entity(wrong, 'format=simplified')).toEqual({ id: wrong, type: 'Room', a: 1 })
  })

  it('4.5.5, 4.16, 4.18: instances by datasetId; types are added; the scope becomes the new one', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: '/a', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }] })
    await broker.post(PATH, [{ id, type: 'Office', scope: '/b', a: { value: 9, datasetId: 'urn:d:1' } }]).expect(204)
    expect(await broker.entity(id, 'format=simplified')).toEqual({
      id,
      type: ['Room', 'Office'],
      scope: '/b',
      a: { dataset: { '@none': 1, 'urn:d:1': 9 } },
    })
  })

  it('5.5.11.3: later occurrences of an entity update it after the earlier ones', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 0 })
    await broker
      .post(
        PATH,
        [1, 2, 3].map((a) => ({ id, type: 'Room', a, [`b${a}`]: a })),
      )
      .expect(204)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 3, b1: 1, b2: 2, b3: 3 })
  })

  it('4.8: createdAt remains, modifiedAt is the same for all', async () => {
    const ids = [newId(), newId()]
    for (const id of ids) await broker.create({ id, type: 'Room', a: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker
      .post(
        PATH,
        ids.map((id) => ({ id, type: 'Room', a: 2 })),
      )
      .expect(204)
    const modifiedAt = new Date(clock.now()).toISOString()
    for (const id of ids) {
      const a = { createdAt: before, modifiedAt }
      expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({ createdAt: before, modifiedAt, a })
    }
  })

  it('5.5.4: NGSI-LD Null is an error of its entity', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const { body } = await broker.post(PATH, [{ id, type: 'Room', a: 'urn:ngsi-ld:null' }]).expect(207)
    expect(body).toMatchObject({ success: [], errors: [{ entityId: id, error: problem('BadRequestData') }] })
    expect((await broker.entity(id, 'format=simplified')).a).toBe(1)
  })

  it('5.5.2: InvalidRequest for a body that is no array', async () => {
    expectProblem(await broker.post(PATH, { id: 'urn:x:n', type: 'T' }), 400, 'InvalidRequest')
  })

  it.each<[string, unknown]>([
    ['an empty array', []],
    ['a null value in the array', [null]],
  ])('5.6.9.4: BadRequestData for %s', async (_, body) => {
    expectProblem(await broker.post(PATH, body), 400, 'BadRequestData')
  })
})

describe('5.6.9 Batch Entity Update: options=noOverwrite', () => {
  it('5.6.3.4: what is there is left untouched, the rest is appended; the entity was updated', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: '/a', a: 1 })
    const entity = { id, type: 'Office', scope: ['/a', '/b'], a: 2, b: 3 }
    const { status } = await broker.post(`${PATH}?options=noOverwrite`, [entity])
    expect([204, 207]).toContain(status)
    expect(await broker.entity(id, 'format=simplified')).toEqual({
      id,
      type: ['Room', 'Office'],
      scope: ['/a', '/b'],
      a: 1,
      b: 3,
    })
  })

  it('5.6.9.4: an entity of which nothing was appended is an error, and stays as it was', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const { body } = await broker.post(`${PATH}?options=noOverwrite`, [{ id, type: 'Room', a: 2 }]).expect(207)
    expect(body).toMatchObject({ success: [], errors: [{ entityId: id }] })
    expect((await broker.entity(id, 'format=simplified')).a).toBe(1)
  })

  it('6.3.20: InvalidRequest for another option', async () => {
    const response = await broker.post(`${PATH}?options=update`, [{ id: newId(), type: 'Room', a: 1 }])
    expectProblem(response, 400, 'InvalidRequest')
  })
})
