/** 4.4: "@id and @type … may also be used in NGSI-LD requests instead of "id" and "type"": one of them, in an Attribute as in an Entity. */

import { expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()

/** Where a body can have an Attribute, the pointer to it, and whether it changes what is there. */
const places = [
  ['5.6.1', (_: string, p: unknown) => broker.post('/entities', { id: newId(), type: 'T', p }), '/p'],
  [
    '5.6.1',
    (_: string, p: unknown) => broker.post('/entities', { id: newId(), type: 'T', q: { value: 1, p } }),
    '/q/p',
  ],
  ['5.6.2', (id: string, p: unknown) => broker.patch(`${pathOf(id)}/attrs`, { p }), '/p'],
  ['5.6.3', (id: string, p: unknown) => broker.post(`${pathOf(id)}/attrs`, { p }), '/p'],
  ['5.6.4', (id: string, p: unknown) => broker.patch(`${pathOf(id)}/attrs/p`, p), ''],
  ['5.6.17', (id: string, p: unknown) => broker.patch(pathOf(id), { p }), '/p'],
  ['5.6.19', (id: string, p: unknown) => broker.put(`${pathOf(id)}/attrs/p`, p), ''],
] as const

const refused: readonly (readonly [unknown, string, RegExp])[] = [
  [{ type: null, value: 1 }, '/type', /null is no attribute type/],
  [{ type: null, value: 1, datasetId: 'urn:d:1' }, '/type', /null is no attribute type/],
  [{ '@type': null, value: 1 }, '/@type', /null is no attribute type/],
  [{ type: null }, '/type', /null is no attribute type/],
  [{ type: null, '@type': 'Property', value: 1 }, '/@type', /same member/],
  [{ type: 'Property', '@type': 'Relationship', value: 1 }, '/@type', /same member/],
  [{ type: 'Property', '@type': 'Property', value: 1 }, '/@type', /same member/],
  [{ type: 'Property', '@type': null, value: 1 }, '/@type', /same member/],
]

it.each(places.flatMap((place) => refused.map((sent) => [...place, ...sent] as const)))(
  '%s: %s, at %s: %j',
  async (_, send, before, sent, at, detail) => {
    const id = newId()
    await broker.create({ id, type: 'T', p: 1 })
    const response = await send(id, sent)
    expectProblem(response, 400, 'BadRequestData', detail)
    expect(response.body.at).toBe(before + at)
    expect(await broker.entity(id)).toEqual({ id, type: 'T', p: { type: 'Property', value: 1 } })
  },
)

it('several instances are such by either name of their type', async () => {
  const id = newId()
  const p = [
    { '@type': 'Property', value: 1 },
    { type: 'Property', value: 2, datasetId: 'urn:d:1' },
  ]
  await broker.create({ id, type: 'T', p })
  expect((await broker.entity(id)).p).toEqual([{ type: 'Property', value: 1 }, p[1]])
  const mixed = await broker.post('/entities', {
    id: newId(),
    type: 'T',
    p: [{ type: null, '@type': 'Property', value: 1 }],
  })
  expectProblem(mixed, 400, 'BadRequestData', /same member/)
  expect(mixed.body.at).toBe('/p/0/@type')
})

it('6.3.21: null is the type of no later version, either', async () => {
  const later = { Link: '<https://uri.etsi.org/ngsi-ld/profile/2.0>; rel="profile"' }
  const type = await broker.post('/entities', { id: newId(), type: 'T', p: { type: null, value: 1 } }, later)
  expectProblem(type, 400, 'BadRequestData', /null is no attribute type/)
})
