import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, observed } from './temporal.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

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

describe('5.6.14.4, by its instanceId', () => {
  it('may name its own in the body, as it was read, and no other', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    const [{ instanceId, ...read } = {}] = (await evolutionOf(broker, id)).n ?? []
    const path = `${evolutionPath(id)}/attrs/n/${instanceId}`
    await broker.patch(path, { ...read, value: 2, instanceId }).expect(204)
    for (const [body, at] of [
      [{ ...read, instanceId: 'urn:x:y' }, '/instanceId'],
      [[{ ...read, instanceId: 5 }], '/0/instanceId'],
      [{ n: [{ ...read, instanceId: 'urn:x:y' }] }, '/n/0/instanceId'],
    ] as const) {
      const response = await broker.patch(path, body)
      expectProblem(response, 400, 'BadRequestData', /which it stays; leave it out/)
      expect(response.body.at).toBe(at)
    }
    expect((await evolutionOf(broker, id)).n).toMatchObject([{ value: 2, instanceId }])
  })
})

describe('5.6.14, of a dataset', () => {
  it('may name its own, and no other: it cannot leave it', async () => {
    const datasetId = 'urn:d:1'
    const id = await evolve(broker, { n: [observed(1, 0, { datasetId }), observed(2, 0)] })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id, `datasetId=${datasetId}`)).n ?? []
    const path = `${evolutionPath(id)}/attrs/n/${instanceId}`
    await broker.patch(path, observed(3, 0, { datasetId })).expect(204)
    await broker.patch(path, observed(4, 0)).expect(204)
    const wrong = await broker.patch(path, observed(5, 0, { datasetId: 'urn:d:2' }))
    expectProblem(wrong, 400, 'BadRequestData', /"datasetId" is not that of the instance/)
    expect((await evolutionOf(broker, id, `datasetId=${datasetId}`)).n).toMatchObject([{ value: 4, datasetId }])
  })
})

describe('5.6.14, of the scope (4.5.6)', () => {
  it('by an instance of it, which is checked as a scope', async () => {
    const id = await evolve(broker, { scope: [observed('/a', 0)] })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id)).scope ?? []
    const path = `${evolutionPath(id)}/attrs/scope/${instanceId}`
    await broker.patch(path, { scope: [observed(['/b', '/c'], 0)] }).expect(204)
    expect((await evolutionOf(broker, id)).scope).toMatchObject([{ instanceId, value: ['/b', '/c'] }])
    const wrong = await broker.patch(path, { scope: [observed('no scope', 0)] })
    expectProblem(wrong, 400, 'BadRequestData')
    expect(wrong.body.at).toBe('/scope/0/value')
  })

  it('refuses a body that says more than one instance, and what is none', async () => {
    const id = await evolve(broker, { n: observed(1, 0) })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id)).n ?? []
    const path = `${evolutionPath(id)}/attrs/n/${instanceId}`
    for (const [body, at] of [
      [{ n: observed(2, 0), m: observed(3, 0) }, '/m'],
      [{ m: observed(3, 0) }, ''],
    ] as const) {
      const response = await broker.patch(path, body)
      expectProblem(response, 400, 'BadRequestData')
      expect(response.body.at ?? '').toBe(at)
    }
  })
})
