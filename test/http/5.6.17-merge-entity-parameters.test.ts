import { describe, expect, it } from 'vitest'
import { brokerForFile, type Document, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const NULL = 'urn:ngsi-ld:null'

async function merged(entity: Document, query: string, fragment: Document): Promise<Document> {
  const id = newId()
  await broker.create({ id, type: 'Room', ...entity })
  await broker.patch(`${pathOf(id)}?${query}`, fragment).expect(204)
  const { id: _, type: __, ...rest } = await broker.entity(id)
  return rest
}

describe('5.6.17 Merge Entity: format=simplified', () => {
  it.each(['format=simplified', 'format=keyValues', 'options=simplified', 'options=keyValues'])(
    '5.6.17.4: "the type of any pre-existing Attribute in the target entity shall be preserved" (%s)',
    async (query) => {
      const before = {
        p: { value: 1, unitCode: 'CEL', sub: 1 },
        r: { object: 'urn:x:1' },
        l: { valueList: [1] },
        o: { objectList: ['urn:x:1'] },
        g: { type: 'Point', coordinates: [1, 2] },
        m: { languageMap: { es: 'a' } },
        v: { vocab: 'a' },
        j: { json: { a: 1 } },
      }
      const sent = {
        p: 2,
        r: 'urn:x:2',
        l: [2, 3],
        o: ['urn:x:2'],
        g: { type: 'Point', coordinates: [3, 4] },
        m: { languageMap: { en: 'b' } },
        v: { vocab: 'b' },
        j: { json: { b: 2 } },
      }
      expect(await merged(before, query, sent)).toEqual({
        p: { type: 'Property', value: 2, unitCode: 'CEL', sub: { type: 'Property', value: 1 } },
        r: { type: 'Relationship', object: 'urn:x:2' },
        l: { type: 'ListProperty', valueList: [2, 3] },
        o: { type: 'ListRelationship', objectList: [{ object: 'urn:x:2' }] },
        g: { type: 'GeoProperty', value: { type: 'Point', coordinates: [3, 4] } },
        m: { type: 'LanguageProperty', languageMap: { es: 'a', en: 'b' } },
        v: { type: 'VocabProperty', vocab: 'b' },
        j: { type: 'JsonProperty', json: { a: 1, b: 2 } },
      })
    },
  )

  it('6.5.3.4: "any attempt to modify the type of an Attribute shall result in a BadRequest error"', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', r: { object: 'urn:x:1' }, l: { valueList: [1] } })
    for (const sent of [{ r: 'no uri' }, { r: 7 }, { l: 'no list' }, { r: { languageMap: { es: 'x' } } }]) {
      expectProblem(await broker.patch(`${pathOf(id)}?format=simplified`, sent), 400, 'BadRequestData')
    }
  })

  it('4.5.4: what is new becomes what its simplified form says', async () => {
    const sent = {
      p: { a: { value: 1 } },
      m: { languageMap: { es: 'x' } },
      v: { vocab: 'y' },
      j: { json: [{}] },
      o: 'urn:x:1',
    }
    expect(await merged({}, 'format=simplified', sent)).toEqual({
      p: { type: 'Property', value: { a: { value: 1 } } },
      m: { type: 'LanguageProperty', languageMap: { es: 'x' } },
      v: { type: 'VocabProperty', vocab: 'y' },
      j: { type: 'JsonProperty', json: [{}] },
      o: { type: 'Property', value: 'urn:x:1' },
    })
  })

  it('4.5.4, 4.5.0: the instances of a "dataset", and NGSI-LD Null', async () => {
    const before = { p: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }], q: 1, r: { object: 'urn:x:1' } }
    const sent = { p: { dataset: { '@none': 8, 'urn:d:1': NULL, 'urn:d:2': 9 } }, q: NULL, r: NULL }
    expect(await merged(before, 'format=simplified', sent)).toEqual({
      p: [
        { type: 'Property', value: 8 },
        { type: 'Property', value: 9, datasetId: 'urn:d:2' },
      ],
    })
  })

  it('6.5.3.4: "If both format and options are present, the value of the format parameter shall take precedence"', async () => {
    const sent = { r: 'urn:x:2' }
    const { r } = await merged({ r: { object: 'urn:x:1' } }, 'format=simplified&options=keyValues', sent)
    expect(r).toEqual({ type: 'Relationship', object: 'urn:x:2' })
  })
})

