/** Notifications that are built on a real store with real @contexts, and not sent. */

import { afterAll, beforeAll } from 'vitest'
import type { OpenContextResolver } from '../../src/contexts/context-resolver.ts'
import type { Attributes, Entity, Json } from '../../src/core/model/entity.ts'
import { type Told, tell } from '../../src/core/subscription/tell.ts'
import { whatChanged } from '../../src/core/subscription/what-changed.ts'
import { createBuild } from '../../src/operations/build-notification.ts'
import type { Call } from '../../src/ports/call.ts'
import type { Outgoing } from '../../src/ports/notification.ts'
import type { Store } from '../../src/ports/store.ts'
import { callOf, closesStores, openResolver } from '../contexts/open-resolver.ts'
import { testClock } from './broker.ts'
import { type Asked, building, instance, property, subscriptionOf, THEN } from './subscriptions.ts'

export const LIMITS = { attributes: 1_000, linkedEntities: 20, pageBytes: 100_000 }
export const CORE = 'https://uri.etsi.org/ngsi-ld/'
const TERMS = {
  ...{ Building: 'urn:T:Building', City: 'urn:T:City', name: 'urn:A:name', street: 'urn:A:street' },
  ...{ locatedAt: 'urn:A:locatedAt', use: 'urn:A:use', monument: 'urn:V:monument' },
}
const NOW = Date.UTC(2026, 5, 1)
export const AT = '2026-06-01T00:00:00Z'
export const BEFORE = '2026-01-01T00:00:00Z'
const clock = testClock(NOW)

export let store: Store
let contexts: OpenContextResolver
let close: () => Promise<void>
/** URL of an @context that the broker hosts. */
export let jsonldContext: string
export const warnings: string[] = []
export const call: Call = { ...callOf(), log: { ...callOf().log, warn: (_, message) => warnings.push(message) } }
export const deps = (limits = LIMITS) => ({ operations: { store, clock, limits }, contexts })

/** To be called by each file of tests that builds notifications: a process loads this module once for many. */
export function buildsNotifications(): void {
  beforeAll(async () => {
    const opened = await openResolver()
    store = opened.store
    contexts = opened.resolver
    close = opened.close
    jsonldContext = await contexts.host(call, await contexts.resolve(call, TERMS))
  })
  closesStores()
  afterAll(() => close())
}

export const whole: Attributes = {
  'urn:A:name': [property('Eiffel Tower')],
  [`${CORE}location`]: [instance('GeoProperty', { type: 'Point', coordinates: [-8.5, 41.2] })],
  'urn:A:street': [instance('LanguageProperty', { fr: 'Grand Place', nl: 'Grote Markt' })],
  'urn:A:locatedAt': [instance('Relationship', 'urn:c:Paris')],
}
export const paris: Entity = {
  ...{ id: 'urn:c:Paris', types: ['urn:T:City'], createdAt: THEN, modifiedAt: THEN },
  attributes: { 'urn:A:name': [property('Paris')] },
}

export function toldOf(asked: Asked, before: Entity | undefined, after: Entity | undefined): readonly Told[] {
  const change = { ...(before && { before }), ...(after && { after }), now: NOW, cause: 'write' } as const
  const told = tell(subscriptionOf(asked), change, whatChanged(change))
  // As it comes back from where it was kept.
  return told === undefined ? [] : [JSON.parse(JSON.stringify(told))]
}

export async function build(asked: Asked, told: readonly Told[], limits = LIMITS): Promise<Outgoing | undefined> {
  const subscription = subscriptionOf({ jsonldContext, ...asked })
  return await createBuild(deps(limits))(call, { subscription, id: 'urn:n:1', told })
}

export function bodyOf(outgoing: Outgoing | undefined): Record<string, Json> {
  return JSON.parse(outgoing?.body ?? 'null')
}

/** `data` of the Notification of a change. */
export async function data(asked: Asked, before: Entity | undefined, after: Entity | undefined): Promise<Json> {
  return bodyOf(await build(asked, toldOf(asked, before, after))).data ?? null
}

export const ALL = ['entityCreated', 'entityDeleted', 'attributeUpdated', 'attributeDeleted'] as const
export const without = (name: string) =>
  building(Object.fromEntries(Object.entries(whole).filter(([key]) => key !== name)))
export const withOther = (name: string, value: Json) => {
  const [was] = whole[name] ?? []
  return building({ ...whole, [name]: was === undefined ? [] : [{ ...was, value }] })
}
