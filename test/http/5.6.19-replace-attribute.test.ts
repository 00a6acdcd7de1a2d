import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const NULL = 'urn:ngsi-ld:null'

describe('5.6.19 Replace Attribute', () => {
  it('5.6.19.4: the instance is completely replaced; elements and sub-attributes not sent are gone', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 1, unitCode: 'CEL', sub: 1 }, b: 1 })
    const response = await broker.put(`${pathOf(id)}/attrs/a`, { type: 'Property', value: 2, other: 3 }).expect(204)
    expect(response.text).toBe('')
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'Room',
      a: { type: 'Property', value: 2, other: { type: 'Property', value: 3 } },
      b: { type: 'Property', value: 1 },
    })
  })

  it.each<[unknown, unknown]>([
    [{ value: 2 }, { type: 'Property', value: 2 }],
    [{ object: 'urn:x:1' }, { type: 'Relationship', object: 'urn:x:1' }],
    [{ languageMap: { es: 'x' } }, { type: 'LanguageProperty', languageMap: { es: 'x' } }],
    [{ vocab: 'x' }, { type: 'VocabProperty', vocab: 'x' }],
    [{ json: { x: 1 } }, { type: 'JsonProperty', json: { x: 1 } }],
    [{ valueList: [1] }, { type: 'ListProperty', valueList: [1] }],
    [{ objectList: ['urn:x:1'] }, { type: 'ListRelationship', objectList: [{ object: 'urn:x:1' }] }],
    [
      { value: { type: 'Point', coordinates: [1, 2] } },
      { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
    ],
  ])('5.6.19.4: the new content may be of another type: %j', async (sent, shown) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    await broker.put(`${pathOf(id)}/attrs/a`, sent).expect(204)
    expect((await broker.entity(id)).a).toEqual(shown)
  })

  it('5.6.19.4: the datasetId of the content tells the instance, without it the default one', async () => {
    const id = newId()
    await broker.create({
      id,
      type: 'Room',
      a: [
        { value: 1, unitCode: 'CEL' },
        { value: 2, datasetId: 'urn:d:1' },
      ],
    })
    await broker.put(`${pathOf(id)}/attrs/a`, { value: 9, datasetId: 'urn:d:1' }).expect(204)
    await broker.put(`${pathOf(id)}/attrs/a`, { value: 8, datasetId: '@none' }).expect(204)
    expect((await broker.entity(id)).a).toEqual([
      { type: 'Property', value: 8 },
      { type: 'Property', value: 9, datasetId: 'urn:d:1' },
    ])
  })

  it('5.6.19.4: createdAt remains unchanged, modifiedAt moves', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.put(`${pathOf(id)}/attrs/a`, { value: 2 }).expect(204)
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt: after,
      a: { createdAt: before, modifiedAt: after },
      b: { modifiedAt: before },
    })
  })

  it('5.6.19.4: ResourceNotFound where there is no such instance, entity, or the type does not match', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: { value: 1, datasetId: 'urn:d:1' } })
    for (const [path, content] of [
      [`${pathOf(id)}/attrs/a`, { value: 2, datasetId: 'urn:d:1' }],
      [`${pathOf(id)}/attrs/b`, { value: 2 }],
      [`${pathOf(id)}/attrs/c`, { value: 2 }],
      [`${pathOf(id)}/attrs/a?type=Car`, { value: 2 }],
      [`${pathOf(newId())}/attrs/a`, { value: 2 }],
    ] as const) {
      expectProblem(await broker.put(path, content), 404, 'ResourceNotFound')
    }
    await broker.put(`${pathOf(id)}/attrs/${encodeURIComponent(iri('a'))}?type=Room`, { value: 2 }).expect(204)
  })

  it.each<[string, unknown]>([
    ['no value', { type: 'Property' }],
    ['an element alone', { unitCode: 'CEL' }],
    ['NGSI-LD Null', { type: 'Property', value: NULL }],
    ['NGSI-LD Null as an object', { type: 'Relationship', object: NULL }],
    ['NGSI-LD Null in a languageMap', { languageMap: { '@none': NULL } }],
    ['NGSI-LD Null inside a value', { value: { x: NULL } }],
    ['a sub-attribute of NGSI-LD Null', { value: 1, sub: NULL }],
  ])('5.5.4: BadRequestData for %s', async (_, content) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expectProblem(await broker.put(`${pathOf(id)}/attrs/a`, content), 400, 'BadRequestData')
    expect((await broker.entity(id)).a).toEqual({ type: 'Property', value: 1 })
  })

  it('5.6.19.4: BadRequestData for a wrong id, a wrong name and for scope', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: '/a' })
    expectProblem(await broker.put('/entities/no-uri/attrs/a', { value: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.put(`${pathOf(id)}/attrs/a-b`, { value: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.put(`${pathOf(id)}/attrs/scope`, { value: '/b' }), 400, 'BadRequestData', /scope/)
  })
})
