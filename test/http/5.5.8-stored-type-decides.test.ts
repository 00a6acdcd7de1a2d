import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

/** 5.5.8, 5.5.12: what a patch sends without a type is what the Attribute is that it changes. */
const broker = brokerForFile()
const NULL = 'urn:ngsi-ld:null'
const TEXT = '{"type":"Point","coordinates":[3,4]}'
const OFF_EARTH = { type: 'Point', coordinates: [500, 2] }

const stored = {
  lp: { type: 'ListProperty', valueList: [1] },
  lr: { type: 'ListRelationship', objectList: [{ object: 'urn:a:b' }] },
  r: { type: 'Relationship', object: 'urn:a:b' },
  name: { type: 'LanguageProperty', languageMap: { es: 'a' }, sub: { type: 'Property', value: 1 } },
  geo: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
  p: { type: 'Property', value: OFF_EARTH },
}
const MEMBERS = { lp: 'valueList', lr: 'objectList', r: 'object' } as const

async function created(): Promise<string> {
  const id = newId()
  await broker.create({ id, type: 'T', ...stored })
  return id
}

async function expectUnchanged(id: string): Promise<void> {
  expect(await broker.entity(id)).toEqual({ id, type: 'T', ...stored })
}

describe('5.6.17: a simplified value is judged like the normalized one of the type that is there', () => {
  it.each<[keyof typeof MEMBERS, unknown, string]>([
    ['lp', [null, 2], '/0'],
    ['lp', [NULL, 3], '/0'],
    ['lp', 'no list', ''],
    ['lr', [NULL, 'urn:c:d'], '/0'],
    ['lr', ['urn:c:d', `urn:${'x'.repeat(5000)}`], '/1'],
    ['lr', 'urn:c:d', ''],
    ['r', [NULL, 'urn:c:d'], '/0'],
    ['r', `urn:${'x'.repeat(5000)}`, ''],
    ['r', [], ''],
    ['r', 7, ''],
  ])('%s: what fails in one fails in the other (%#)', async (name, value, at) => {
    const id = await created()
    const simplified = await broker.patch(`${pathOf(id)}?format=simplified`, { [name]: value })
    expectProblem(simplified, 400, 'BadRequestData')
    expect(simplified.body.at).toBe(`/${name}${at}`)
    const normalized = await broker.patch(pathOf(id), { [name]: { [MEMBERS[name]]: value } })
    expectProblem(normalized, 400, 'BadRequestData')
    expect(normalized.body.at).toBe(`/${name}/${MEMBERS[name]}${at}`)
    await expectUnchanged(id)
  })

  it.each(['lp', 'lr', 'r'])('4.5.0: "an array with one single NGSI-LD Null" deletes %s', async (name) => {
    const id = await created()
    await broker.patch(`${pathOf(id)}?format=simplified`, { [name]: [NULL] }).expect(204)
    expect(Object.keys(await broker.entity(id))).not.toContain(name)
  })

  it('4.7.2: a geometry as a string, of an Attribute that is a GeoProperty', async () => {
    const id = await created()
    await broker.patch(`${pathOf(id)}?format=simplified`, { geo: TEXT }).expect(204)
    expect((await broker.entity(id)).geo).toEqual({ type: 'GeoProperty', value: JSON.parse(TEXT) })
  })

  it('4.6.5: an empty array is no text of a language', async () => {
    const id = await created()
    expectProblem(await broker.patch(`${pathOf(id)}?lang=en`, { name: [] }), 400, 'BadRequestData')
    await expectUnchanged(id)
  })
})

