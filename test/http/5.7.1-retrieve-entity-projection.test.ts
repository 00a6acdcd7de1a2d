import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem, iri, newId, pathOf } from './client.ts'

const broker = brokerForFile()

async function newVehicle() {
  const entity = {
    id: newId(),
    type: 'Vehicle',
    scope: '/Santander/Centro',
    brandName: { type: 'Property', value: 'Mercedes' },
    speed: [
      { type: 'Property', value: 55 },
      { type: 'Property', value: 54.5, datasetId: 'urn:d:gps' },
    ],
    tyres: { type: 'ListProperty', valueList: [300, 300, 120] },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] } },
  }
  await broker.create(entity)
  return entity
}

describe('5.7.1 Retrieve Entity: projection (4.21)', () => {
  it.each<[string, readonly string[]]>([
    ['pick=brandName', ['brandName']],
    ['pick=id,type,scope,tyres', ['id', 'type', 'scope', 'tyres']],
    ['pick=id%7Ctyres', ['id', 'tyres']],
    [`pick=id,${encodeURIComponent(iri('tyres'))}`, ['id', 'tyres']],
    ['pick=id,nobody', ['id']],
    ['attrs=tyres,location', ['id', 'type', 'scope', 'tyres', 'location']],
    ['attrs=tyres,nobody', ['id', 'type', 'scope', 'tyres']],
  ])('%s leaves %j', async (query, members) => {
    const { id } = await newVehicle()
    expect(Object.keys(await broker.entity(id, query)).sort()).toEqual([...members].sort())
  })

  it('omit removes the members listed', async () => {
    const entity = await newVehicle()
    const { tyres: _, scope: __, ...rest } = entity
    expect(await broker.entity(entity.id, 'omit=tyres,scope')).toEqual(rest)
    expect(await broker.entity(entity.id, 'omit=id,nobody')).not.toHaveProperty('id')
  })

  it('pick and omit together, of different members', async () => {
    const { id } = await newVehicle()
    expect(Object.keys(await broker.entity(id, 'pick=id,tyres&omit=speed')).sort()).toEqual(['id', 'tyres'])
  })

  it('Table 6.5.3.1-1: 404 where the entity has none of the Attributes in attrs', async () => {
    const { id } = await newVehicle()
    expectProblem(await broker.get(`${pathOf(id)}?attrs=nobody,none`), 404, 'ResourceNotFound')
  })

  it.each(['pick=a%7Bb%7D', 'omit=a%7Bb%7D', 'pick=', 'pick=a,,b', 'pick=a-b', 'attrs=a-b', 'omit=1'])(
    '4.21, 5.7.1.4: BadRequestData for %s',
    async (query) => {
      const { id } = await newVehicle()
      expectProblem(await broker.get(`${pathOf(id)}?${query}`), 400, 'BadRequestData')
    },
  )
})

describe('5.7.1 Retrieve Entity: datasetId (4.5.5)', () => {
  it.each<[string, unknown]>([
    ['@none', { type: 'Property', value: 1 }],
    ['urn:d:1', { type: 'Property', value: 2, datasetId: 'urn:d:1' }],
    [
      'urn:d:1,@none',
      [
        { type: 'Property', value: 1 },
        { type: 'Property', value: 2, datasetId: 'urn:d:1' },
      ],
    ],
  ])('datasetId=%s keeps those instances; an Attribute without any is left out', async (datasetId, a) => {
    const id = newId()
    await broker.create({
      id,
      type: 'T',
      a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }, { value: 3, datasetId: 'urn:d:2' }],
      b: { value: 4, datasetId: 'urn:d:9' },
    })
    expect(await broker.entity(id, `datasetId=${encodeURIComponent(datasetId)}`)).toEqual({ id, type: 'T', a })
  })

  it('BadRequestData for what is neither a URI nor @none', async () => {
    expectProblem(await broker.get(`${pathOf(newId())}?datasetId=x`), 400, 'BadRequestData')
  })
})

describe('5.7.1 Retrieve Entity: lang (4.15)', () => {
  it.each([
    ['fr', 'Grand Place', 'fr'],
    ['nl', 'Grote Markt', 'nl'],
    ['fr-CH,fr;q=0.9,nl;q=0.8', 'Grand Place', 'fr'],
    ['fr;q=0.1,nl;q=0.8', 'Grote Markt', 'nl'],
    ['de,*;q=0.5', 'Standard', '@none'],
    ['de', 'Standard', '@none'],
  ])('lang=%s shows a Property with its language', async (lang, value, tag) => {
    const id = newId()
    const languageMap = { fr: 'Grand Place', nl: 'Grote Markt', '@none': 'Standard' }
    await broker.create({ id, type: 'T', street: { languageMap } })
    const query = `lang=${encodeURIComponent(lang)}`
    expect((await broker.entity(id, query)).street).toEqual({ type: 'Property', value, lang: tag })
    expect((await broker.entity(id, `${query}&format=concise`)).street).toEqual({ value, lang: tag })
    expect((await broker.entity(id, `${query}&format=simplified`)).street).toBe(value)
  })

  it('any language is chosen where none matches and there is no default one', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', street: { languageMap: { fr: 'x', nl: 'x' } } })
    expect((await broker.entity(id, 'lang=de')).street).toEqual({
      type: 'Property',
      value: 'x',
      lang: expect.stringMatching(/^(fr|nl)$/),
    })
  })

  it('an array of strings stays one; sub-attributes are converted, too', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', a: { value: 1, label: { languageMap: { es: ['x', 'y'] } } } })
    expect((await broker.entity(id, 'lang=es')).a).toEqual({
      type: 'Property',
      value: 1,
      label: { type: 'Property', value: ['x', 'y'], lang: 'es' },
    })
  })
})
