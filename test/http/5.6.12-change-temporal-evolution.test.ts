import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, observed, valuesOf } from './temporal.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

describe('5.6.12 Add Attributes to Temporal Evolution of an Entity', () => {
  it('6.20.3.1: 204; the instances are added, and types', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    await broker
      .post(`${evolutionPath(id)}/attrs`, { type: 'Device', n: [observed(2, 1)], m: observed(3, 0) })
      .expect(204)
    expect(await evolutionOf(broker, id)).toMatchObject({
      type: ['Sensor', 'Device'],
      n: [{ value: 1 }, { value: 2 }],
      m: [{ value: 3 }],
    })
  })

  it('5.6.12.4: ResourceNotFound where there is none, BadRequestData where the id is no URI', async () => {
    expectProblem(await broker.post(`${evolutionPath(newId())}/attrs`, { n: observed(1, 0) }), 404, 'ResourceNotFound')
    expectProblem(await broker.post(`${evolutionPath('nothing')}/attrs`, { n: observed(1, 0) }), 400, 'BadRequestData')
  })
})

describe('5.6.13 Delete Attribute from Temporal Evolution of an Entity', () => {
  const instances = [observed(1, 0), observed(2, 1, { datasetId: 'urn:d:1' })]

  it.each([
    ['', [2]],
    ['?datasetId=urn:d:1', [1]],
    ['?deleteAll=true', []],
  ])('6.21.3.1: of those that %j asks for', async (query, left) => {
    const id = await evolve(broker, { n: instances, m: observed(3, 0) })
    await broker.delete(`${evolutionPath(id)}/attrs/n${query}`).expect(204)
    expect(await valuesOf(broker, id, 'n')).toEqual(left)
    expect(await valuesOf(broker, id, 'm')).toEqual([3])
  })

  it('5.6.13.4: ResourceNotFound where there is no such evolution, Attribute or dataset', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    for (const path of [`${newId()}/attrs/n`, `${id}/attrs/m`, `${id}/attrs/n?datasetId=urn:d:1`])
      expectProblem(await broker.delete(`/temporal/entities/${path}`), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(`${evolutionPath(id)}/attrs/1n`), 400, 'BadRequestData')
  })
})

describe('5.6.14 Modify Attribute instance in Temporal Evolution of an Entity', () => {
  it.each([
    ['an instance', (instance: object) => instance],
    ['an array of one', (instance: object) => [instance]],
    ['a fragment with the Attribute', (instance: object) => ({ n: [instance] })],
  ])('6.22.3.1: replaces it by %s; its createdAt stays, modifiedAt is now', async (_, sent) => {
    const id = await evolve(broker, { n: [observed(1, 0, { unitCode: 'CEL' }), observed(2, 1)] })
    const [before] = (await evolutionOf(broker, id, 'options=sysAttrs')).n ?? []
    clock.advance(5_000)
    const path = `${evolutionPath(id)}/attrs/n/${before?.instanceId}`
    await broker.patch(path, sent(observed(9, 5))).expect(204)
    const { n } = await evolutionOf(broker, id, 'options=sysAttrs')
    expect(n).toMatchObject([{ value: 2 }, { value: 9, instanceId: before?.instanceId, createdAt: before?.createdAt }])
    expect(n?.[1]).not.toHaveProperty('unitCode')
    expect(n?.[1]?.modifiedAt).toBe(new Date(clock.now()).toISOString())
  })

  it('5.6.14.4: refuses what is not there, and what is wrong', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id)).n ?? []
    const path = `${evolutionPath(id)}/attrs/n`
    expectProblem(await broker.patch(`${path}/urn:x:y`, observed(1, 0)), 404, 'ResourceNotFound', /no instance/)
    expectProblem(await broker.patch(`${path}/nothing`, observed(1, 0)), 400, 'BadRequestData')
    expectProblem(
      await broker.patch(`${evolutionPath(id)}/attrs/m/${instanceId}`, observed(1, 0)),
      404,
      'ResourceNotFound',
    )
    expectProblem(
      await broker.patch(`${path}/${instanceId}`, [observed(1, 0), observed(2, 1)]),
      400,
      'BadRequestData',
      /found 2/,
    )
    expectProblem(await broker.patch(`${path}/${instanceId}`, { type: 'Property' }), 400, 'BadRequestData')
  })
})

describe('5.6.15 Delete Attribute instance from Temporal Evolution of an Entity', () => {
  it('6.22.3.2: 204, and ResourceNotFound the second time', async () => {
    const id = await evolve(broker, { n: [observed(1, 0), observed(2, 1)] })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id)).n ?? []
    await broker.delete(`${evolutionPath(id)}/attrs/n/${instanceId}`).expect(204)
    expect(await valuesOf(broker, id, 'n')).toEqual([2])
    expectProblem(await broker.delete(`${evolutionPath(id)}/attrs/n/${instanceId}`), 404, 'ResourceNotFound')
  })
})

describe('5.6.16 Delete Temporal Evolution of an Entity', () => {
  it('6.19.3.2: 204; the entity stays, and ResourceNotFound the second time', async () => {
    const id = newId()
    await broker.create({ id, type: 'Sensor', n: 1 })
    await broker.delete(evolutionPath(id)).expect(204)
    expectProblem(await broker.delete(evolutionPath(id)), 404, 'ResourceNotFound')
    expectProblem(await broker.get(evolutionPath(id)), 404, 'ResourceNotFound')
    expect(await broker.entity(id)).toMatchObject({ n: { value: 1 } })
    await broker.patch(`/entities/${id}/attrs/n`, { value: 2 }).expect(204)
    expect(await valuesOf(broker, id, 'n')).toEqual([2])
  })
})
