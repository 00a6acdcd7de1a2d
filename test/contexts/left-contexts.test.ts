/** What deleted @contexts said is kept for as long as Subscriptions lead to it. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { SUBSCRIPTION } from '../../src/ports/subscription-documents.ts'
import { stored } from '../notifications/instance.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { callOf, closesStores, type Opened, openResolver } from './open-resolver.ts'

closesStores()

const call = callOf()
let opened: Opened
beforeEach(async () => {
  opened = await openResolver()
})
afterEach(() => opened.close())

const urlOf = (localId: string): string => `https://broker.example/ngsi-ld/v1/jsonldContexts/${localId}`
const added = (context: object, of = call) => opened.resolver.add(of, { '@context': context as never })
const subscribe = (id: string, jsonldContext: string, of = call) =>
  opened.store.documents.put(of, SUBSCRIPTION, id, stored(subscriptionOf({ id, jsonldContext })))
const remove = (localId: string, of = call) => opened.resolver.remove(of, localId, false)
const left = (localId: string, of = call) => opened.resolver.left(of, urlOf(localId))

it('is kept where one leads to it, also by way of others, and not where none does', async () => {
  const [own, inner, other] = [await added({ a: 'urn:a' }), await added({ b: 'urn:b' }), await added({ c: 'urn:c' })]
  const outer = await added([urlOf(inner), { d: 'urn:d' }])
  await subscribe('urn:s:1', urlOf(own))
  await subscribe('urn:s:2', urlOf(outer))
  for (const localId of [inner, outer, own, other]) await remove(localId)
  expect(await left(own)).toEqual({ a: 'urn:a' })
  expect(await left(outer)).toEqual([{ b: 'urn:b' }, { d: 'urn:d' }])
  expect(await left(other)).toBeUndefined()
})

it('is not kept any longer than that: the next deletion finds it', async () => {
  const [own, other] = [await added({ a: 'urn:a' }), await added({ c: 'urn:c' })]
  await subscribe('urn:s:1', urlOf(own))
  await remove(own)
  await opened.store.documents.delete(call, SUBSCRIPTION, 'urn:s:1')
  await remove(other)
  expect(await left(own)).toBeUndefined()
})

it('is kept of the default Tenant for those of others, and of others for nobody else', async () => {
  const city = callOf('city')
  const everybodys = await added({ a: 'urn:a' })
  const own = await added({ c: 'urn:c' }, city)
  await subscribe('urn:s:1', urlOf(everybodys), city)
  await subscribe('urn:s:1', urlOf(own))
  await remove(everybodys)
  await remove(own, city)
  expect(await left(everybodys, city)).toEqual({ a: 'urn:a' })
  expect(await left(own)).toBeUndefined()
  expect(await left(own, city)).toBeUndefined()
})
