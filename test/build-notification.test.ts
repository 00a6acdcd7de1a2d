/** Notifications (5.3.1, 5.8.6, 6.3.8), built on a real store with real @contexts, and not sent. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OpenContextResolver } from '../src/contexts/context-resolver.ts'
import type { Attributes, Entity, Json } from '../src/core/model/entity.ts'
import type { Query } from '../src/core/query/ast.ts'
import { type Told, tell } from '../src/core/subscription/tell.ts'
import { whatChanged } from '../src/core/subscription/what-changed.ts'
import { createBuild, createBuildPeriodic } from '../src/operations/build-notification.ts'
import type { Call } from '../src/ports/call.ts'
import type { Outgoing } from '../src/ports/notification.ts'
import type { Store } from '../src/ports/store.ts'
import { callOf, openResolver } from './contexts/open-resolver.ts'
import { become, put } from './contract/contract-store.ts'
import { testClock } from './support/broker.ts'
import { type Asked, building, instance, property, subscriptionOf, THEN } from './support/subscriptions.ts'

const LIMITS = { attributes: 1_000, linkedEntities: 20, pageBytes: 100_000 }
const CORE = 'https://uri.etsi.org/ngsi-ld/'
const TERMS = {
  ...{ Building: 'urn:T:Building', City: 'urn:T:City', name: 'urn:A:name', street: 'urn:A:street' },
  ...{ locatedAt: 'urn:A:locatedAt', use: 'urn:A:use', monument: 'urn:V:monument' },
}
const NOW = Date.UTC(2026, 5, 1)
const AT = '2026-06-01T00:00:00Z'
const BEFORE = '2026-01-01T00:00:00Z'
const clock = testClock(NOW)

let store: Store
let contexts: OpenContextResolver
let close: () => Promise<void>
/** URL of an @context that the broker hosts. */
let jsonldContext: string
const warnings: string[] = []
const call: Call = { ...callOf(), log: { ...callOf().log, warn: (_, message) => warnings.push(message) } }
const deps = (limits = LIMITS) => ({ operations: { store, clock, limits }, contexts })

beforeAll(async () => {
  const opened = await openResolver()
  store = opened.store
  contexts = opened.resolver
  close = opened.close
  jsonldContext = await contexts.host(call, await contexts.resolve(call, TERMS))
})
afterAll(() => close())

const whole: Attributes = {
  'urn:A:name': [property('Eiffel Tower')],
  [`${CORE}location`]: [instance('GeoProperty', { type: 'Point', coordinates: [-8.5, 41.2] })],
  'urn:A:street': [instance('LanguageProperty', { fr: 'Grand Place', nl: 'Grote Markt' })],
  'urn:A:locatedAt': [instance('Relationship', 'urn:c:Paris')],
}
const paris: Entity = {
  ...{ id: 'urn:c:Paris', types: ['urn:T:City'], createdAt: THEN, modifiedAt: THEN },
  attributes: { 'urn:A:name': [property('Paris')] },
}

function toldOf(asked: Asked, before: Entity | undefined, after: Entity | undefined): readonly Told[] {
  const change = { ...(before && { before }), ...(after && { after }), now: NOW, cause: 'write' } as const
  const told = tell(subscriptionOf(asked), change, whatChanged(change))
  // As it comes back from where it was kept.
  return told === undefined ? [] : [JSON.parse(JSON.stringify(told))]
}

async function build(asked: Asked, told: readonly Told[], limits = LIMITS): Promise<Outgoing | undefined> {
  const subscription = subscriptionOf({ jsonldContext, ...asked })
  return await createBuild(deps(limits))(call, { subscription, id: 'urn:n:1', told })
}

function bodyOf(outgoing: Outgoing | undefined): Record<string, Json> {
  return JSON.parse(outgoing?.body ?? 'null')
}

/** `data` of the Notification of a change. */
async function data(asked: Asked, before: Entity | undefined, after: Entity | undefined): Promise<Json> {
  return bodyOf(await build(asked, toldOf(asked, before, after))).data ?? null
}

const ALL = ['entityCreated', 'entityDeleted', 'attributeUpdated', 'attributeDeleted'] as const
const without = (name: string) => building(Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)))
const withOther = (name: string, value: Json) => {
  const [was] = whole[name] ?? []
  return building({ ...whole, [name]: was === undefined ? [] : [{ ...was, value }] })
}

