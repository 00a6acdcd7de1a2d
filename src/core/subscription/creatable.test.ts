import { beforeAll, describe, expect, it } from 'vitest'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import { loadCoreContext } from '../../contexts/core-context.ts'
import { createCoreOnly } from '../../contexts/resolve.ts'
import { bodyValidator } from '../../http/validate.ts'
import type { Json, JsonObject } from '../model/entity.ts'
import { CORE } from '../model/uri.ts'
import { createSubscriptionCheck, type SubscriptionCheck } from './creatable.ts'
import type { SubscriptionNaming } from './decode-condition.ts'
import { decodeSubscription } from './decode-subscription.ts'
import { readStoredSubscription } from './stored-form.ts'
import type { StoredSubscription } from './subscription.ts'
import { updateSubscription } from './update-subscription.ts'

const NOW = Date.UTC(2026, 1, 23)
const ID = 'urn:ngsi-ld:Subscription:1'
const CONTEXT = 'https://example.org/context.jsonld'
const naming = withCore(subscriptionNaming())
/** With another @context: `speed` → `urn:B:speed`. */
const others = withCore(subscriptionNaming('urn:B:'))

/** A term of the core @context means what that says in every @context. */
function withCore({ terms, limits }: SubscriptionNaming): SubscriptionNaming {
  const expand = (name: string): string => (name === 'location' ? `${CORE}location` : terms.expand(name))
  return { terms: { ...terms, expand }, limits }
}

let check: SubscriptionCheck
beforeAll(async () => {
  const { terms } = createCoreOnly(await loadCoreContext())
  check = createSubscriptionCheck({ ...naming, terms }, bodyValidator('createSubscription'))
})

/** `endpoint` and what else `notification` has. */
function made(more: JsonObject, notification: JsonObject = {}): StoredSubscription {
  const uri = 'https://x.y/z'
  const json = { type: 'Subscription', notification: { endpoint: { uri }, ...notification }, ...more }
  const { subscription, ...rest } = decodeSubscription(json, ID, naming, NOW)
  return { ...rest, subscription: { ...subscription, jsonldContext: CONTEXT } }
}

/** As it is read from a file. */
function carried(stored: unknown): StoredSubscription {
  return readStoredSubscription(JSON.parse(JSON.stringify(stored)))
}

const cars = {
  entities: [
    { type: '(Car;Taxi)|Bus', idPattern: '^urn:' },
    { type: '*', id: ['urn:x:1', 'urn:x:2'] },
  ],
}
const all: JsonObject = {
  ...cars,
  watchedAttributes: ['speed', 'urn:A:speed', 'color', 'location'],
  notificationTrigger: ['entityUpdated', 'entityDeleted'],
  q: 'speed>20.5;color==red,"blue"|owner{Person:name}~="^A"|a.b[c.d]|at==2026-01-01..2026-02-01',
  expandValues: 'color',
  jsonKeys: 'color',
  geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [-3.8, 43.46], geoproperty: 'place' },
  scopeQ: '/Madrid/#|/A;/B',
  csf: 'speed>1',
  datasetId: ['@none', 'urn:d:1'],
  lang: 'fr;q=0.9,*;q=0.5',
  ngsildConformance: '1.6',
  throttling: 0.5,
  expiresAt: '2026-03-01T00:00:00Z',
  isActive: false,
  description: 'name:speed',
}
const how: JsonObject = {
  ...{ format: 'keyValues', sysAttrs: true, join: 'inline', joinLevel: 2 },
  pick: ['id', 'speed', 'urn:A:speed', 'owner{name,home{street}}'],
  omit: ['color'],
  endpoint: {
    ...{ uri: 'mqtt://user@h:1/a/b', accept: 'application/ld+json', timeout: 5, cooldown: 6 },
    receiverInfo: [{ key: 'a', value: 'b' }],
    notifierInfo: [{ key: 'MQTT-QoS', value: '1' }],
  },
}

