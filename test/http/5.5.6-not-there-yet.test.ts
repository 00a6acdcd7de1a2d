import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()

describe('5.5.6: what comes with later versions is OperationNotSupported, never ignored', () => {
  it.each(['/csourceRegistrations', '/csourceSubscriptions', '/entityMaps/x', '/snapshots'])(
    'the resource %s',
    async (path) => {
      expectProblem(await broker.get(path), 422, 'OperationNotSupported')
      expectProblem(await broker.post(path, {}), 422, 'OperationNotSupported')
    },
  )

  it.each(['NGSILD-Snapshot', 'NGSILD-EntityMap'])('the header %s, and nothing is changed', async (name) => {
    const id = newId()
    await broker.create({ id, type: 'T', p: 1 })
    expectProblem(await broker.get(pathOf(id), { [name]: 'urn:x:1' }), 422, 'OperationNotSupported')
    expectProblem(
      await broker.patch(`${pathOf(id)}/attrs`, { p: 2 }, { [name]: 'urn:x:1' }),
      422,
      'OperationNotSupported',
    )
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'T', p: 1 })
  })
})
