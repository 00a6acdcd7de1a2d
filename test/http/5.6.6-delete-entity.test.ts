import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

describe('5.6.6 Delete Entity', () => {
  it('6.5.3.2: 204 without a body; then it is in no answer', async () => {
    const id = newId()
    const other = newId()
    await broker.create({ id, type: 'Gone' }, { id: other, type: 'Gone' })
    const response = await broker.delete(pathOf(id)).expect(204)
    expect(response.text).toBe('')
    expect(response.headers['content-length']).toBeUndefined()
    expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    expect((await broker.get('/entities?type=Gone')).body).toEqual([{ id: other, type: 'Gone' }])
    expectProblem(await broker.delete(pathOf(id)), 404, 'ResourceNotFound')
  })

  it('4.8: created again, it is a new entity with new times', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    await broker.delete(pathOf(id)).expect(204)
    clock.advance(1000)
    await broker.create({ id, type: 'Room' })
    const now = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({ id, type: 'Room', createdAt: now, modifiedAt: now })
  })

  it('4.17: the type parameter narrows the target', async () => {
    const id = newId()
    await broker.create({ id, type: ['Room', 'Space'] })
    expectProblem(await broker.delete(`${pathOf(id)}?type=Car`), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(`${pathOf(id)}?type=(Room;Car)`), 404, 'ResourceNotFound')
    expect((await broker.entity(id)).id).toBe(id)
    await broker.delete(`${pathOf(id)}?type=${encodeURIComponent(`Car|${iri('Space')}`)}`).expect(204)
  })

  it('5.6.6.4: BadRequestData for an id that is no URI, ResourceNotFound for one that nobody has', async () => {
    expectProblem(await broker.delete('/entities/no-uri'), 400, 'BadRequestData')
    expectProblem(await broker.delete(pathOf(newId())), 404, 'ResourceNotFound')
  })

  it('6.5.2: ids are percent-encoded in paths where they need to be', async () => {
    for (const id of ['https://example.org/things/1?x=y#z', 'urn:x:a/b', 'urn:x:100%25', 'urn:x:ñ']) {
      await broker.create({ id, type: 'Room' })
      await broker.delete(pathOf(id)).expect(204)
      expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    }
  })
})
