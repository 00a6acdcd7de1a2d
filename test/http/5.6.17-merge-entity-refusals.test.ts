import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const NULL = 'urn:ngsi-ld:null'

describe('5.6.17 Merge Entity: what is refused', () => {
  it.each<[string, unknown]>([
    ['another type of Attribute', { type: 'Relationship', object: 'urn:x:1' }],
    ['another type of Attribute without a value', { type: 'Relationship', sub: 1 }],
    ['an Attribute without value that is new', undefined],
    ['a datasetId of NGSI-LD Null', { value: 1, datasetId: NULL }],
    ['a wrong element', { value: 1, observedAt: 'x' }],
  ])('5.5.12: BadRequestData for %s', async (_, p) => {
    const id = newId()
    await broker.create({ id, type: 'Room', p: 1 })
    expectProblem(
      await broker.patch(pathOf(id), p === undefined ? { n: { unitCode: 'CEL' } } : { p }),
      400,
      'BadRequestData',
    )
    expect(await broker.entity(id)).toEqual({ id, type: 'Room', p: { type: 'Property', value: 1 } })
  })

  it('5.6.17.4: wrong id, unknown id, id of another, type parameter', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', p: 1 })
    expectProblem(await broker.patch('/entities/no-uri', { p: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.patch(pathOf(newId()), { p: 1 }), 404, 'ResourceNotFound')
    expectProblem(await broker.patch(pathOf(id), { id: 'urn:x:other', p: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.patch(`${pathOf(id)}?type=Car`, { p: 2 }), 404, 'ResourceNotFound')
    await broker.patch(`${pathOf(id)}?type=Room`, { id, p: 2 }).expect(204)
  })

  it('4.5.3.2: unitCode is BadRequestData for a Relationship that is there, also where no type is sent', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', r: { object: 'urn:x:1' } })
    expectProblem(await broker.patch(pathOf(id), { r: { unitCode: 'CEL' } }), 400, 'BadRequestData', /unit/)
  })

  it('6.3.4: application/merge-patch+json is as application/json', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', p: 1 })
    await broker.patch(pathOf(id), { p: 2 }, { 'Content-Type': 'application/merge-patch+json' }).expect(204)
    expect((await broker.entity(id, 'format=simplified')).p).toBe(2)
  })
})