describe('the message (5.3.1)', () => {
  const told = [{ entity: building({ 'urn:A:name': [property('x')] }) }]
  const entity = { id: 'urn:b:1', type: 'Building', name: { type: 'Property', value: 'x' } }
  const link = () => `<${jsonldContext}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`

  it('is JSON, with the @context of the Subscription in a Link header', async () => {
    const outgoing = await build({}, told)
    expect(outgoing).toMatchObject({ id: 'urn:n:1', contentType: 'application/json', link: link() })
    expect(bodyOf(outgoing)).toEqual({
      ...{ id: 'urn:n:1', type: 'Notification', subscriptionId: 'urn:ngsi-ld:Subscription:1' },
      ...{ notifiedAt: AT, data: [entity] },
    })
  })

  it('is JSON-LD, with the @context in the body, and in each entity', async () => {
    const outgoing = await build({ endpoint: { accept: 'application/ld+json' } }, told)
    expect(outgoing).not.toHaveProperty('link')
    expect(outgoing?.contentType).toBe('application/ld+json')
    expect(bodyOf(outgoing)).toMatchObject({
      data: [{ ...entity, '@context': jsonldContext }],
      '@context': jsonldContext,
    })
  })

  it('is GeoJSON, with the @context where Prefer wants it (6.3.8)', async () => {
    const accept = 'application/geo+json' as const
    const features = [
      { id: 'urn:b:1', type: 'Feature', geometry: null, properties: { type: 'Building', name: entity.name } },
    ]
    const outgoing = await build({ endpoint: { accept } }, told)
    expect(outgoing).not.toHaveProperty('link')
    expect(bodyOf(outgoing).data).toEqual({ type: 'FeatureCollection', features, '@context': jsonldContext })
    const receiverInfo = [{ key: 'prefer', value: 'body=json' }]
    const linked = await build({ endpoint: { accept, receiverInfo } }, told)
    expect(linked?.link).toBe(link())
    expect(bodyOf(linked).data).toEqual({ type: 'FeatureCollection', features })
  })

  it('has all entities that are told of together', async () => {
    const other = { ...building({}), id: 'urn:b:2' }
    expect(bodyOf(await build({}, [...told, { entity: other }])).data).toEqual([
      entity,
      { id: 'urn:b:2', type: 'Building' },
    ])
  })

  it('has the names of the core @context where its own cannot be had, and a warning says so', async () => {
    warnings.length = 0
    const outgoing = await build({ jsonldContext: 'http://127.0.0.1:9/gone.jsonld' }, told)
    expect(outgoing?.link).toContain('https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context')
    expect(bodyOf(outgoing).data).toEqual([{ id: 'urn:b:1', type: 'urn:T:Building', 'urn:A:name': entity.name }])
    expect(warnings).toEqual([expect.stringContaining('@context of a subscription cannot be had')])
  })

  it('is none where pick leaves nothing', async () => {
    const asked = { representation: { pick: [{ member: 'urn:A:street' }] } }
    expect(await build(asked, told)).toBeUndefined()
  })
})

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

describe('linked entities (4.5.23)', () => {
  const after = building({
    'urn:A:name': [property('x')],
    'urn:A:locatedAt': [instance('Relationship', 'urn:c:Paris')],
  })
  const inCity = { id: 'urn:c:Paris', type: 'City', name: { type: 'Property', value: 'Paris' } }
  const asked = (kind: 'flat' | 'inline', more: Asked['representation'] = {}): Asked => ({
    representation: { join: { kind, level: 1 }, ...more },
  })
  beforeAll(() => put(store, call, paris))

  it('flat: beside them', async () => {
    const pick = ['id', 'urn:A:locatedAt'].map((member) => ({ member }))
    expect(await data(asked('flat', { pick }), undefined, after)).toEqual([
      { id: 'urn:b:1', locatedAt: { type: 'Relationship', object: 'urn:c:Paris' } },
      inCity,
    ])
  })

  it('inline: in them, also where both have changed, each as it is picked', async () => {
    const pick = [{ member: 'id' }, { member: 'urn:A:locatedAt', linked: [{ member: 'urn:A:name' }] }]
    const inline = asked('inline', { pick })
    const told = [...toldOf(inline, undefined, after), ...toldOf(inline, undefined, paris)]
    expect(bodyOf(await build(inline, told)).data).toEqual([
      { id: 'urn:b:1', locatedAt: { type: 'Relationship', object: 'urn:c:Paris', entity: { name: inCity.name } } },
      { id: 'urn:c:Paris' },
    ])
  })

  it('are left out where they are too many, and a warning says so', async () => {
    warnings.length = 0
    const limits = { ...LIMITS, linkedEntities: 0 }
    const inline = asked('inline', { format: 'simplified' })
    expect(bodyOf(await build(inline, toldOf(inline, undefined, after), limits)).data).toEqual([
      { id: 'urn:b:1', type: 'Building', name: 'x', locatedAt: 'urn:c:Paris' },
    ])
    expect(warnings).toHaveLength(1)
  })

  it('a Relationship that is gone leads nowhere', async () => {
    const gone = { ...asked('flat'), condition: { triggers: ALL } }
    expect(await data(gone, after, building({}))).toMatchObject([{ id: 'urn:b:1' }])
  })
})

