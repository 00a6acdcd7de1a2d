import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterArb, world } from '../../../test/support/query-arbitraries.ts'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import { type Asked, building, instance, property, subscriptionOf, THEN } from '../../../test/support/subscriptions.ts'
import type { Entity } from '../model/entity.ts'
import { matches } from '../query/evaluate.ts'
import { parseQuery } from '../query/parse-query.ts'
import type { FindEntity } from '../query/target.ts'
import { explainSubscription } from './explain-subscription.ts'
import type { ExplainedCondition } from './explained.ts'
import { createNames } from './explained-names.ts'
import { filterOf } from './tell.ts'

const { terms } = subscriptionNaming('urn:A:')
const names = createNames(terms, subscriptionNaming('urn:B:').terms)
const NONE: FindEntity = () => undefined
const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'

function explain(asked: Asked, entity: Entity, find: FindEntity | undefined = NONE, createdAt = THEN, sent = {}) {
  const stored = { sent, subscription: subscriptionOf(asked), createdAt, modifiedAt: createdAt }
  return explainSubscription(stored, entity, { names, now: THEN + 60_000, find })
}

function conditionOf(explanation: { readonly conditions: readonly ExplainedCondition[] }, name: string) {
  return explanation.conditions.find(({ condition }) => condition === name)
}

const q = (text: string) =>
  parseQuery(text, {
    ...{ expand: terms.expand, expandValue: terms.expand, at: 'q' },
    limits: { chars: 1000, terms: 20, depth: 5 },
  })

const room = building(
  { 'urn:A:temperature': [property(18)], 'urn:A:name': [property('hall')] },
  { types: ['urn:A:Room'] },
)

