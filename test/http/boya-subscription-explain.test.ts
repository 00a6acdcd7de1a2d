import { describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { ownPath } from './boya-subscriptions.ts'
import { brokerForFile, CORE, expectProblem, iri, LD, newId } from './client.ts'
import { newSubscriptionId, SUBSCRIPTION, subscribe } from './subscribed.ts'

const broker = brokerForFile({ MAX_LINKED_ENTITIES: '3' })

const explain = (id: string, entity: string, headers = {}) =>
  broker.root('get', `${ownPath(id, 'explain')}?entity=${encodeURIComponent(entity)}`, headers)

async function explained(id: string, entity: string, headers = {}) {
  const { body } = await explain(id, entity, headers).expect(200)
  return body
}

const metOf = ({
  conditions,
}: {
  readonly conditions: readonly { readonly condition: string; readonly met: boolean }[]
}) => Object.fromEntries(conditions.map(({ condition, met }) => [condition, met]))

const TERMS = { Silo: 'https://example.org/Silo', fill: 'https://example.org/fill' }

describe('GET /boya/v1/subscriptions/{subscriptionId}/explain', () => {
  it('each condition in turn, of the entity as it is now', async () => {
    const entity = newId('Silo')
    const location = { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 1] } }
    await broker.create({ id: entity, type: 'Silo', scope: '/harbour/a', fill: 10, location })
    const id = await subscribe(broker, {
      ...{ entities: [{ type: 'Silo' }], watchedAttributes: ['fill'], q: 'fill>20;location', scopeQ: '/harbour/#' },
      geoQ: { georel: 'near;maxDistance==10', geometry: 'Point', coordinates: [1, 1] },
      throttling: 3,
    })
    const before = await explained(id, entity)
    expect(before).toMatchObject({ subscriptionId: id, entity: { id: entity, types: [{ iri: iri('Silo') }] } })
    const all = { status: true, entities: true, watchedAttributes: true, q: false, geoQ: true, scopeQ: true }
    expect([before.matches, metOf(before)]).toEqual([false, all])
    expect(before.conditions[3].parts[0].explanation).toBe('fill is 10; that does not meet >20')
    expect(before.remarks).toEqual([
      expect.stringMatching(/^notificationTrigger/),
      expect.stringMatching(/not changed since/),
      expect.stringMatching(/^throttling/),
    ])
    await broker.patch(`/entities/${entity}/attrs`, { fill: 21 }).expect(204)
    const after = await explained(id, entity)
    expect([after.matches, after.hints, after.remarks.length]).toEqual([true, [], 2])
  })

  it('names the other @context where the short name is the same, with both views of each name', async () => {
    const entity = newId('Silo')
    await broker.create({ id: entity, type: 'Silo', fill: 30 })
    const id = newSubscriptionId()
    const selecting = { entities: [{ type: 'Silo' }], watchedAttributes: ['fill'], q: 'fill>20' }
    await broker
      .post('/subscriptions', { ...SUBSCRIPTION, id, ...selecting, '@context': [TERMS, CORE] }, LD)
      .expect(201)
    const { matches, hints, conditions } = await explained(id, entity)
    expect(matches).toBe(false)
    expect(hints).toEqual([
      expect.stringMatching(/type https:\/\/example.org\/Silo, .*default-context\/Silo.*without an @context/),
      expect.stringMatching(/Attribute https:\/\/example.org\/fill, .*default-context\/fill/),
    ])
    const [type] = conditions[1].parts[0].parts
    expect(type.explanation).toBe(
      `asked for: Silo (${TERMS.Silo}); the entity is: Silo of no @context (${iri('Silo')})`,
    )
    expect(type.asked).toEqual([{ iri: TERMS.Silo, inSubscription: 'Silo', inRequest: TERMS.Silo }])
    expect(type.found).toEqual([
      { iri: iri('Silo'), inSubscription: 'ngsi-ld:default-context/Silo', inRequest: 'Silo' },
    ])
    const hosted = await broker.post('/jsonldContexts', { '@context': { Behälter: TERMS.Silo } }).expect(201)
    const link = { Link: CONTEXT_LINK(`${broker.url()}${hosted.headers.location}`) }
    const { body, headers } = await explain(id, entity, link).expect(200)
    expect(body.conditions[1].parts[0].parts[0].asked[0].inRequest).toBe('Behälter')
    expect(headers.vary).toMatch(/Link/)
  })

  it('asks the entities that q leads to as they are stored, as far as they are looked up', async () => {
    const [silo, farm] = [newId('Silo'), newId('Farm')]
    await broker.create({ id: silo, type: 'Silo', on: { type: 'Relationship', object: farm } })
    const id = await subscribe(broker, { entities: [{ type: 'Silo' }], q: 'on{size}>5;on{Farm:name}' })
    const missing = await explained(id, silo)
    expect(missing.conditions[2].parts.map(({ met }: { met: boolean }) => met)).toEqual([false, false])
    await broker.create({ id: farm, type: 'Farm', size: 6 })
    const half = await explained(id, silo)
    expect(half.conditions[2].parts.map(({ met }: { met: boolean }) => met)).toEqual([true, false])
    await broker.patch(`/entities/${farm}`, { name: 'x' }).expect(204)
    expect((await explained(id, silo)).matches).toBe(true)
    const far = newId('Silo')
    await broker.create({
      id: far,
      type: 'Silo',
      on: { type: 'Relationship', object: ['urn:f:1', 'urn:f:2', 'urn:f:3', 'urn:f:4'] },
    })
    const many = await explained(id, far)
    expect([many.matches, many.conditions[2].explanation]).toEqual([true, expect.stringMatching(/MAX_LINKED_ENTITIES/)])
  })

  it('in its Tenant only; JSON-LD where that is asked for', async () => {
    const headers = { 'NGSILD-Tenant': 'explaining' }
    const entity = newId('Silo')
    await broker.post('/entities', { id: entity, type: 'Room' }, headers).expect(201)
    const id = await subscribe(broker, {}, headers)
    const { headers: sent } = await explain(id, entity, { ...headers, Accept: 'application/ld+json' }).expect(200)
    expect(sent).toMatchObject({ 'ngsild-tenant': 'explaining', 'content-type': expect.stringMatching(/ld\+json/) })
    expectProblem(await explain(id, entity), 404, 'ResourceNotFound')
    expectProblem(await explain(id, entity, { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
  })

  it('refuses what is no URI, what is not there, and other parameters', async () => {
    const id = await subscribe(broker)
    expectProblem(await explain(id, newId('Silo')), 404, 'ResourceNotFound', /no entity/)
    expectProblem(await explain(newSubscriptionId(), newId('Silo')), 404, 'ResourceNotFound', /no subscription/)
    expectProblem(await explain('no-uri', 'urn:x:1'), 400, 'BadRequestData', /subscriptionId/)
    expectProblem(await explain(id, 'no-uri'), 400, 'BadRequestData', /entity/)
    expectProblem(await broker.root('get', ownPath(id, 'explain')), 400, 'BadRequestData', /entity: is missing/)
    expectProblem(await broker.root('get', `${ownPath(id, 'explain')}?entity=`), 400, 'BadRequestData', /entity/)
    expectProblem(
      await broker.root('get', `${ownPath(id, 'explain')}?entities=urn:x:1`),
      400,
      'InvalidRequest',
      /entity/,
    )
  })
})