describe('a Subscription that clients have made', () => {
  it.each<[string, StoredSubscription]>([
    ['of everything', made(all, how)],
    ['of little', made({ watchedAttributes: ['speed'] })],
    ['of all entities', made({ localOnly: true })],
    ['from time to time', made({ ...cars, timeInterval: 60 })],
    ['with the deprecated attributes', made(cars, { attributes: ['speed', 'urn:A:speed'] })],
    ['with values that are expanded to what is no name', made({ ...cars, q: 'color=="a b"', expandValues: 'color' })],
    ['with IRIs for names', made({ entities: [{ type: 'https://example.org/Car' }] })],
  ])('is one: %s', (_, stored) => {
    expect(() => check(carried(stored))).not.toThrow()
  })

  it.each<[string, JsonObject]>([
    ['an endpoint', { notification: { endpoint: { uri: 'http://a.b/' } } }],
    ['names of another @context', { watchedAttributes: ['speed', 'urn:B:speed'] }],
    ['q, in another @context', { q: 'speed<3;color==red' }],
    ['no q any more', { q: 'urn:ngsi-ld:null', expandValues: 'urn:ngsi-ld:null', jsonKeys: 'urn:ngsi-ld:null' }],
    ['no more than times', { expiresAt: 'urn:ngsi-ld:null', throttling: 'urn:ngsi-ld:null' }],
    ['what stands beside notification', { datasetId: ['urn:d:2'], lang: 'de', ngsildConformance: '1.7' }],
  ])('is one when it was updated, too: %s', (_, fragment) => {
    const updated = updateSubscription(made(all, how), fragment, others, NOW + 1)
    expect(updated).not.toEqual(made(all, how))
    expect(() => check(carried(updated))).not.toThrow()
  })

  it('is one when it has expired', () => {
    const expired = made({ ...cars, expiresAt: '2026-02-23T00:00:01Z' })
    expect(() => check(carried({ ...expired, createdAt: NOW, modifiedAt: Date.UTC(2027, 1, 1) }))).not.toThrow()
  })
})

describe('one that no client can have made', () => {
  const stored = made(all, how)
  /** With another value at a place, or none. */
  const changed = (path: string, value?: Json): unknown => {
    const copy = JSON.parse(JSON.stringify(stored))
    const names = path.split('/')
    const last = names.pop() ?? ''
    const holder = names.reduce((object, name) => object[name], copy)
    if (value === undefined) delete holder[last]
    else holder[last] = value
    return copy
  }
  it.each<[string, Json | undefined, RegExp]>([
    ['createdAt', undefined, /expected a number of milliseconds.*\/createdAt/],
    ['createdAt', NOW + 1, /before it was created.*\/modifiedAt/],
    ['more', 1, /is no member.*\/more/],
    ['sent', undefined, /is missing.*\/sent/],
    ['subscription', [], /expected an object.*\/subscription/],
    ['sent/id', undefined, /is missing.*\/sent\/id/],
    ['subscription/id', 7, /is no id.*\/subscription\/id/],
    ['subscription/id', 'urn:other', /kept as.*\/subscription\/id/],
    ['sent/status', 'active', /none of a Subscription.*\/sent/],
    ['sent/throttling', '7', /\/throttling/],
    ['sent/notification/endpoint/uri', 'ftp://x/', /no URI that notifications can be sent to/],
    ['sent/q', 'speed>', /\/q/],
    ['sent/entities', 'x', /\/entities/],
    ['sent/timeInterval', 5, /together with timeInterval/],
    ['subscription/condition/watchedAttributes', ['urn:A:speed', 'x y'], /watchedAttributes/],
    ['subscription/condition/watchedAttributes', ['urn:A:speed', 'urn:A:speed'], /watchedAttributes/],
    ['subscription/condition/watchedAttributes', [], /watchedAttributes/],
    ['subscription/condition/watchedAttributes/2', 'urn:A:location', /watchedAttributes/],
    ['subscription/condition/triggers', ['entityCreated'], /\/condition\/triggers/],
    ['subscription/condition/q/kind', 'and', /\/condition\/q\/kind/],
    ['subscription/condition/q', undefined, /is missing.*\/condition\/q/],
    ['subscription/condition/geo/relation/metres', 501, /\/geo\/relation\/metres/],
    ['subscription/condition/scopes/0/0/levels/0', 'Paris', /\/scopes\/0\/0\/levels\/0/],
    ['subscription/condition/entities/0/types/0/0', 'Car', /\/types\/0\/0/],
    ['subscription/condition/entities/1/ids/0', 'urn:x:9', /\/ids\/0/],
    ['subscription/condition/more', 1, /no more.*\/condition\/more/],
    ['subscription/representation/pick/0/member', 'type', /\/pick/],
    ['subscription/representation/omit/0/member', 'urn:A:speed', /pick|omit/],
    ['subscription/representation/datasetIds/0', 'urn:d:2', /\/datasetIds\/0/],
    ['subscription/endpoint/uri', 'mqtt://elsewhere/a', /\/endpoint\/uri/],
    ['subscription/isActive', true, /\/isActive/],
    ['subscription/throttling', null, /\/throttling/],
    ['subscription/expiresAt', NOW, /\/expiresAt/],
    ['subscription/jsonldContext', 'x', /expected the URL of an @context/],
    ['subscription/jsonldContext', undefined, /expected the URL of an @context/],
  ])('%s → %j', (path, value, says) => {
    expect(() => check(carried(changed(path, value)))).toThrow(says)
  })

  it('is no object', () => {
    expect(() => carried(7)).toThrow('expected a subscription')
  })
})