describe('an explanation', () => {
  it('of what has no conditions has the status alone, and what triggers it', () => {
    expect(explain({}, room)).toEqual({
      subscriptionId: 'urn:ngsi-ld:Subscription:1',
      jsonldContext: expect.stringMatching(/core-context/),
      entity: { id: 'urn:b:1', types: [{ iri: 'urn:A:Room', inSubscription: 'Room', inRequest: 'urn:A:Room' }] },
      ...{ matches: true, hints: [] },
      conditions: [{ condition: 'status', met: true, explanation: 'the subscription is active' }],
      remarks: [expect.stringMatching(/^notificationTrigger: attributeCreated, attributeUpdated\..*same value/)],
    })
  })

  it('says that it is paused or has expired, and what to do', () => {
    const paused = explain({ isActive: false }, room)
    expect(paused.matches).toBe(false)
    expect(conditionOf(paused, 'status')).toMatchObject({
      met: false,
      explanation: expect.stringMatching(/paused.*isActive/),
    })
    const expired = explain({ expiresAt: THEN + 1_000 }, room)
    expect(expired.matches).toBe(false)
    expect(conditionOf(expired, 'status')?.explanation).toMatch(/2026-01-01T00:00:01Z.*expiresAt/)
  })

  it('tells of each selector which part of it fails', () => {
    const entities = [
      { ids: ['urn:b:2'], types: [['urn:A:Room']] },
      { idPattern: '^urn:c:' },
      { types: [['urn:A:Hall'], ['urn:A:Room', 'urn:A:Big']] },
    ]
    const explanation = explain({ condition: { entities } }, room)
    expect(explanation.matches).toBe(false)
    const [one, two, three] = conditionOf(explanation, 'entities')?.parts ?? []
    expect(one).toMatchObject({
      condition: 'entities/0',
      met: false,
      parts: [
        { condition: 'id', met: false },
        { condition: 'type', met: true },
      ],
    })
    expect(two?.parts).toEqual([
      { condition: 'idPattern', met: false, explanation: '^urn:c: is not found in the id urn:b:1' },
    ])
    expect(three?.parts?.[0]).toMatchObject({
      ...{ condition: 'type', met: false },
      explanation:
        'asked for: Hall (urn:A:Hall), or Room (urn:A:Room) together with Big (urn:A:Big); the entity is: Room (urn:A:Room)',
      asked: [{ iri: 'urn:A:Hall' }, { iri: 'urn:A:Room' }, { iri: 'urn:A:Big' }],
      found: [{ iri: 'urn:A:Room' }],
    })
    expect(explanation.hints).toEqual([])
    expect(explain({ condition: { entities: [...entities, {}] } }, room).matches).toBe(true)
  })

  it('tells which of the watched Attributes are there', () => {
    const of = (watchedAttributes: string[], more = {}) =>
      conditionOf(explain({ condition: { watchedAttributes, ...more } }, room), 'watchedAttributes')
    expect(of(['urn:A:temperature', 'urn:A:co2'])).toMatchObject({
      ...{ met: true, explanation: 'the entity has temperature (urn:A:temperature), not co2 (urn:A:co2)' },
      ...{
        asked: [{ inSubscription: 'temperature' }, { inSubscription: 'co2' }],
        found: [{ iri: 'urn:A:temperature' }],
      },
    })
    expect(of(['urn:A:co2'])).toMatchObject({ met: false, explanation: 'the entity has none of them' })
    expect(of(['urn:A:co2'], { triggers: ['entityDeleted'] })).toMatchObject({ met: false })
    for (const trigger of ['entityCreated', 'entityDeleted', 'entityRevised'])
      expect(of(['urn:A:co2'], { triggers: [trigger], entities: [{}] })).toMatchObject({ met: true })
  })

  it('tells which operand of a q fails, and what the entity has', () => {
    const explanation = explain({ condition: { q: q('temperature>20;(name=="hall"|co2);name[x]') } }, room)
    expect(conditionOf(explanation, 'q')).toMatchObject({
      ...{ met: false, explanation: 'all of these have to be met; 1 of 3 are' },
      parts: [
        { condition: 'temperature>20', met: false, explanation: 'temperature is 18; that does not meet >20' },
        {
          ...{ condition: 'name=="hall"|co2', met: true, explanation: 'one of these has to be met; 1 of 2 are' },
          parts: [
            { condition: 'name=="hall"', met: true, explanation: 'name is "hall"; that meets =="hall"' },
            { condition: 'co2', met: false, explanation: 'the entity has no Attribute co2 (urn:A:co2)' },
          ],
        },
        {
          condition: 'name[x]',
          met: false,
          explanation: expect.stringMatching(/but in it nothing that name\[x\] leads to/),
        },
      ],
    })
  })

  it('asks linked entities as they are found, and says where they are too many', () => {
    const linking = { ...room, attributes: { 'urn:A:in': [instance('Relationship', 'urn:x:2')] } }
    const condition = { q: q('in{level}==3') }
    const level = (value: number) => () => building({ 'urn:A:level': [property(value)] }, { id: 'urn:x:2' })
    expect(explain({ condition }, linking, level(3)).matches).toBe(true)
    const failing = conditionOf(explain({ condition }, linking, level(4)), 'q')
    expect(failing).toMatchObject({ met: false, explanation: 'in{level} is 4; that does not meet ==3' })
    expect(conditionOf(explain({ condition }, linking), 'q')?.explanation).toMatch(/leads to no entity that is stored/)
    const many = explainSubscription(
      { sent: {}, subscription: subscriptionOf({ condition }), createdAt: THEN, modifiedAt: THEN },
      linking,
      { names, now: THEN, find: undefined },
    )
    expect(many.matches).toBe(true)
    expect(conditionOf(many, 'q')?.explanation).toMatch(/BOYA_MAX_LINKED_ENTITIES/)
  })

  it('tells how far away the entity is, and in which scopes', () => {
    const place = instance('GeoProperty', { type: 'Point', coordinates: [0, 0.01] })
    const there = building({ 'urn:A:where': [place], 'urn:A:not': [property(1)] }, { scopes: ['/A/B'] })
    const geo = {
      relation: { kind: 'maxDistance', metres: 500 },
      geometry: { type: 'Point', coordinates: [0, 0] },
      property: 'urn:A:where',
    } as const
    const far = explain({ condition: { geo, scopes: [[{ levels: ['C'], below: true }]] } }, there, NONE, THEN, {
      scopeQ: '/C/#',
    })
    expect(far.conditions.slice(1)).toMatchObject([
      {
        condition: 'geoQ',
        met: false,
        explanation: expect.stringMatching(/1112 m away; asked for: near;maxDistance==500 of the Point \[0,0\]/),
      },
      { condition: 'scopeQ', met: false, explanation: 'the entity has /A/B; asked for: /C/#' },
    ])
    const of = (property: string) =>
      conditionOf(explain({ condition: { geo: { ...geo, property } } }, there), 'geoQ')?.explanation
    expect(of('urn:A:not')).toBe('not (urn:A:not) is no GeoProperty')
    expect(of('urn:A:gone')).toBe('the entity has no gone (urn:A:gone)')
  })

  it('sees that pick leaves nothing of the entity', () => {
    const picking = { representation: { pick: [{ member: 'urn:A:co2' }] } }
    expect(explain(picking, room).matches).toBe(false)
    expect(explain(picking, { ...room, attributes: { 'urn:A:co2': [property(1)] } }).matches).toBe(true)
    expect(explain({ ...picking, endpoint: { accept: 'application/geo+json' } }, room).matches).toBe(true)
    expect(explain({ representation: { pick: [{ member: 'id' }] } }, room).matches).toBe(true)
  })

  it('remarks what else decides when it is told', () => {
    const slow = { throttling: 5, endpoint: { cooldown: 700 }, representation: { datasetIds: [null] } }
    expect(explain(slow, room, NONE, THEN + 1_000).remarks.slice(1)).toEqual([
      expect.stringMatching(/has not changed since the subscription was created at 2026-01-01T00:00:01Z/),
      expect.stringMatching(/^datasetId: /),
      expect.stringMatching(/^throttling: .* 5 s/),
      expect.stringMatching(/^cooldown: .* 700 ms/),
    ])
    expect(explain({ timeInterval: 60 }, room, NONE, THEN + 1_000).remarks).toEqual([
      expect.stringMatching(/^timeInterval: .* 60 s/),
    ])
  })
})

