import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

async function appended(id: string, fragment: Document, query = ''): Promise<Document> {
  await broker.post(`${pathOf(id)}/attrs${query}`, fragment).expect(204)
  return broker.entity(id)
}

describe('5.6.3 Append Attributes: with overwrite', () => {
  it('5.6.3.4: what is not there is appended, what is there is replaced whole', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 1, unitCode: 'CEL', sub: 1 }, b: 1 })
    expect(await appended(id, { a: { value: 2 }, c: 3 })).toEqual({
      id,
      type: 'Room',
      a: { type: 'Property', value: 2 },
      b: { type: 'Property', value: 1 },
      c: { type: 'Property', value: 3 },
    })
  })

  it.each([
    ['the same datasetId is replaced', { value: 9, datasetId: 'urn:d:1' }, [1, 9]],
    ['another datasetId is appended', { value: 9, datasetId: 'urn:d:2' }, [1, 2, 9]],
    ['no datasetId replaces the default instance', { value: 9 }, [9, 2]],
  ])('5.6.3.4: %s', async (_, fragment, values) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }] })
    const { a } = await appended(id, { a: fragment })
    expect((a as { value: number }[]).map(({ value }) => value).sort()).toEqual([...values].sort())
  })

  it('5.6.3.4: a default instance is appended where only others are', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 2, datasetId: 'urn:d:1' } })
    expect((await appended(id, { a: 1 }, '?options=noOverwrite')).a).toEqual(
      expect.arrayContaining([
        { type: 'Property', value: 1 },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ]),
    )
  })

  it('4.8: createdAt of what is replaced remains', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(5000)
    await appended(id, { a: 2, c: 3 })
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt: after,
      a: { createdAt: before, modifiedAt: after },
      c: { createdAt: after, modifiedAt: after },
    })
  })

  it('5.6.3.4: the scope becomes that of the fragment', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: ['/a', '/b'] })
    expect((await appended(id, { scope: '/c' })).scope).toBe('/c')
    const other = newId()
    await broker.create({ id: other, type: 'Room' })
    expect((await appended(other, { scope: ['/c', '/d'] })).scope).toEqual(['/c', '/d'])
  })

  it('5.6.3.4: Entity Type names that are not there yet are added', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    expect(new Set((await appended(id, { type: ['Room', 'Office'] })).type as string[])).toEqual(
      new Set(['Room', 'Office']),
    )
  })
})

describe('5.6.3 Append Attributes: options=noOverwrite', () => {
  it('6.6.3.1: what is there is left untouched and reported: 207 with an UpdateResult in Fully Qualified Names', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const response = await broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, { a: 2, b: 3 }).expect(207)
    expect(response.body).toEqual({
      updated: [iri('b')],
      notUpdated: [{ attributeName: iri('a'), reason: expect.stringMatching(/./) }],
    })
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.headers.link).toBeUndefined()
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1, b: 3 })
  })

  it('6.6.3.1: updated is empty where nothing was appended, and modifiedAt does not move', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const before = await broker.entity(id, 'options=sysAttrs')
    clock.advance(1000)
    const response = await broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, { a: 2 }).expect(207)
    expect(response.body).toMatchObject({ updated: [], notUpdated: [{ attributeName: iri('a') }] })
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual(before)
  })

  it('5.6.3.4: an instance with the same datasetId is left untouched, others are appended', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }] })
    const fragment = {
      a: [
        { value: 8, datasetId: 'urn:d:1' },
        { value: 9, datasetId: 'urn:d:2' },
      ],
    }
    await broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, fragment).expect(207)
    expect((await broker.entity(id, 'format=simplified')).a).toEqual({
      dataset: { '@none': 1, 'urn:d:1': 2, 'urn:d:2': 9 },
    })
  })

  it('5.6.3.4: scopes that are not part of the entity’s scope are appended', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: '/a' })
    expect((await appended(id, { scope: ['/a', '/b'] }, '?options=noOverwrite')).scope).toEqual(['/a', '/b'])
  })

  it('4.8: modifiedAt does not move where the scopes and types are there already', async () => {
    const id = newId()
    await broker.create({ id, type: ['Room', 'Office'], scope: ['/a', '/b'] })
    const before = await broker.entity(id, 'options=sysAttrs')
    clock.advance(1000)
    await broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, { type: 'Office', scope: '/b' }).expect(204)
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual(before)
  })

  it('5.6.3.4: types are added, too', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    expect((await appended(id, { type: 'Office' }, '?options=noOverwrite')).type).toEqual(
      expect.arrayContaining(['Room', 'Office']),
    )
  })
})

describe('5.6.3 Append Attributes: what is refused', () => {
  it.each([
    'urn:ngsi-ld:null',
    { type: 'Property', value: 'urn:ngsi-ld:null' },
    { object: 'urn:ngsi-ld:null' },
    { languageMap: { '@none': 'urn:ngsi-ld:null' } },
    { value: { x: 'urn:ngsi-ld:null' } },
    { valueList: ['urn:ngsi-ld:null'] },
  ])('5.5.4: NGSI-LD Null is BadRequestData here: %j', async (a) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.post(`${pathOf(id)}/attrs`, { a }), 400, 'BadRequestData')
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1 })
  })

  it('5.6.3.4: BadRequestData for an id that is no URI, ResourceNotFound for one that nobody has', async () => {
    expectProblem(await broker.post('/entities/no-uri/attrs', { a: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.post(`${pathOf(newId())}/attrs`, { a: 1 }), 404, 'ResourceNotFound')
  })

  it('4.17: 404 where the type parameter does not match', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.post(`${pathOf(id)}/attrs?type=Car`, { a: 2 }), 404, 'ResourceNotFound')
    await broker.post(`${pathOf(id)}/attrs?type=Room`, { a: 2 }).expect(204)
  })

  it('6.3.20: InvalidRequest for an option that the operation does not have', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    for (const query of ['options=overwrite', 'options=sysAttrs', 'noOverwrite=true']) {
      expectProblem(await broker.post(`${pathOf(id)}/attrs?${query}`, { a: 1 }), 400, 'InvalidRequest')
    }
  })
})
