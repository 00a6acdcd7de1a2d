import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, START } from './client.ts'
import { evolutionOf, evolutionPath, evolve, observed } from './temporal.ts'

const broker = brokerForFile({}, testClock(START))

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
