import { expect, it } from 'vitest'
import { brokerForFile, newId, pathOf } from './client.ts'

/** 4.5.2.3: "a concise but lossless representation": what is shown in it is taken again, and is the same. */
const broker = brokerForFile()
const POINT = { type: 'Point', coordinates: [1, 2] }

it.each([
  ['p', { type: 'Property', value: { '@context': 'x', a: 1 } }],
  ['p', { type: 'Property', value: { a: { value: 1 }, b: { object: 'urn:x:1' } } }],
  ['p', { type: 'Property', value: [{ '@context': 'x' }] }],
  ['p', { type: 'Property', value: { '@type': 'DateTime', '@value': '2026-01-01T00:00:00Z' } }],
  ['p', { type: 'GeoProperty', value: { ...POINT, '@context': 'x' } }],
  ['p', { type: 'GeoProperty', value: { ...POINT, '@type': 'x' } }],
  ['ngsildproof', { type: 'Property', value: { entityIdSealed: 'urn:x:1', b: 2 } }],
  ['ngsildproof', { type: 'Property', value: { '@context': 'x', b: 2 } }],
  ['ngsildproof', { type: 'Property', value: { entityIdSealed: 'urn:x:1' }, entityIdSealed: 'urn:x:2' }],
])('%s: %j', async (name, attribute) => {
  const id = newId()
  await broker.create({ id, type: 'T', [name]: attribute })
  const { id: _, ...shown } = await broker.entity(id, 'format=concise')
  const again = newId()
  await broker.create({ id: again, ...shown })
  expect(await broker.entity(again)).toEqual({ id: again, type: 'T', [name]: attribute })
  await broker.patch(pathOf(again), shown).expect(204)
  expect(await broker.entity(again)).toEqual({ id: again, type: 'T', [name]: attribute })
})

it.each([
  [{ a: 1 }, { a: 1 }],
  [{ '@value': 1 }, { '@value': 1 }],
  [{ entityIdSealed: 'urn:x:1' }, { entityIdSealed: 'urn:x:1' }],
  [[{ type: 'x' }], { value: [{ type: 'x' }] }],
  [{ '@context': 'x' }, { value: { '@context': 'x' } }],
])('a value %j is shown as %j', async (value, shown) => {
  const id = newId()
  await broker.create({ id, type: 'T', p: { type: 'Property', value } })
  expect((await broker.entity(id, 'format=concise')).p).toEqual(shown)
})
