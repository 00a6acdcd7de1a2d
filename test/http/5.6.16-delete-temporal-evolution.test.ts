import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, START } from './client.ts'
import { evolutionPath, valuesOf } from './temporal.ts'

const broker = brokerForFile({}, testClock(START))

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
