import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const NULL = 'urn:ngsi-ld:null'

/** Patches Attribute `a` of a new entity, and returns what it is afterwards. */
async function patched(attribute: unknown, fragment: unknown): Promise<unknown> {
  const id = newId()
  await broker.create({ id, type: 'Room', a: attribute, b: 1 })
  await broker.patch(`${pathOf(id)}/attrs/a`, fragment).expect(204)
  const { a, b } = await broker.entity(id)
  expect(b).toEqual({ type: 'Property', value: 1 })
  return a
}

const temperature = { type: 'Property', value: 25, unitCode: 'CEL', observedAt: '2022-03-14T01:59:26.535Z' }

describe('5.6.4 Partial Attribute update: what changes', () => {
  it('5.5.8 EXAMPLE 1: value and observedAt are overwritten, unitCode is left untouched', async () => {
    const fragment = { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' }
    expect(await patched(temperature, fragment)).toEqual({ ...fragment, unitCode: 'CEL' })
  })

  it.each([
    ['concise value', { value: 7 }, { ...temperature, value: 7 }],
    ['only an element, without type or value', { unitCode: 'FAH' }, { ...temperature, unitCode: 'FAH' }],
    ['only the type', { type: 'Property' }, temperature],
    [
      'NGSI-LD Null deletes an element',
      { unitCode: NULL },
      { type: 'Property', value: 25, observedAt: temperature.observedAt },
    ],
    ['a sub-attribute is added', { sub: 1 }, { ...temperature, sub: { type: 'Property', value: 1 } }],
    [
      'a sub-attribute alone, normalized',
      { sub: { type: 'Relationship', object: 'urn:x:1' } },
      { ...temperature, sub: { type: 'Relationship', object: 'urn:x:1' } },
    ],
  ])('5.5.8: %s', async (_, fragment, expected) => {
    expect(await patched(temperature, fragment)).toEqual(expected)
  })

  it('5.5.8: a value that is an object is replaced, not merged', async () => {
    const address = { type: 'Property', value: { street: 'a', city: 'b' } }
    expect(await patched(address, { value: { street: 'c' } })).toEqual({ type: 'Property', value: { street: 'c' } })
  })

  it('5.5.8: a sub-attribute is replaced whole, others stay, NGSI-LD Null deletes one', async () => {
    const before = { value: 1, kept: 1, gone: 1, whole: { value: 1, unitCode: 'CEL', deep: 1 } }
    expect(await patched(before, { gone: NULL, whole: { value: 2 } })).toEqual({
      type: 'Property',
      value: 1,
      kept: { type: 'Property', value: 1 },
      whole: { type: 'Property', value: 2 },
    })
  })

  it('5.6.4.4: every kind of Attribute', async () => {
    const changes: [unknown, unknown, unknown][] = [
      [
        { object: 'urn:x:1', sub: 1 },
        { object: 'urn:x:2' },
        { type: 'Relationship', object: 'urn:x:2', sub: { type: 'Property', value: 1 } },
      ],
      [
        { languageMap: { es: 'a', en: 'b' } },
        { languageMap: { es: 'c' } },
        { type: 'LanguageProperty', languageMap: { es: 'c' } },
      ],
      [{ vocab: 'a' }, { vocab: ['b', 'c'] }, { type: 'VocabProperty', vocab: ['b', 'c'] }],
      [{ json: { a: 1 } }, { json: { b: 2 } }, { type: 'JsonProperty', json: { b: 2 } }],
      [{ valueList: [1, 2] }, { valueList: [3] }, { type: 'ListProperty', valueList: [3] }],
      [
        { objectList: ['urn:x:1'] },
        { objectList: [{ object: 'urn:x:2' }] },
        { type: 'ListRelationship', objectList: [{ object: 'urn:x:2' }] },
      ],
      [
        { type: 'Point', coordinates: [1, 2] },
        { value: { type: 'Point', coordinates: [3, 4] } },
        { type: 'GeoProperty', value: { type: 'Point', coordinates: [3, 4] } },
      ],
    ]
    for (const [attribute, fragment, expected] of changes) expect(await patched(attribute, fragment)).toEqual(expected)
  })

  it('4.8: createdAt of Attribute and entity remain, modifiedAt of both move, another Attribute’s stays', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.patch(`${pathOf(id)}/attrs/a`, { value: 2 }).expect(204)
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt: after,
      a: { createdAt: before, modifiedAt: after },
      b: { createdAt: before, modifiedAt: before },
    })
  })
})

describe('5.6.4 Partial Attribute update: NGSI-LD Null', () => {
  // 5.6.4.1 speaks against it, 4.5.2.2 for it: "An NGSI-LD Null … can be used as the right-hand side of the "value"
  // during partial update patch … to indicate a deletion of the Property". ARCHITECTURE.md says what was decided.
  it.each<[unknown, unknown]>([
    [1, { type: 'Property', value: NULL }],
    [{ object: 'urn:x:1' }, { object: NULL }],
    [{ languageMap: { es: 'x' } }, { languageMap: { '@none': NULL } }],
    [{ valueList: [1] }, { valueList: [NULL] }],
    [{ objectList: ['urn:x:1'] }, { objectList: [NULL] }],
  ])('4.5.2.2, 4.5.3.2, 4.5.18.2, 4.5.21.2, 4.5.22.2: %j is deleted by %j', async (attribute, fragment) => {
    expect(await patched(attribute, fragment)).toBeUndefined()
  })

  it('5.5.8: with a datasetId that instance is deleted only', async () => {
    const before = [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }]
    expect(await patched(before, { value: NULL, datasetId: 'urn:d:1' })).toEqual({ type: 'Property', value: 1 })
  })
})

