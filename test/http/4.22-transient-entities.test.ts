import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const NULL = 'urn:ngsi-ld:null'
const MINUTE = 60_000

/** A DateTime that comes after so many minutes. */
function inMinutes(minutes: number): string {
  return new Date(clock.now() + minutes * MINUTE).toISOString()
}

describe('4.22 Transient entities', () => {
  it('an entity is in every answer before its expiresAt, and in none from then on', async () => {
    const id = newId()
    await broker.create({ id, type: 'Alert', expiresAt: inMinutes(10), a: 1 })
    const counted = () => broker.get(`/entities?type=Alert&id=${id}&count=true`)
    clock.advance(10 * MINUTE - 1)
    expect((await broker.entity(id)).id).toBe(id)
    expect((await counted()).body).toHaveLength(1)
    clock.advance(1)
    expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    const { body, headers } = await counted()
    expect(body).toEqual([])
    expect(headers['ngsild-results-count']).toBe('0')
  })

  it('what has expired is there for no operation: it can be created again, and not be changed', async () => {
    const [id, other] = [newId(), newId()]
    for (const each of [id, other]) await broker.create({ id: each, type: 'T', expiresAt: inMinutes(1), a: 1 })
    clock.advance(MINUTE)
    expectProblem(await broker.patch(pathOf(other), { a: 2 }), 404, 'ResourceNotFound')
    expectProblem(await broker.patch(`${pathOf(other)}/attrs`, { a: 2 }), 404, 'ResourceNotFound')
    expectProblem(await broker.post(`${pathOf(other)}/attrs`, { a: 2 }), 404, 'ResourceNotFound')
    expectProblem(await broker.put(pathOf(other), { type: 'T' }), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(pathOf(other)), 404, 'ResourceNotFound')
    await broker.create({ id, type: 'T' })
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({
      id,
      type: 'T',
      createdAt: inMinutes(0),
      modifiedAt: inMinutes(0),
    })
  })

  it('an entity that is sent with a time that is past is in no answer', async () => {
    const id = newId()
    const response = await broker.post('/entities', { id, type: 'Past', expiresAt: inMinutes(-1) })
    expect([201, 400]).toContain(response.status)
    expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    expect((await broker.get('/entities?type=Past')).body).toEqual([])
  })

  it('pages and counts are those of what is left', async () => {
    const ids = Array.from({ length: 6 }, () => newId())
    for (const [i, id] of ids.entries()) {
      await broker.create({ id, type: 'Half', ...(i % 2 === 0 && { expiresAt: inMinutes(1) }) })
    }
    clock.advance(MINUTE)
    const { body, headers } = await broker.get('/entities?type=Half&limit=2&offset=1&count=true').expect(200)
    expect(body.map(({ id }: { id: string }) => id)).toEqual([ids[3], ids[5]])
    expect(headers['ngsild-results-count']).toBe('3')
    expect(headers.link).not.toContain('rel="next"')
  })

  it('5.5.12: a merge sets expiresAt, moves it, and removes it by NGSI-LD Null', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    await broker.patch(pathOf(id), { expiresAt: inMinutes(5) }).expect(204)
    expect((await broker.entity(id, 'options=sysAttrs')).expiresAt).toBe(inMinutes(5))
    await broker.patch(pathOf(id), { expiresAt: inMinutes(9) }).expect(204)
    clock.advance(6 * MINUTE)
    await broker.patch(pathOf(id), { expiresAt: NULL }).expect(204)
    clock.advance(100 * MINUTE)
    expect(await broker.entity(id, 'options=sysAttrs')).not.toHaveProperty('expiresAt')
  })

  it('5.5.8, 5.6.3: updating and appending set it; replacing without it removes it', async () => {
    const [updated, appended, replaced] = [newId(), newId(), newId()]
    for (const id of [updated, appended]) await broker.create({ id, type: 'T' })
    await broker.create({ id: replaced, type: 'T', expiresAt: inMinutes(1) })
    await broker.patch(`${pathOf(updated)}/attrs`, { expiresAt: inMinutes(1) }).expect(204)
    await broker.post(`${pathOf(appended)}/attrs`, { expiresAt: inMinutes(1) }).expect(204)
    await broker.put(pathOf(replaced), { type: 'T' }).expect(204)
    clock.advance(MINUTE)
    for (const id of [updated, appended]) expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
    expect((await broker.entity(replaced)).id).toBe(replaced)
  })
})

describe('4.22 Transient Attributes', () => {
  it('an Attribute, an instance and a sub-attribute go by themselves; the entity stays', async () => {
    const id = newId()
    await broker.create({
      id,
      type: 'T',
      a: { value: 1, expiresAt: inMinutes(1) },
      b: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1', expiresAt: inMinutes(2) }],
      c: { value: 1, sub: { value: 1, expiresAt: inMinutes(3) } },
    })
    const keys = async () => Object.keys(await broker.entity(id)).sort()
    expect(await keys()).toEqual(['a', 'b', 'c', 'id', 'type'])
    clock.advance(MINUTE)
    expect(await keys()).toEqual(['b', 'c', 'id', 'type'])
    expect((await broker.entity(id)).b).toHaveLength(2)
    clock.advance(MINUTE)
    expect((await broker.entity(id)).b).toEqual({ type: 'Property', value: 1 })
    expect((await broker.entity(id)).c).toHaveProperty('sub')
    clock.advance(MINUTE)
    expect((await broker.entity(id)).c).toEqual({ type: 'Property', value: 1 })
  })

  it('what has expired selects no entity and is not there to be changed', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', gone: { value: 1, expiresAt: inMinutes(1) }, b: 1 })
    clock.advance(MINUTE)
    expect((await broker.get('/entities?attrs=gone')).body).toEqual([])
    expectProblem(await broker.get(`${pathOf(id)}?attrs=gone`), 404, 'ResourceNotFound')
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/gone`, { value: 2 }), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(`${pathOf(id)}/attrs/gone`), 404, 'ResourceNotFound')
    await broker.post(`${pathOf(id)}/attrs?options=noOverwrite`, { gone: 3 }).expect(204)
    expect((await broker.entity(id, 'format=simplified')).gone).toBe(3)
  })

  it('5.5.8: partial update moves and removes expiresAt; a write of another Attribute brings nothing back', async () => {
    const id = newId()
    await broker.create({
      id,
      type: 'T',
      a: { value: 1, expiresAt: inMinutes(1) },
      b: { value: 1, expiresAt: inMinutes(1) },
    })
    await broker.patch(`${pathOf(id)}/attrs/a`, { expiresAt: NULL }).expect(204)
    clock.advance(MINUTE)
    await broker.patch(`${pathOf(id)}/attrs/a`, { value: 2 }).expect(204)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'T', a: 2 })
  })

  it.each([
    { expiresAt: 'tomorrow' },
    { expiresAt: '2099-01-01' },
    { expiresAt: 7 },
    { expiresAt: NULL },
    { a: { value: 1, expiresAt: '2099-02-30T00:00:00Z' } },
  ])('4.6.3: BadRequestData for %j', async (members) => {
    expectProblem(await broker.post('/entities', { id: newId(), type: 'T', ...members }), 400, 'BadRequestData')
  })

  it('4.6.3: a comma in place of the decimal point is the same time', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', expiresAt: inMinutes(1).replace('.', ',') })
    expect((await broker.entity(id, 'options=sysAttrs')).expiresAt).toBe(inMinutes(1))
    clock.advance(MINUTE)
    expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
  })
})
