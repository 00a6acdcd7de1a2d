import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf, problem } from './client.ts'

const broker = brokerForFile()
const PATH = '/entityOperations/delete'

describe('5.6.10 Batch Entity Delete', () => {
  it('6.17.3.1: 204 without a body where all existed', async () => {
    const ids = [newId(), newId(), newId()]
    for (const id of ids) await broker.create({ id, type: 'Room' })
    const response = await broker.post(PATH, ids).expect(204)
    expect(response.text).toBe('')
    for (const id of ids) expectProblem(await broker.get(pathOf(id)), 404, 'ResourceNotFound')
  })

  it('6.17.3.1: 207 with what was deleted and what did not exist', async () => {
    const [there, missing] = [newId(), newId()]
    await broker.create({ id: there, type: 'Room' })
    const { body } = await broker.post(PATH, [missing, there]).expect(207)
    expect(body).toEqual({
      success: [there],
      errors: [{ entityId: missing, error: expect.objectContaining(problem('ResourceNotFound')) }],
    })
    expectProblem(await broker.get(pathOf(there)), 404, 'ResourceNotFound')
  })

  it('5.5.11.4: the first occurrence of an id deletes, each later one is an error', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    const { body } = await broker.post(PATH, [id, id, id]).expect(207)
    expect(body.success).toEqual([id])
    expect(body.errors).toEqual(
      Array(2).fill({ entityId: id, error: expect.objectContaining(problem('ResourceNotFound')) }),
    )
  })

  it('5.5.2: InvalidRequest for a body that is no array', async () => {
    expectProblem(await broker.post(PATH, { id: 'urn:x:n', type: 'T' }), 400, 'InvalidRequest')
  })

  it.each<[string, unknown]>([
    ['an empty array', []],
    ['a null value in the array', [null]],
    ['a number in the array', [7]],
  ])('5.6.10.4: BadRequestData for %s', async (_, body) => {
    expectProblem(await broker.post(PATH, body), 400, 'BadRequestData')
  })

  it('5.6.6.4: an id that is no URI is BadRequestData', async () => {
    const response = await broker.post(PATH, ['no uri'])
    if (response.status === 207) expect(response.body.errors[0].error).toMatchObject(problem('BadRequestData'))
    else expectProblem(response, 400, 'BadRequestData')
  })
})