describe('5.6.4 Partial Attribute update: datasetId and names', () => {
  it('5.6.4.4: the datasetId of the fragment tells the instance, without it the default one', async () => {
    const id = newId()
    const a = [
      { value: 1, unitCode: 'CEL' },
      { value: 2, unitCode: 'KMH', datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'Room', a })
    await broker.patch(`${pathOf(id)}/attrs/a`, { value: 9, datasetId: 'urn:d:1' }).expect(204)
    await broker.patch(`${pathOf(id)}/attrs/a`, { value: 8 }).expect(204)
    expect((await broker.entity(id)).a).toEqual([
      { type: 'Property', value: 8, unitCode: 'CEL' },
      { type: 'Property', value: 9, unitCode: 'KMH', datasetId: 'urn:d:1' },
    ])
  })

  it('5.6.4.4: ResourceNotFound where there is no such instance', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: { value: 1, datasetId: 'urn:d:1' } })
    for (const [name, fragment] of [
      ['a', { value: 2, datasetId: 'urn:d:1' }],
      ['b', { value: 2 }],
      ['c', { value: 2 }],
    ] as const) {
      expectProblem(await broker.patch(`${pathOf(id)}/attrs/${name}`, fragment), 404, 'ResourceNotFound')
    }
  })

  it('5.5.7: the name may be a term or its IRI, percent-encoded', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    await broker.patch(`${pathOf(id)}/attrs/${encodeURIComponent(iri('a'))}`, { value: 2 }).expect(204)
    expect((await broker.entity(id, 'format=simplified')).a).toBe(2)
  })
})

describe('5.6.4 Partial Attribute update: what is refused', () => {
  it.each([
    ['another type', { type: 'Relationship', object: 'urn:x:1' }],
    ['another type by its value member', { object: 'urn:x:1' }],
    ['another type of Property', { type: 'LanguageProperty', languageMap: { es: 'x' } }],
    ['another type, without a value', { type: 'Relationship', sub: 1 }],
    ['another type, to delete it', { type: 'Relationship', object: NULL }],
    ['another type by its value member, to delete it', { object: NULL }],
    ['another type of Property, to delete it', { languageMap: { '@none': NULL } }],
    ['a list, to delete it', { valueList: [NULL] }],
    ['an element that is wrong', { value: 1, observedAt: 'yesterday' }],
    ['a datasetId of NGSI-LD Null (5.5.8)', { datasetId: NULL }],
    ['NGSI-LD Null inside a value (5.5.4)', { value: { x: NULL } }],
  ])('BadRequestData for %s', async (_, fragment) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/a`, fragment), 400, 'BadRequestData')
    expect((await broker.entity(id)).a).toEqual({ type: 'Property', value: 1 })
  })

  it('5.6.4.4: NGSI-LD Null as the value of a Property deletes no Relationship, but says where it is wrong', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', r: { object: 'urn:x:1' } })
    const response = await broker.patch(`${pathOf(id)}/attrs/r`, { value: NULL })
    expectProblem(response, 400, 'BadRequestData', /the Attribute is a Relationship with "object"/)
    expect(response.body.at).toBe('/value')
    expect((await broker.entity(id)).r).toEqual({ type: 'Relationship', object: 'urn:x:1' })
  })

  it.each([{ unitCode: 'CEL' }, { valueType: 'Integer' }])(
    '4.5.3.2: BadRequestData for %j in a Relationship',
    async (fragment) => {
      const id = newId()
      await broker.create({ id, type: 'Room', a: { object: 'urn:x:1' } })
      expectProblem(await broker.patch(`${pathOf(id)}/attrs/a`, fragment), 400, 'BadRequestData')
      expect((await broker.entity(id)).a).toEqual({ type: 'Relationship', object: 'urn:x:1' })
    },
  )

  it('5.6.4.4: BadRequestData for a wrong id, a wrong name and for scope; ResourceNotFound for no entity', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: '/a', a: 1 })
    expectProblem(await broker.patch('/entities/no-uri/attrs/a', { value: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/a-b`, { value: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/scope`, { value: '/b' }), 400, 'BadRequestData', /scope/)
    expectProblem(await broker.patch(`${pathOf(newId())}/attrs/a`, { value: 1 }), 404, 'ResourceNotFound')
  })

  it('4.17: 404 where the type parameter does not match', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/a?type=Car`, { value: 2 }), 404, 'ResourceNotFound')
    await broker.patch(`${pathOf(id)}/attrs/a?type=Room`, { value: 2 }).expect(204)
  })
})
