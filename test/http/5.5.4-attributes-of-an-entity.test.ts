/** BOYA_MAX_ATTRIBUTES holds for an entity as a change leaves it, so that whatever is read can be sent back. */

import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile({ MAX_ATTRIBUTES: '5' })
const four = { a: 1, b: { value: 1, sub: 1 }, c: 1 }

describe.each([
  ['5.6.3', (id: string, sent: object) => broker.post(`${pathOf(id)}/attrs`, sent)],
  ['5.6.2', (id: string, sent: object) => broker.patch(`${pathOf(id)}/attrs`, sent)],
  ['5.6.17', (id: string, sent: object) => broker.patch(pathOf(id), sent)],
  ['5.6.9', (id: string, sent: object) => broker.post('/entityOperations/update', [{ id, ...sent }])],
  ['5.6.20', (id: string, sent: object) => broker.post('/entityOperations/merge', [{ id, ...sent }])],
  [
    '5.6.8',
    (id: string, sent: object) => broker.post('/entityOperations/upsert?options=update', [{ id, type: 'T', ...sent }]),
  ],
] as const)('%s', (_, send) => {
  it('takes what makes as many as there may be, refuses one more by name, and lets what is there be changed', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', ...four })
    await send(id, { d: 1 }).expect(204)
    const before = await broker.entity(id)
    const response = await send(id, { e: 1 })
    const problem = response.body.errors?.[0].error ?? response.body
    expect(problem).toMatchObject({ status: 400, type: expect.stringContaining('BadRequestData') })
    expect(problem.detail).toMatch(/6 attributes.*at most 5.*BOYA_MAX_ATTRIBUTES/)
    expect(await broker.entity(id)).toEqual(before)
    await send(id, { a: 2 }).expect(204)
    await broker.put(pathOf(id), await broker.entity(id)).expect(204)
  })
})

it('5.6.4, 5.6.19: sub-attributes and further instances count, too', async () => {
  const id = newId()
  await broker.create({ id, type: 'T', ...four })
  const two = { value: 1, x: 1, y: 1 }
  for (const request of [broker.patch(`${pathOf(id)}/attrs/a`, two), broker.put(`${pathOf(id)}/attrs/a`, two)]) {
    expectProblem(await request, 400, 'BadRequestData', /BOYA_MAX_ATTRIBUTES/)
  }
  const instances = [1, 2].map((value) => ({ value, datasetId: `urn:d:${value}` }))
  expectProblem(await broker.patch(pathOf(id), { a: instances }), 400, 'BadRequestData', /BOYA_MAX_ATTRIBUTES/)
  await broker.delete(`${pathOf(id)}/attrs/c`).expect(204)
  await broker.patch(pathOf(id), { a: instances }).expect(204)
})
