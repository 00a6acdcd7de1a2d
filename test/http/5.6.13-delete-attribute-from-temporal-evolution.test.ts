import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, START } from './client.ts'
import { evolutionPath, evolve, observed, valuesOf } from './temporal.ts'

const broker = brokerForFile({}, testClock(START))

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