describe('a q that leads to other entities (4.9)', () => {
  const q = (name: string): Query => ({
    kind: 'term',
    path: { links: [{ relationship: 'urn:A:locatedAt', types: [] }], names: ['urn:A:name'] },
    test: { operator: '==', values: [{ kind: 'text', value: name }] },
  })
  beforeAll(() => put(store, call, paris))

  it.each([
    ['Paris', true],
    ['Nantes', false],
  ])('is asked again when it is told: %s', async (name, isMet) => {
    const asked: Asked = { condition: { q: q(name) }, representation: { pick: [{ member: 'id' }] } }
    const told = toldOf(asked, undefined, building(whole))
    expect(told).toHaveLength(1)
    expect(bodyOf(await build(asked, told))?.data).toEqual(isMet ? [{ id: 'urn:b:1' }] : undefined)
  })

  it('follows several Relationships, and loops of them', async () => {
    const to = (id: string, target: string): Entity => ({
      ...building({ 'urn:A:locatedAt': [instance('Relationship', target)] }),
      id,
    })
    await put(store, call, to('urn:l:1', 'urn:c:Paris'), to('urn:l:2', 'urn:l:2'))
    const link = { relationship: 'urn:A:locatedAt', types: [] }
    const twice: Query = { kind: 'term', path: { links: [link, link], names: ['urn:A:name'] } }
    const asked: Asked = { condition: { q: twice }, representation: { pick: [{ member: 'id' }] } }
    const near = toldOf(asked, undefined, to('urn:b:1', 'urn:l:1'))
    expect(bodyOf(await build(asked, near)).data).toEqual([{ id: 'urn:b:1' }])
    expect(await build(asked, toldOf(asked, undefined, to('urn:b:1', 'urn:l:2')))).toBeUndefined()
    expect(await build(asked, toldOf(asked, undefined, to('urn:b:1', 'urn:c:Paris')))).toBeUndefined()
  })

  it('is told where it leads too far to be asked', async () => {
    warnings.length = 0
    const asked: Asked = { condition: { q: q('Nantes') } }
    const told = toldOf(asked, undefined, building(whole))
    expect(await build(asked, told, { ...LIMITS, linkedEntities: 0 })).toBeDefined()
    expect(warnings).toEqual([expect.stringContaining('leads too far')])
  })
})

describe('the Notification of a timeInterval (5.8.6)', () => {
  const periodic = (asked: Asked, limits = LIMITS) =>
    createBuildPeriodic(deps(limits))(call, subscriptionOf({ jsonldContext, ...asked }), 'urn:n:2')
  const over = (value: number): Query => ({
    kind: 'term',
    path: { links: [], names: ['urn:A:use'] },
    test: { operator: '>=', value: { kind: 'number', value } },
  })
  const bridges = { entities: [{ types: [['urn:T:Bridge']] }] }

  beforeAll(() =>
    put(
      store,
      call,
      ...Array.from({ length: 250 }, (_, i) => ({
        ...building({ 'urn:A:use': [property(i), property(-i, { datasetId: 'urn:d:1' })] }),
        ...{ id: `urn:bridge:${i}`, types: ['urn:T:Bridge'] },
      })),
    ),
  )

  it('has all entities that match, more than are read at once, each once', async () => {
    const outgoing = await periodic({
      condition: { ...bridges, q: over(20) },
      representation: { format: 'simplified', datasetIds: [undefined] },
    })
    const entities = bodyOf(outgoing).data as readonly Record<string, Json>[]
    expect(entities).toHaveLength(230)
    expect(new Set(entities.map(({ id }) => id)).size).toBe(230)
    expect(entities[0]).toEqual({ id: 'urn:bridge:20', type: 'urn:T:Bridge', use: 20 })
  })

  it('follows q to other entities', async () => {
    const manages = { 'urn:A:locatedAt': [instance('Relationship', 'urn:bridge:7')] }
    const [seven, none] = ['urn:town:7', 'urn:town:none'].map((id, i) => ({ ...building(i === 0 ? manages : {}), id }))
    if (seven !== undefined && none !== undefined) await put(store, call, seven, none)
    const q: Query = {
      kind: 'term',
      path: { links: [{ relationship: 'urn:A:locatedAt', types: [] }], names: ['urn:A:use'] },
      test: { operator: '==', values: [{ kind: 'number', value: 7 }] },
    }
    const entities = [{ ids: ['urn:town:7', 'urn:town:none'] }]
    const outgoing = await periodic({ condition: { entities, q }, representation: { pick: [{ member: 'id' }] } })
    expect(bodyOf(outgoing).data).toEqual([{ id: 'urn:town:7' }])
  })

  it('is none where no entity matches', async () => {
    expect(await periodic({ condition: { ...bridges, q: over(1_000) } })).toBeUndefined()
  })

  it('is refused where it would be larger than a page', async () => {
    await expect(periodic({ condition: bridges }, { ...LIMITS, pageBytes: 5_000 })).rejects.toMatchObject({
      kind: 'TooManyResults',
    })
  })

  it('knows no entity that has gone', async () => {
    await store.entities.write(call, 'urn:bridge:249', become(null))
    expect(await periodic({ condition: { ...bridges, q: over(249) } })).toBeUndefined()
  })
})
