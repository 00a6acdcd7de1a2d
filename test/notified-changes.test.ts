/** How Notifications show what has changed (5.2.14.1, 5.8.6). */

import { describe, expect, it } from 'vitest'
import type { Json } from '../src/core/model/entity.ts'
import { ALL, AT, BEFORE, buildsNotifications, CORE, data, whole, withOther, without } from './support/notifications.ts'
import { type Asked, building, instance, property } from './support/subscriptions.ts'

buildsNotifications()

describe('the representation (5.2.14.1)', () => {
  const street = { fr: 'Grand Place', nl: 'Grote Markt' }
  const geometry = { type: 'Point', coordinates: [-8.5, 41.2] }
  const shown = (representation: Asked['representation'], more: Asked = {}) =>
    data({ representation: representation ?? {}, ...more }, undefined, building(whole))

  it('concise and simplified', async () => {
    expect(await shown({ format: 'concise' })).toEqual([
      {
        ...{ id: 'urn:b:1', type: 'Building', name: 'Eiffel Tower', location: geometry },
        ...{ street: { languageMap: street }, locatedAt: { object: 'urn:c:Paris' } },
      },
    ])
    expect(await shown({ format: 'simplified' })).toEqual([
      {
        ...{ id: 'urn:b:1', type: 'Building', name: 'Eiffel Tower', location: geometry },
        ...{ street: { languageMap: street }, locatedAt: 'urn:c:Paris' },
      },
    ])
  })

  it('times of the system, one language, pick and omit', async () => {
    const picked = { pick: ['id', 'urn:A:street'].map((member) => ({ member })) }
    expect(await shown({ ...picked, sysAttrs: true, lang: 'nl' })).toEqual([
      {
        ...{ id: 'urn:b:1', createdAt: BEFORE, modifiedAt: BEFORE },
        street: { type: 'Property', value: 'Grote Markt', lang: 'nl', createdAt: BEFORE, modifiedAt: BEFORE },
      },
    ])
    const omit = ['type', 'urn:A:name', 'urn:A:locatedAt', `${CORE}location`].map((member) => ({ member }))
    expect(await shown({ omit })).toEqual([
      { id: 'urn:b:1', street: { type: 'LanguageProperty', languageMap: street } },
    ])
  })

  it('a Feature has its geometry from the whole entity, whatever is picked', async () => {
    const pick = ['id', 'urn:A:name'].map((member) => ({ member }))
    const collection = await shown({ pick, format: 'simplified' }, { endpoint: { accept: 'application/geo+json' } })
    const feature = { id: 'urn:b:1', type: 'Feature', geometry, properties: { name: 'Eiffel Tower' } }
    expect(collection).toMatchObject({ features: [feature] })
  })

  it('an earlier version (4.3.6.8)', async () => {
    expect(await shown({ ngsildConformance: '1.3' })).toMatchObject([{ street: { type: 'Property', value: street } }])
  })
})

