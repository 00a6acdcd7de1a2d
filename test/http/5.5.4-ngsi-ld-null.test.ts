/** 5.5.4: where NGSI-LD Null has no place. */

import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const NULL = 'urn:ngsi-ld:null'
const POINT = { type: 'Point', coordinates: [1, 2] }

const stored = {
  p: { type: 'Property', value: { a: [1], b: 2 } },
  geo: { type: 'GeoProperty', value: POINT },
  name: { type: 'LanguageProperty', languageMap: { es: 'a', en: 'b' } },
  kind: { type: 'VocabProperty', vocab: ['a', 'b'] },
  list: { type: 'ListProperty', valueList: [{ a: 1 }] },
}

/** What an array has is not merged but replaced (5.5.12), so that a Null would be stored: "null cannot be used as a value" (4.5.0). */
const wrong: readonly (readonly [keyof typeof stored, string, unknown, string])[] = [
  ['p', 'value', [1, NULL], '/1'],
  ['p', 'value', [NULL], '/0'],
  ['p', 'value', { a: [1, NULL] }, '/a/1'],
  ['p', 'value', { a: [1, [NULL]] }, '/a/1/0'],
  ['p', 'value', { a: [{ x: NULL }] }, '/a/0/x'],
  ['geo', 'value', { ...POINT, 'a/b': NULL }, '/a~1b'],
  ['geo', 'value', { ...POINT, bbox: [NULL] }, '/bbox/0'],
  ['name', 'languageMap', { es: ['a', NULL] }, '/es/1'],
  ['kind', 'vocab', ['a', NULL], '/1'],
  ['list', 'valueList', [1, NULL], '/1'],
  ['list', 'valueList', [{ a: NULL }], '/0/a'],
  ['list', 'valueList', [[NULL]], '/0/0'],
]

describe.each(wrong)('%s with "%s": %j', (name, member, value, at) => {
  const { type } = stored[name]

  it('5.6.17, 5.6.20: is refused by a merge', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', ...stored })
    for (const sent of [{ [member]: value }, { type, [member]: value }]) {
      const response = await broker.patch(pathOf(id), { [name]: sent })
      expectProblem(response, 400, 'BadRequestData', /Null|urn:ngsi-ld:null/)
      expect(response.body.at).toBe(`/${name}/${member}${at}`)
    }
    const batch = await broker.post('/entityOperations/merge', [
      { id, p: 1 },
      { id, [name]: { [member]: value } },
    ])
    expect(batch.body.errors[0].error.at).toBe(`/1/${name}/${member}${at}`)
    expect(await broker.entity(id)).toMatchObject({ ...stored, p: { type: 'Property', value: 1 } })
  })

  it('5.6.17: is refused as a new Attribute, too', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    const response = await broker.patch(pathOf(id), { [name]: { type, [member]: value } })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe(`/${name}/${member}${at}`)
    expect(await broker.entity(id)).toEqual({ id, type: 'T' })
  })

  it('is refused by all that replaces', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', ...stored })
    const whole = { type, [member]: value }
    for (const [request, before] of [
      [broker.post('/entities', { id: newId(), type: 'T', [name]: whole }), `/${name}`],
      [broker.put(pathOf(id), { id, type: 'T', [name]: whole }), `/${name}`],
      [broker.patch(`${pathOf(id)}/attrs`, { [name]: whole }), `/${name}`],
      [broker.post(`${pathOf(id)}/attrs`, { [name]: whole }), `/${name}`],
      [broker.patch(`${pathOf(id)}/attrs/${name}`, { [member]: value }), ''],
      [broker.put(`${pathOf(id)}/attrs/${name}`, whole), ''],
    ] as const) {
      const response = await request
      expectProblem(response, 400, 'BadRequestData')
      expect(response.body.at).toBe(`${before}/${member}${at}`)
    }
    expect(await broker.entity(id)).toEqual({ id, type: 'T', ...stored })
  })
})

describe('4.5.24.2: "json" is "not available for JSON-LD interpretation", and 5.5.4 speaks of "value"', () => {
  const json = { a: NULL, b: [NULL, { c: NULL }] }

  it('is kept as it is sent, where it is not merged', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', raw: { json } })
    expect((await broker.entity(id)).raw).toEqual({ type: 'JsonProperty', json })
    await broker.patch(`${pathOf(id)}/attrs/raw`, { json: { x: NULL } }).expect(204)
    expect((await broker.entity(id)).raw).toEqual({ type: 'JsonProperty', json: { x: NULL } })
  })

  it('5.5.12: is merged like a value', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', raw: { json: { a: 1, b: 2 } } })
    await broker.patch(pathOf(id), { raw: { json } }).expect(204)
    expect((await broker.entity(id)).raw).toEqual({ type: 'JsonProperty', json: { b: [NULL, { c: NULL }] } })
  })
})

describe('4.5.18.2: a languageMap has "a set of a non-empty language tags"', () => {
  it.each(['post', 'put'] as const)('an empty one is BadRequestData for %s', async (method) => {
    const id = newId()
    await broker.create({ id, type: 'T', name: stored.name })
    const body = { id: method === 'post' ? newId() : id, type: 'T', name: { languageMap: {} } }
    const response = await broker[method](method === 'post' ? '/entities' : pathOf(id), body)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at).toBe('/name/languageMap')
  })

  it.each([
    ['the last text', { es: NULL, en: NULL }],
    ['the last text and one that is not there', { es: NULL, en: NULL, fr: NULL }],
    ['"@none", the Null of a languageMap', { '@none': NULL }],
  ])('5.5.12: a merge that removes %s removes the Attribute', async (_, languageMap) => {
    const id = newId()
    await broker.create({ id, type: 'T', name: { ...stored.name, sub: 1 }, p: { value: 1, name: stored.name } })
    await broker.patch(pathOf(id), { name: { languageMap } }).expect(204)
    await broker.patch(pathOf(id), { p: { type: 'Property', name: { languageMap } } }).expect(204)
    expect(await broker.entity(id)).toEqual({ id, type: 'T', p: { type: 'Property', value: 1 } })
  })

  it('5.5.12: texts of a new Attribute that are Nulls only make none', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    await broker.patch(pathOf(id), { name: { languageMap: { es: NULL } } }).expect(204)
    await broker.patch(pathOf(id), { p: { value: 1, name: { languageMap: { es: NULL, en: 'a' } } } }).expect(204)
    await broker.patch(pathOf(id), { q: { value: 1, name: { languageMap: { es: NULL } } } }).expect(204)
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'T',
      p: { type: 'Property', value: 1, name: { type: 'LanguageProperty', languageMap: { en: 'a' } } },
      q: { type: 'Property', value: 1 },
    })
  })
})