describe.each([
  ['5.6.4', (id: string, name: string, sent: unknown) => broker.patch(`${pathOf(id)}/attrs/${name}`, sent), ''],
  ['5.6.17', (id: string, name: string, sent: unknown) => broker.patch(pathOf(id), { [name]: sent }), '/'],
  [
    '5.6.20',
    (id: string, name: string, sent: unknown) => broker.post('/entityOperations/merge', [{ id, [name]: sent }]),
    '/0/',
  ],
] as const)('%s: what is sent without a type is judged by the stored one', (clause, send, before) => {
  const isBatch = clause === '5.6.20'
  const place = (name: string, at: string) => (before === '' ? at : `${before}${name}${at}`)

  it.each([
    ['name', { valueType: 'integer' }, '/valueType', /langString/],
    ['name', { unitCode: 'CEL' }, '/unitCode', /unit/],
    ['name', { objectType: 'T' }, '/objectType', /Relationship/],
    ['r', { valueType: 'integer' }, '/valueType', /value/],
    ['r', { value: 1 }, '/value', /Relationship/],
    ['r', { unitCode: 'CEL' }, '/unitCode', /unit/],
    ['p', { entity: { id: 'urn:x:1' }, unitCode: 'CEL' }, '/entity', /entity/],
    ['p', { value: null }, '/value', /null/],
    ['p', { object: 'urn:x:1' }, '/object', /Property/],
    ['p', { type: 'Relationship', object: 'urn:x:1' }, '/type', /Property/],
    ['r', { type: 'Point', coordinates: [1, 2] }, '', /Relationship/],
    ['geo', { value: 'no geometry' }, '/value', /GeoJSON/],
    ['geo', { value: OFF_EARTH }, '/value/coordinates', /Earth/],
    ['location', { value: 1 }, '/value', /GeoJSON/],
  ])('%s: %j is BadRequestData', async (name, sent, at, detail) => {
    const id = await created()
    const response = await send(id, name, sent)
    const { body } = response
    const problem = isBatch ? body.errors[0].error : body
    expect({ status: response.status, ...problem }).toMatchObject({
      status: 400,
      type: 'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
      detail: expect.stringMatching(detail),
      at: place(name, at),
    })
    await expectUnchanged(id)
  })

  it.each([
    ['geo', { value: TEXT }, { type: 'GeoProperty', value: JSON.parse(TEXT) }],
    ['p', { type: 'Point', coordinates: [1, 2] }, { type: 'Property', value: { type: 'Point', coordinates: [1, 2] } }],
    ['location', { value: TEXT }, { type: 'GeoProperty', value: JSON.parse(TEXT) }],
    [
      'p',
      { value: { ...OFF_EARTH, coordinates: [600, 2] } },
      { ...stored.p, value: { ...OFF_EARTH, coordinates: [600, 2] } },
    ],
    ['name', { valueType: 'langString' }, { ...stored.name, valueType: 'langString' }],
    ['r', { entity: { id: 'urn:a:b' }, objectType: 'T' }, { ...stored.r, objectType: 'T' }],
    ['name', { sub: 2 }, { ...stored.name, sub: { type: 'Property', value: 2 } }],
  ])('%s: %j is taken', async (name, sent, after) => {
    const id = await created()
    await send(id, name, sent).expect(204)
    expect((await broker.entity(id))[name]).toEqual(after)
  })
})

describe('5.6.17.4: what is not there yet is what its value lets infer (4.5.2.3, 4.7.3)', () => {
  it.each([
    ['new', { value: OFF_EARTH }, '/new/value/coordinates'],
    ['new', OFF_EARTH, '/new/coordinates'],
    ['operationSpace', { value: 1 }, '/operationSpace'],
    ['operationSpace', 1, '/operationSpace'],
    ['new', { value: 1, sub: { value: OFF_EARTH } }, '/new/sub/value/coordinates'],
  ])('%s: %j is BadRequestData', async (name, sent, at) => {
    const id = await created()
    const response = await broker.patch(pathOf(id), { [name]: sent })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
    await expectUnchanged(id)
  })

  it('a sub-attribute, too', async () => {
    const id = await created()
    const response = await broker.patch(`${pathOf(id)}/attrs/r`, { sub: { value: OFF_EARTH } })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe('/sub/value/coordinates')
    await broker.patch(`${pathOf(id)}/attrs/r`, { sub: { value: JSON.parse(TEXT) } }).expect(204)
    const sub = { type: 'GeoProperty', value: JSON.parse(TEXT) }
    expect((await broker.entity(id)).r).toEqual({ ...stored.r, sub })
  })
})

describe('5.6.4.4: the behaviour of 5.5.4 comes before ResourceNotFound', () => {
  it.each([
    [{ value: null }, '/value'],
    [{ value: { a: NULL } }, '/value/a'],
    [{ object: NULL, unitCode: 7 }, '/unitCode'],
    [{ sub: { x: NULL, y: 3 } }, '/sub/x'],
    [{ sub: null }, '/sub'],
  ])('%j is BadRequestData whatever the Attribute would be', async (sent, at) => {
    const id = await created()
    const response = await broker.patch(`${pathOf(id)}/attrs/absent`, sent)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(at)
  })
})
