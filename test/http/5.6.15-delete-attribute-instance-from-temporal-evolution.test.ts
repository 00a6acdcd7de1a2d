import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, observed, valuesOf } from './temporal.ts'

const broker = brokerForFile({}, testClock(START))

describe('5.6.15 Delete Attribute instance from Temporal Evolution of an Entity', () => {
  it('6.22.3.2: 204, and ResourceNotFound the second time', async () => {
    const id = await evolve(broker, { n: [observed(1, 0), observed(2, 1)] })
    const [{ instanceId } = {}] = (await evolutionOf(broker, id)).n ?? []
    await broker.delete(`${evolutionPath(id)}/attrs/n/${instanceId}`).expect(204)
    expect(await valuesOf(broker, id, 'n')).toEqual([2])
    expectProblem(await broker.delete(`${evolutionPath(id)}/attrs/n/${instanceId}`), 404, 'ResourceNotFound')
  })
})
