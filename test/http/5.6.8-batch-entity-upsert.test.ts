import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf, problem, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const PATH = '/entityOperations/upsert'
const NULL = 'urn:ngsi-ld:null'

describe('5.6.8 Batch Entity Upsert: answers (6.15.3.1)', () => {
  it('201 with the ids of the created entities only', async () => {
    const [there, fresh] = [newId(), newId()]
    await broker.create({ id: there, type: 'Room', a: 1 })
    const { body } = await broker
      .post(
        PATH,
        [there, fresh].map((id) => ({ id, type: 'Room', a: 2 })),
      )
      .expect(201)
    expect(body).toEqual([fresh])
  })

  it('204 without a body where all entities existed already', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    for (const query of ['', '?options=replace', '?options=update']) {
      const response = await broker.post(`${PATH}${query}`, [{ id, type: 'Room', a: 2 }]).expect(204)
      expect(response.text).toBe('')
    }
  })

  it('207 with what was created or updated, and the errors with their ProblemDetails', async () => {
    const [there, fresh, wrong] = [newId(), newId(), newId()]
    await broker.create({ id: there, type: 'Room', a: 1 })
    const { body } = await broker
      .post(PATH, [
        { id: there, type: 'Room', a: 2 },
        { id: fresh, type: 'Room' },
        { id: wrong, type: 'Room', a: { type: 'Property' } },
      ])
      .expect(207)
    expect(body.success.sort()).toEqual([there, fresh].sort())
    expect(body.errors).toEqual([{ entityId: wrong, error: expect.objectContaining(problem('BadRequestData')) }])
    expect(await broker.entity(there, 'format=simplified')).toEqual({ id: there, type: 'Room', a: 2 })
  })

  it('5.5.2: InvalidRequest for a body that is no array', async () => {
    expectProblem(await broker.post(PATH, { id: 'urn:x:n', type: 'T' }), 400, 'InvalidRequest')
  })

  it.each<[string, unknown]>([
    ['an empty array', []],
    ['a null value in the array', [null]],
  ])('5.6.8.4: BadRequestData for %s', async (_, body) => {
    expectProblem(await broker.post(PATH, body), 400, 'BadRequestData')
  })

  it.each(['replace', 'update'])('options=%s: an error names the place of its element', async (mode) => {
    const elements = [{ id: newId(), type: 'Room' }, { id: newId() }]
    const { body } = await broker.post(`/entityOperations/upsert?options=${mode}`, elements).expect(207)
    expect(body.errors[0].error).toMatchObject({ at: '/1/type', status: 400 })
  })

  it('6.3.20: InvalidRequest for an option that is neither replace nor update', async () => {
    const response = await broker.post(`${PATH}?options=noOverwrite`, [{ id: newId(), type: 'T' }])
    expectProblem(response, 400, 'InvalidRequest')
  })
})

describe('5.6.8 Batch Entity Upsert: replace, which is the default', () => {
  it.each(['', '?options=replace'])(
    '5.6.8.4: the entity is completely replaced, types and scope, too (%s)',
    async (query) => {
      const id = newId()
      const a = [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }]
      await broker.create({ id, type: ['Room', 'Space'], scope: '/a', a, b: 1 })
      await broker.post(`${PATH}${query}`, [{ id, type: 'Office', a: { value: 3, datasetId: 'urn:d:2' } }]).expect(204)
      expect(await broker.entity(id)).toEqual({
        id,
        type: 'Office',
        a: { type: 'Property', value: 3, datasetId: 'urn:d:2' },
      })
    },
  )

  it('5.6.18, 4.8: createdAt of the entity remains, modifiedAt moves', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.post(PATH, [{ id, type: 'Room', a: 2 }]).expect(204)
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt: new Date(clock.now()).toISOString(),
    })
  })

  it('5.5.4: NGSI-LD Null is an error of its entity', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const { body } = await broker.post(PATH, [{ id, type: 'Room', a: NULL }]).expect(207)
    expect(body).toMatchObject({ success: [], errors: [{ entityId: id, error: problem('BadRequestData') }] })
    expect((await broker.entity(id, 'format=simplified')).a).toBe(1)
  })

  it('5.5.11.2: the first occurrence creates, later ones replace in their order', async () => {
    const id = newId()
    const entities = [
      { id, type: 'Room', a: 1 },
      { id, type: 'Room', b: 2 },
      { id, type: 'Office', c: 3 },
    ]
    const { body } = await broker.post(PATH, entities).expect(201)
    expect([...new Set(body)]).toEqual([id])
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Office', c: 3 })
  })
})