describe('what has been deleted (5.8.6)', () => {
  const GONE = 'urn:ngsi-ld:null'

  it.each([
    ['urn:A:name', 'name', { type: 'Property', value: GONE }],
    ['urn:A:locatedAt', 'locatedAt', { type: 'Relationship', object: GONE }],
    ['urn:A:street', 'street', { type: 'LanguageProperty', languageMap: { '@none': GONE } }],
  ])('%s of an entity that stays', async (iri, term, shown) => {
    const condition = { triggers: ALL }
    expect(await data({ condition }, building(whole), without(iri))).toMatchObject([{ [term]: shown }])
    for (const format of ['simplified', 'concise'] as const) {
      expect(await data({ condition, representation: { format } }, building(whole), without(iri))).toMatchObject([
        { [term]: GONE },
      ])
    }
  })

  it('one instance of several', async () => {
    const german = property('Eiffelturm', { datasetId: 'urn:d:german' })
    const before = building({ 'urn:A:name': [property('Eiffel Tower'), german] })
    const after = building({ 'urn:A:name': [property('Eiffel Tower')] })
    const asked = { condition: { triggers: ALL } }
    expect(await data(asked, before, after)).toMatchObject([
      {
        name: [
          { type: 'Property', value: 'Eiffel Tower' },
          { type: 'Property', value: GONE, datasetId: 'urn:d:german' },
        ],
      },
    ])
    expect(await data({ ...asked, representation: { format: 'simplified' } }, before, after)).toMatchObject([
      { name: { dataset: { '@none': 'Eiffel Tower', 'urn:d:german': GONE } } },
    ])
  })

  it('an instance of a dataset that is asked for, with its datasetId also where no other is left', async () => {
    const german = property('Eiffelturm', { datasetId: 'urn:d:german' })
    const before = building({ 'urn:A:name': [property('Eiffel Tower'), german] })
    const asked = (format: 'normalized' | 'simplified', datasetId: string | null = 'urn:d:german') => ({
      condition: { triggers: ALL },
      representation: { datasetIds: [datasetId], format },
    })
    const shown = { type: 'Property', value: GONE, datasetId: 'urn:d:german' }
    for (const after of [building({}), building({ 'urn:A:name': [property('Eiffel Tower')] }), undefined]) {
      expect(await data(asked('normalized'), before, after)).toMatchObject([{ name: shown }])
      expect(await data(asked('simplified'), before, after)).toMatchObject([{ name: GONE }])
    }
    expect(await data(asked('simplified', null), before, building({}))).toMatchObject([{ name: GONE }])
  })

  it('a LanguageProperty, in whatever language it is shown', async () => {
    const asked = { condition: { triggers: ALL }, representation: { lang: 'nl' } }
    expect(await data(asked, building(whole), without('urn:A:street'))).toMatchObject([{ street: { value: GONE } }])
  })

  it('an entity: only that it is', async () => {
    const condition = { triggers: ['entityDeleted'] as const }
    const gone = { id: 'urn:b:1', type: 'Building', deletedAt: AT }
    expect(await data({ condition }, building(whole), undefined)).toEqual([gone])
    expect(
      await data({ condition, representation: { format: 'simplified', sysAttrs: true } }, building(whole), undefined),
    ).toEqual([{ ...gone, createdAt: BEFORE, modifiedAt: BEFORE }])
  })

  it('an entity, and an Attribute of it that is watched, with the times of the system', async () => {
    const condition = { triggers: ['attributeDeleted'] as const, watchedAttributes: ['urn:A:name'] }
    const times = { createdAt: BEFORE, modifiedAt: BEFORE, deletedAt: AT }
    expect(await data({ condition, representation: { sysAttrs: true } }, building(whole), undefined)).toEqual([
      { id: 'urn:b:1', type: 'Building', ...times, name: { type: 'Property', value: GONE, ...times } },
    ])
  })

  it('is not taken for what a JsonProperty may have in it', async () => {
    const json = building({ 'urn:A:use': [instance('JsonProperty', { '@none': GONE })] })
    const simplified = { representation: { format: 'simplified' } } as const
    expect(await data(simplified, undefined, json)).toMatchObject([{ use: { json: { '@none': GONE } } }])
    const old = { representation: { ngsildConformance: '1.6', sysAttrs: true } }
    expect(JSON.stringify(await data(old, undefined, json))).not.toContain('deletedAt')
  })

  it.each([
    [instance('LanguageProperty', { en: 'a' }), 'Property', 'value', '1.3'],
    [instance('ListProperty', [1]), 'Property', 'value', '1.7'],
    [instance('ListRelationship', ['urn:x']), 'Relationship', 'object', '1.7'],
  ])('is null also as what it is in an earlier version: %j', async (was, type, member, ngsildConformance) => {
    const asked = { condition: { triggers: ALL }, representation: { ngsildConformance, sysAttrs: true } }
    expect(await data(asked, building({ 'urn:A:use': [was] }), building({}))).toMatchObject([
      { use: { type, [member]: GONE, deletedAt: AT } },
    ])
  })

  it('is no geometry of a Feature', async () => {
    const asked = { condition: { triggers: ALL }, endpoint: { accept: 'application/geo+json' } as const }
    const collection = await data(asked, building(whole), without(`${CORE}location`))
    expect(collection).toMatchObject({ features: [{ geometry: null, properties: { location: { value: GONE } } }] })
  })
})