describe('a hint', () => {
  const other = building(
    { [`${DEFAULT}temperature`]: [property(30)], 'urn:X/y#Name': [property('a')] },
    { types: [`${DEFAULT}Room`] },
  )

  it('names a type with the same short name and another IRI, and who left the @context out', () => {
    const { hints } = explain({ condition: { entities: [{ types: [['urn:A:Room']] }] } }, other)
    expect(hints).toEqual([
      `The subscription asks for the type urn:A:Room, the entity has ${DEFAULT}Room: the same short name "Room", but with another @context. The entity was sent without an @context that explains the name: send it with that of the subscription.`,
    ])
    const reverse = explain({ condition: { entities: [{ types: [[`${DEFAULT}Room`]] }] } }, room)
    expect(reverse.hints).toEqual([expect.stringMatching(/The subscription was sent without an @context/)])
    const both = explain(
      { condition: { entities: [{ types: [['urn:A:Room']] }] } },
      building({}, { types: ['urn:C:Room'] }),
    )
    expect(both.hints).toEqual([expect.stringMatching(/Send both with the same @context/)])
  })

  it('names Attributes that are watched, queried and places; each once', () => {
    const { hints } = explain(
      { condition: { watchedAttributes: ['urn:A:temperature'], q: q('temperature>20;name') } },
      other,
    )
    expect(hints).toEqual([
      expect.stringMatching(/the Attribute urn:A:temperature, .*default-context\/temperature: the same short name/),
      expect.stringMatching(/urn:A:name, the entity has urn:X\/y#Name: names differ where upper and lower case do/),
    ])
    const geo = {
      relation: { kind: 'within' },
      geometry: { type: 'Point', coordinates: [0, 0] },
      property: 'urn:A:temperature',
    } as const
    expect(explain({ condition: { geo } }, other).hints).toHaveLength(1)
  })

  it('is not given where nothing is wrong with the names', () => {
    expect(explain({ condition: { q: q('temperature>20|co2') } }, room).hints).toEqual([])
    const met = { entities: [{ types: [['urn:A:Room']] }, { types: [[`${DEFAULT}Room`]] }] }
    expect(explain({ condition: met }, room).hints).toEqual([])
  })
})

it('agrees with what decides when something changes, part by part', () => {
  fc.assert(
    fc.property(world, filterArb, (entities, { q: query, geo, scopes, alternatives }) => {
      const byId = new Map(entities.map((entity) => [entity.id, entity]))
      const find: FindEntity = (id) => byId.get(id)
      const condition = {
        ...(query && { q: query }),
        ...(geo && { geo }),
        ...(scopes && { scopes }),
        ...(alternatives && { entities: alternatives }),
      }
      const subscription = subscriptionOf({ condition })
      for (const entity of entities.slice(0, 5)) {
        const explanation = explain({ condition }, entity, find)
        expect(explanation.matches).toBe(matches(entity, filterOf(subscription.condition), find))
        for (const each of explanation.conditions) checkParts(each)
      }
    }),
    { numRuns: 200 },
  )
})

/** Whatever is made of parts says nothing else than they do. */
function checkParts({ condition, met, explanation, parts = [] }: ExplainedCondition): void {
  expect(explanation).not.toBe('')
  if (parts.length === 0) return
  const isAny = condition === 'entities' || explanation.startsWith('one of')
  expect(met).toBe(isAny ? parts.some((part) => part.met) : parts.every((part) => part.met))
  for (const part of parts) checkParts(part)
}