describe('5.6.8 Batch Entity Upsert: options=update (the behaviour of 5.6.2)', () => {
  const UPDATE = `${PATH}?options=update`

  it('5.6.2.4: whole Attributes are replaced or appended, others stay; datasetIds tell instances', async () => {
    const id = newId()
    const a = [
      { value: 1, unitCode: 'CEL' },
      { value: 2, datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'Room', a, b: 1 })
    await broker.post(UPDATE, [{ id, type: 'Room', a: { value: 9 }, c: 3 }]).expect(204)
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'Room',
      a: [
        { type: 'Property', value: 9 },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ],
      b: { type: 'Property', value: 1 },
      c: { type: 'Property', value: 3 },
    })
  })

  it('5.6.2.4: types are added; scope is replaced where there is one, else ignored', async () => {
    const [scoped, bare] = [newId(), newId()]
    await broker.create({ id: scoped, type: 'Room', scope: '/a' }, { id: bare, type: 'Room' })
    await broker
      .post(
        UPDATE,
        [scoped, bare].map((id) => ({ id, type: 'Office', scope: '/b' })),
      )
      .expect(204)
    expect(await broker.entity(scoped)).toMatchObject({ type: ['Room', 'Office'], scope: '/b' })
    expect(await broker.entity(bare)).not.toHaveProperty('scope')
  })

  it('5.5.8: NGSI-LD Null deletes', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: { object: 'urn:x:1' }, c: 1 })
    await broker.post(UPDATE, [{ id, type: 'Room', a: NULL, b: { type: 'Relationship', object: NULL } }]).expect(204)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', c: 1 })
  })

  it('5.6.8.4: what does not exist is created', async () => {
    const id = newId()
    const { body } = await broker.post(UPDATE, [{ id, type: 'Room', scope: '/a', a: 1 }]).expect(201)
    expect(body).toEqual([id])
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', scope: '/a', a: 1 })
  })

  it('5.6.8.4: NGSI-LD Null is an error of its entity where that is to be created "executing the behaviour defined by clause 5.6.1"', async () => {
    const id = newId()
    const elements = [
      { id: newId(), type: 'Room' },
      { id, type: 'Room', a: NULL, b: 1 },
    ]
    const { body } = await broker.post(UPDATE, elements).expect(207)
    expect(body.errors[0].error.at).toBe('/1')
    expect(body).toMatchObject({ success: [elements[0]?.id], errors: [{ entityId: id, error: { status: 400 } }] })
    await broker.get(pathOf(id)).expect(404)
  })

  it('5.5.11.2: the first occurrence creates, later ones update in their order', async () => {
    const id = newId()
    const entities = [
      { id, type: 'Room', a: 1, b: 1 },
      { id, type: 'Office', a: 2 },
      { id, type: 'Room', a: 3, c: NULL },
    ]
    await broker.post(UPDATE, entities)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: ['Room', 'Office'], a: 3, b: 1 })
  })

  it('4.8: createdAt of entity and Attribute remain', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.post(UPDATE, [{ id, type: 'Room', a: 2 }]).expect(204)
    const modifiedAt = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt,
      a: { createdAt: before, modifiedAt },
    })
  })
})