describe('showChanges (5.2.14.1)', () => {
  const asked = { condition: { triggers: ALL }, representation: { showChanges: true } }
  const GONE = 'urn:ngsi-ld:null'
  const place = { type: 'Point', coordinates: [1, 2] }

  it.each([
    ['urn:A:name', 'Tour Eiffel', { name: { type: 'Property', value: 'Tour Eiffel', previousValue: 'Eiffel Tower' } }],
    [
      `${CORE}location`,
      place,
      { location: { type: 'GeoProperty', value: place, previousValue: { type: 'Point', coordinates: [-8.5, 41.2] } } },
    ],
    [
      'urn:A:locatedAt',
      'urn:c:Nantes',
      { locatedAt: { type: 'Relationship', object: 'urn:c:Nantes', previousObject: 'urn:c:Paris' } },
    ],
    [
      'urn:A:street',
      { fr: 'Grand Place' },
      {
        street: {
          ...{ type: 'LanguageProperty', languageMap: { fr: 'Grand Place' } },
          previousLanguageMap: { fr: 'Grand Place', nl: 'Grote Markt' },
        },
      },
    ],
  ])('what %s was', async (iri, value, shown) => {
    const [entity] = (await data(asked, building(whole), withOther(iri, value))) as readonly Record<string, Json>[]
    expect(entity).toMatchObject(shown)
    expect(JSON.stringify(entity).match(/previous/g)).toHaveLength(1)
  })

  it.each([
    [instance('JsonProperty', { a: null }), { type: 'JsonProperty', json: GONE, previousJson: { a: null } }],
    [instance('VocabProperty', 'urn:V:monument'), { type: 'VocabProperty', vocab: GONE, previousVocab: 'monument' }],
    [instance('ListProperty', [1, 2]), { type: 'ListProperty', valueList: [GONE], previousValueList: [1, 2] }],
    [
      instance('ListRelationship', ['urn:x']),
      { type: 'ListRelationship', objectList: [GONE], previousObjectList: [{ object: 'urn:x' }] },
    ],
  ])('what was before it was deleted: %j', async (was, shown) => {
    const before = building({ 'urn:A:use': [was] })
    expect(await data(asked, before, building({}))).toEqual([{ id: 'urn:b:1', type: 'Building', use: shown }])
    expect(await data(asked, before, undefined)).toEqual([
      { id: 'urn:b:1', type: 'Building', deletedAt: AT, use: shown },
    ])
  })

  it('nothing of what has been created', async () => {
    expect(JSON.stringify(await data(asked, undefined, building(whole)))).not.toContain('previous')
  })

  it('what was of another type is named after that', async () => {
    const after = building({ 'urn:A:use': [instance('Relationship', 'urn:x')] })
    expect(await data(asked, building({ 'urn:A:use': [property(1)] }), after)).toMatchObject([
      { use: { type: 'Relationship', object: 'urn:x', previousValue: 1 } },
    ])
  })

  it('concise: an object where there is a previous value; in one language; in an earlier version', async () => {
    const of = (representation: Asked['representation'], iri: string, value: Json) =>
      data(
        { ...asked, representation: { showChanges: true, ...representation } },
        building(whole),
        withOther(iri, value),
      )
    expect(await of({ format: 'concise' }, 'urn:A:name', 'x')).toMatchObject([
      { name: { value: 'x', previousValue: 'Eiffel Tower' } },
    ])
    expect(await of({ lang: 'nl' }, 'urn:A:street', { nl: 'x' })).toMatchObject([
      { street: { type: 'Property', value: 'x', lang: 'nl', previousValue: 'Grote Markt' } },
    ])
    expect(JSON.stringify(await of({ ngsildConformance: '1.5' }, 'urn:A:name', 'x'))).not.toContain('previous')
    const vocab = (value: string) => building({ 'urn:A:use': [instance('VocabProperty', value)] })
    const old = { ...asked, representation: { showChanges: true, ngsildConformance: '1.7' } }
    expect(await data(old, vocab('urn:V:monument'), vocab('urn:V:x'))).toMatchObject([
      { use: { type: 'Property', value: 'urn:V:x', previousValue: 'monument' } },
    ])
  })
})
