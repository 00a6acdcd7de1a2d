/** 4.5.2.2: "The value of its "value" element shall be an object containing the W3C® Data integrity "proof" structure". */

import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const proof = { type: 'DataIntegrityProof', proofPurpose: 'assertionMethod' }
const sealed = { entityIdSealed: 'urn:ngsi-ld:Car:1', entityTypeSealed: 'Car' }

describe.each([
  ['bare', (value: unknown) => value, ''],
  ['concise', (value: unknown) => ({ value }), '/value'],
  ['normalized', (value: unknown) => ({ type: 'Property', value }), '/value'],
] as const)('%s', (_, written, member) => {
  it.each([['a text'], [1], [[proof]]])('%j is no proof, of an entity and of an Attribute', async (value) => {
    const ngsildproof = written(value)
    const id = newId()
    await broker.create({ id, type: 'Car', p: 1, q: { value: 1, ngsildproof: { value: proof } } })
    const before = await broker.entity(id)
    for (const [request, at] of [
      [broker.post('/entities', { id: newId(), type: 'Car', ngsildproof }), '/ngsildproof'],
      [broker.post('/entities', { id: newId(), type: 'Car', p: { value: 1, ngsildproof } }), '/p/ngsildproof'],
      [broker.post(`${pathOf(id)}/attrs`, { ngsildproof }), '/ngsildproof'],
      [broker.patch(`${pathOf(id)}/attrs`, { ngsildproof }), '/ngsildproof'],
      [broker.patch(pathOf(id), { ngsildproof }), '/ngsildproof'],
      [broker.patch(pathOf(id), { p: { value: 1, ngsildproof } }), '/p/ngsildproof'],
      [broker.patch(pathOf(id), { q: { value: 1, ngsildproof } }), '/q/ngsildproof'],
      [broker.patch(`${pathOf(id)}/attrs/q`, { ngsildproof }), '/ngsildproof'],
    ] as const) {
      const response = await request
      expectProblem(response, 400, 'BadRequestData', /proof/)
      expect(response.body.at).toBe(at + member)
    }
    expect(await broker.entity(id)).toEqual(before)
  })
})

it('5.6.17: simplified, it is judged like the others', async () => {
  const id = newId()
  await broker.create({ id, type: 'Car', ngsildproof: { value: proof, ...sealed } })
  const response = await broker.patch(`${pathOf(id)}?format=simplified`, { ngsildproof: 'a text' })
  expectProblem(response, 400, 'BadRequestData', /proof/)
  expect(response.body.at).toBe('/ngsildproof')
  await broker.patch(`${pathOf(id)}?format=simplified`, { ngsildproof: { proofPurpose: 'other' } }).expect(204)
  expect((await broker.entity(id)).ngsildproof).toEqual({
    type: 'Property',
    value: { ...proof, proofPurpose: 'other' },
    ...sealed,
  })
})

it('5.5.12: the sealed members are its own, also where they come alone', async () => {
  const id = newId()
  await broker.create({ id, type: 'Car', ngsildproof: { value: proof, ...sealed } })
  await broker.patch(pathOf(id), { ngsildproof: { entityIdSealed: 'urn:ngsi-ld:Car:2' } }).expect(204)
  expect((await broker.entity(id)).ngsildproof).toEqual({
    type: 'Property',
    value: proof,
    ...sealed,
    entityIdSealed: 'urn:ngsi-ld:Car:2',
  })
  const alone = await broker.post('/entities', { id: newId(), type: 'Car', ngsildproof: sealed })
  expectProblem(alone, 400, 'BadRequestData', /needs a value/)
})
