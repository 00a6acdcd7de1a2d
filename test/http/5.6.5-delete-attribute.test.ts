import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

const a = [
  { type: 'Property', value: 1 },
  { type: 'Property', value: 2, datasetId: 'urn:d:1' },
  { type: 'Property', value: 3, datasetId: 'urn:d:2' },
]

async function entityWithInstances(): Promise<string> {
  const id = newId()
  await broker.create({ id, type: 'Room', a, b: 1 })
  return id
}

describe('5.6.5 Delete Attribute', () => {
  it('6.7.3.2: 204 without a body; the Attribute and all its children are gone, others stay', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 1, sub: 2 }, b: 1 })
    const response = await broker.delete(`${pathOf(id)}/attrs/a`).expect(204)
    expect(response.text).toBe('')
    expect(response.headers['content-length']).toBeUndefined()
    expect(await broker.entity(id)).toEqual({ id, type: 'Room', b: { type: 'Property', value: 1 } })
  })

  it('5.6.5.4: without datasetId the default instance is removed', async () => {
    const id = await entityWithInstances()
    await broker.delete(`${pathOf(id)}/attrs/a`).expect(204)
    expect((await broker.entity(id)).a).toEqual([a[1], a[2]])
  })

  it('5.6.5.4: with datasetId that instance is removed, and "@none" is the default one (4.5.5.1)', async () => {
    const id = await entityWithInstances()
    await broker.delete(`${pathOf(id)}/attrs/a?datasetId=urn:d:1`).expect(204)
    expect((await broker.entity(id)).a).toEqual([a[0], a[2]])
    await broker.delete(`${pathOf(id)}/attrs/a?datasetId=%40none`).expect(204)
    expect((await broker.entity(id)).a).toEqual(a[2])
  })

  it('5.6.5.4: with deleteAll all instances are removed', async () => {
    const id = await entityWithInstances()
    await broker.delete(`${pathOf(id)}/attrs/a?deleteAll=true`).expect(204)
    expect(await broker.entity(id)).not.toHaveProperty('a')
  })

  it('6.7.3.2: deleteAll=false is as without it', async () => {
    const id = await entityWithInstances()
    await broker.delete(`${pathOf(id)}/attrs/a?deleteAll=false`).expect(204)
    expect((await broker.entity(id)).a).toEqual([a[1], a[2]])
  })

  it('5.6.5.4: deleteAll removes all where there is no default instance, too', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: a.slice(1) })
    await broker.delete(`${pathOf(id)}/attrs/a?deleteAll=true`).expect(204)
    expect(await broker.entity(id)).toEqual({ id, type: 'Room' })
  })

  it('5.6.5.4: "If the target Attribute is scope, remove the scope Attribute"', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: ['/a', '/b'], a: 1 })
    await broker.delete(`${pathOf(id)}/attrs/scope`).expect(204)
    expect(await broker.entity(id)).toEqual({ id, type: 'Room', a: { type: 'Property', value: 1 } })
    expectProblem(await broker.delete(`${pathOf(id)}/attrs/scope`), 404, 'ResourceNotFound')
  })

  it('4.8: modifiedAt of the entity moves, createdAt and other Attributes’ times stay', async () => {
    const id = await entityWithInstances()
    const before = await broker.entity(id, 'options=sysAttrs')
    clock.advance(1000)
    await broker.delete(`${pathOf(id)}/attrs/a?deleteAll=true`).expect(204)
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({
      id,
      type: 'Room',
      createdAt: before.createdAt,
      modifiedAt: new Date(clock.now()).toISOString(),
      b: before.b,
    })
  })

  it('5.5.7: the name is expanded with the @context of the Link header, or given as an IRI', async () => {
    const id = await entityWithInstances()
    await broker.delete(`${pathOf(id)}/attrs/${encodeURIComponent(iri('b'))}`).expect(204)
    expect(await broker.entity(id)).not.toHaveProperty('b')
  })

  it('5.6.5.4: ResourceNotFound for what is not there', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 1, datasetId: 'urn:d:1' } })
    for (const target of ['a', 'a?datasetId=urn:d:2', 'c', 'c?deleteAll=true', 'a?datasetId=urn:d:1&type=Car']) {
      expectProblem(await broker.delete(`${pathOf(id)}/attrs/${target}`), 404, 'ResourceNotFound')
    }
    expectProblem(await broker.delete(`${pathOf(newId())}/attrs/a`), 404, 'ResourceNotFound')
  })

  it('5.6.5.4: BadRequestData for a wrong id, name or datasetId', async () => {
    const id = await entityWithInstances()
    for (const path of ['/entities/no-uri/attrs/a', `${pathOf(id)}/attrs/a-b`, `${pathOf(id)}/attrs/a?datasetId=x`]) {
      expectProblem(await broker.delete(path), 400, 'BadRequestData')
    }
  })
})