describe('5.6.17 Merge Entity: lang', () => {
  it('5.6.17.4: "The string value shall only replace the value associated to the language tag key"', async () => {
    const m = { languageMap: { es: 'a', en: 'b' } }
    const after = { m: { type: 'LanguageProperty', languageMap: { es: 'a', en: 'z' } } }
    expect(await merged({ m }, 'lang=en', { m: 'z' })).toEqual(after)
    expect(await merged({ m }, 'lang=en&format=simplified', { m: 'z' })).toEqual(after)
  })

  it('6.5.3.4: a string array, and a language that is new', async () => {
    const m = { languageMap: { es: 'a' } }
    expect((await merged({ m }, 'lang=fr&format=simplified', { m: ['x', 'y'] })).m).toEqual({
      type: 'LanguageProperty',
      languageMap: { es: 'a', fr: ['x', 'y'] },
    })
  })

  it('5.6.17.4: Attributes that are no LanguageProperty are merged as ever', async () => {
    expect(await merged({ p: 'a' }, 'lang=en', { p: 'b' })).toEqual({ p: { type: 'Property', value: 'b' } })
  })

  it('4.6.5: BadRequestData for what is no language tag', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', m: { languageMap: { es: 'a' } } })
    expectProblem(await broker.patch(`${pathOf(id)}?lang=no%20tag`, { m: 'z' }), 400, 'BadRequestData')
    expectProblem(await broker.patch(pathOf(id), { m: 'z' }), 400, 'BadRequestData')
  })
})

describe('5.6.17 Merge Entity: observedAt', () => {
  const at = '2026-02-02T00:00:00Z'
  const query = `observedAt=${encodeURIComponent(at)}`

  it('5.6.17.4: an Attribute that had an observedAt gets the common one, unless the fragment has its own', async () => {
    const before = {
      a: { value: 1, observedAt: '2026-01-01T00:00:00Z' },
      b: { value: 1, observedAt: '2026-01-01T00:00:00Z' },
      c: { value: 1 },
      d: { value: 1, observedAt: '2026-01-01T00:00:00Z' },
    }
    const own = '2026-03-03T00:00:00Z'
    expect(await merged(before, query, { a: 2, b: { value: 2, observedAt: own }, c: 2, n: 1 })).toEqual({
      a: { type: 'Property', value: 2, observedAt: at },
      b: { type: 'Property', value: 2, observedAt: own },
      c: { type: 'Property', value: 2 },
      d: { type: 'Property', value: 1, observedAt: '2026-01-01T00:00:00Z' },
      n: { type: 'Property', value: 1 },
    })
  })

  it('6.5.3.4: together with simplified representation, and for each instance', async () => {
    const p = [
      { value: 1, observedAt: '2026-01-01T00:00:00Z' },
      { value: 2, observedAt: '2026-01-01T00:00:00Z', datasetId: 'urn:d:1' },
    ]
    expect((await merged({ p }, `${query}&format=simplified`, { p: { dataset: { 'urn:d:1': 9 } } })).p).toEqual([
      { type: 'Property', ...p[0] },
      { type: 'Property', value: 9, observedAt: at, datasetId: 'urn:d:1' },
    ])
  })

  it('4.6.3: BadRequestData for what is no DateTime', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', p: 1 })
    expectProblem(await broker.patch(`${pathOf(id)}?observedAt=2026-01-01`, { p: 2 }), 400, 'BadRequestData')
  })
})
