/** 5.5.4: a problem points into what was sent, by the names that were sent; in a batch the index of the element comes first. */

import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const NAME = 'https://example.org/a~b'
const POINTER = '/https:~1~1example.org~1a~0b'
const NULL = 'urn:ngsi-ld:null'

const stored = {
  p: { type: 'Property', value: 1, sub: { type: 'Property', value: 1 } },
  name: { type: 'LanguageProperty', languageMap: { es: 'a' } },
  r: { type: 'Relationship', object: 'urn:x:1' },
  geo: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
  [NAME]: { type: 'Relationship', object: 'urn:x:1' },
}

async function created(): Promise<string> {
  const id = newId()
  await broker.create({ id, type: 'T', ...stored })
  return id
}

/** What only the merge can find wrong, because it depends on what is there. */
const mergeFaults: readonly (readonly [Record<string, unknown>, string])[] = [
  [{ new: { unitCode: 'CEL' } }, '/new'],
  [{ new: { type: 'Property' } }, '/new'],
  [{ new: { type: 'Property', value: 1, sub: { type: 'Property' } } }, '/new/sub'],
  [{ new: { value: 1, sub: { unitCode: 'CEL' } } }, '/new/sub'],
  [{ p: { type: 'Property', new: { type: 'Property' } } }, '/p/new'],
  [{ p: { type: 'Property', new: { unitCode: 'CEL' } } }, '/p/new'],
  [{ p: { type: 'Property', sub: { type: 'Relationship', object: 'urn:x:1' } } }, '/p/sub/type'],
  [{ p: { type: 'Property', sub: { object: 'urn:x:1' } } }, '/p/sub/object'],
  [{ p: { type: 'Relationship', object: 'urn:x:1' } }, '/p/type'],
  [{ p: { '@type': 'Relationship', object: 'urn:x:1' } }, '/p/@type'],
  [{ p: [{ object: 'urn:x:1' }] }, '/p/0/object'],
  [
    {
      p: [
        { type: 'Property', value: 2 },
        { datasetId: 'urn:d:1', type: 'Property' },
      ],
    },
    '/p/1',
  ],
  [{ name: 'text' }, '/name'],
  [{ name: { languageMap: { es: 1 } } }, '/name/languageMap/es'],
  [{ r: { unitCode: 'CEL' } }, '/r/unitCode'],
  [{ r: 'urn:x:1' }, '/r'],
  [{ geo: { value: { type: 'Point', coordinates: [1] } } }, '/geo/value/coordinates'],
  [{ geo: { value: { type: { toString: 1 } } } }, '/geo/value/type'],
  [{ geo: { value: '{"type":"Point"}' } }, '/geo/value'],
  [{ [NAME]: { value: 1 } }, `${POINTER}/value`],
  [{ [NAME]: { type: 'Relationship', [NAME]: { type: 'Property' } } }, POINTER + POINTER],
]

describe.each(mergeFaults)('%j', (fragment, at) => {
  it('5.6.17 merge, 5.6.20 batch merge', async () => {
    const id = await created()
    const response = await broker.patch(pathOf(id), fragment)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
    const batch = await broker.post('/entityOperations/merge', [
      { id, type: 'T' },
      { id, ...fragment },
    ])
    expect({ status: batch.status, errors: batch.body.errors }).toMatchObject({
      status: 207,
      errors: [{ entityId: id, error: { at: `/1${at}` } }],
    })
    expect(await broker.entity(id)).toEqual({ id, type: 'T', ...stored })
  })
})

describe('5.6.4 partial update', () => {
  it.each([
    ['p', { sub: { unitCode: 'CEL' } }, '/sub'],
    ['p', { new: { type: 'Property' } }, '/new'],
    ['p', { new: { type: 'Property', value: 1, [NAME]: { type: 'Property' } } }, `/new${POINTER}`],
    ['p', { '@type': 'Relationship' }, '/@type'],
    ['p', { sub: { '@type': 'NoType', value: 1 } }, '/sub/@type'],
    ['geo', { value: { type: 'Point', coordinates: [1, 'x'] } }, '/value/coordinates'],
  ])('%s: %j', async (name, fragment, at) => {
    const id = await created()
    const response = await broker.patch(`${pathOf(id)}/attrs/${name}`, fragment)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
    expect(await broker.entity(id)).toEqual({ id, type: 'T', ...stored })
  })
})

describe('4.4: "@id and @type … may also be used"', () => {
  it.each([
    [{ '@id': 'no uri', type: 'T' }, '/@id'],
    [{ '@id': 'urn:x:1', '@type': 'no name' }, '/@type'],
    [{ id: 'urn:x:1', '@type': ['T', 'no name'] }, '/@type/1'],
    [{ id: 'urn:x:1', type: 'T', p: { '@type': 'NoType' } }, '/p/@type'],
  ])('%j', async (entity, at) => {
    const response = await broker.post('/entities', entity)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
  })
})

it.each(['id', '@id'])('5.4: "%s" that is not the id of the target', async (member) => {
  const response = await broker.patch(pathOf(await created()), { [member]: 'urn:x:other', p: 1 })
  expectProblem(response, 400, 'BadRequestData')
  expect(response.body.at).toBe(`/${member}`)
})

describe('a geometry whose type is no text', () => {
  it.each([[{ toString: 1 }], [{ valueOf: 1, toString: 'x' }], [['"', {}]], [NULL], [null], [[[{ toString: {} }]]]])(
    '%j is refused like any other',
    async (type) => {
      const value = { type, coordinates: [1, 2] }
      const response = await broker.post('/entities', { id: newId(), type: 'T', g: { type: 'GeoProperty', value } })
      expectProblem(response, 400, 'BadRequestData', /geometry type/)
      expect(response.body.at).toBe('/g/value/type')
    },
  )
})
