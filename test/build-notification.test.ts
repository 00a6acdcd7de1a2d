/** Notifications (5.3.1, 5.8.6, 6.3.8): the message, linked entities, and those of a timeInterval. */

import { beforeAll, describe, expect, it } from 'vitest'
import type { Entity, Json } from '../src/core/model/entity.ts'
import type { Query } from '../src/core/query/ast.ts'
import { createBuildPeriodic } from '../src/operations/build-notification.ts'
import { become, put } from './contract/contract-store.ts'
import {
  ALL,
  AT,
  bodyOf,
  build,
  buildsNotifications,
  call,
  data,
  deps,
  jsonldContext,
  LIMITS,
  paris,
  store,
  toldOf,
  warnings,
  whole,
} from './support/notifications.ts'
import { type Asked, building, instance, property, subscriptionOf } from './support/subscriptions.ts'

buildsNotifications()

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
      representation: { format: 'simplified', datasetIds: [null] },
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
