import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, LD, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

describe('5.6.18 Replace Entity', () => {
  it('6.5.3.3: 204 without a body; all of the entity is what was sent, types and scope, too', async () => {
    const id = newId()
    await broker.create({ id, type: ['Room', 'Space'], scope: '/a', expiresAt: '2099-01-01T00:00:00Z', a: 1, b: 2 })
    const response = await broker.put(pathOf(id), { id, type: 'Office', b: { value: 3, unitCode: 'CEL' } }).expect(204)
    expect(response.text).toBe('')
    expect(await broker.entity(id, 'options=sysAttrs')).not.toHaveProperty('expiresAt')
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'Office',
      b: { type: 'Property', value: 3, unitCode: 'CEL' },
    })
  })

  it('5.6.18.4: "The system generated createdAt … of the Entity … remain unchanged", modifiedAt moves', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.put(pathOf(id), { id, type: 'Room', b: 1 }).expect(204)
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({
      id,
      type: 'Room',
      createdAt: before,
      modifiedAt: after,
      b: { type: 'Property', value: 1, createdAt: after, modifiedAt: after },
    })
  })

  it('5.4: the id may be left out of the body; that of another entity is BadRequestData', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    await broker.put(pathOf(id), { type: 'Room', a: 2 }).expect(204)
    expectProblem(await broker.put(pathOf(id), { id: 'urn:x:other', type: 'Room' }), 400, 'BadRequestData')
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 2 })
  })

  it('4.5.5: all instances are what was sent', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }] })
    await broker.put(pathOf(id), { id, type: 'Room', a: { value: 3, datasetId: 'urn:d:2' } }).expect(204)
    expect((await broker.entity(id)).a).toEqual({ type: 'Property', value: 3, datasetId: 'urn:d:2' })
  })

  it('5.5.7: with an @context in the body, or by the default one', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    const context = [{ Room: 'https://example.org/Room' }, CORE]
    await broker.put(pathOf(id), { id, type: 'Room', '@context': context }, LD).expect(204)
    expect((await broker.entity(id)).type).toBe('https://example.org/Room')
  })

  it.each<[string, object]>([
    ['no type', { a: 1 }],
    ['NGSI-LD Null, which is "not supported by this operation"', { type: 'Room', a: 'urn:ngsi-ld:null' }],
    ['NGSI-LD Null as a value', { type: 'Room', a: { type: 'Property', value: 'urn:ngsi-ld:null' } }],
    ['NGSI-LD Null inside a value', { type: 'Room', a: { value: { x: 'urn:ngsi-ld:null' } } }],
    ['NGSI-LD Null as an object', { type: 'Room', a: { object: 'urn:ngsi-ld:null' } }],
  ])('5.6.18.4: BadRequestData for %s, and nothing changes', async (_, body) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.put(pathOf(id), body), 400, 'BadRequestData')
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1 })
  })

  it('5.6.18.4: wrong id, unknown id (nothing is created), type parameter', async () => {
    const id = newId()
    expectProblem(await broker.put('/entities/no-uri', { type: 'Room' }), 400, 'BadRequestData')
    expectProblem(await broker.put(pathOf(id), { id, type: 'Room' }), 404, 'ResourceNotFound')
    expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    await broker.create({ id, type: 'Room' })
    // The type parameter is about what is there, not about what comes.
    expectProblem(await broker.put(`${pathOf(id)}?type=Office`, { type: 'Office' }), 404, 'ResourceNotFound')
    await broker.put(`${pathOf(id)}?type=Room`, { type: 'Office' }).expect(204)
  })
})
