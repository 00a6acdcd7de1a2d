/** A subscription that has the id of one that was deleted. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { queueOf } from '../../src/notifications/queue-name.ts'
import { deleteSubscription } from '../../src/operations/delete-subscription.ts'
import { redeliverNotifications } from '../../src/operations/redeliver-notifications.ts'
import { retrieveDelivery } from '../../src/operations/retrieve-delivery.ts'
import type { DocumentStore } from '../../src/ports/store.ts'
import { SUBSCRIPTION } from '../../src/ports/subscription-documents.ts'
import { callIn } from '../contract/contract-store.ts'
import { most } from '../contract/notice-source.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import type { SharedDatabase } from './agreement.ts'
import { change, type Instance, openInstance, stored, subscribe } from './instance.ts'
import { sharedDirectory } from './shared-directory.ts'

const call = callIn('')
const S = 'urn:s:1'
const limits = { attributes: 1_000, linkedEntities: 100, subscriptions: 100, pageBytes: 1_000_000 }
const asked = (type: string) => subscriptionOf({ id: S, condition: { entities: [{ types: [[type]] }] } })
let database: SharedDatabase
let one: Instance
let other: Instance
beforeEach(async () => {
  database = await sharedDirectory()
  one = await openInstance(database.open)
  other = await openInstance(database.open)
})
afterEach(async () => {
  await Promise.all([one, other].map((instance) => instance.close()))
  await database.drop()
})

/** `then`: what others do as soon as it is gone. */
const remove = (then: () => Promise<void> = async () => undefined): Promise<void> => {
  const { store, notifications } = one
  const documents: DocumentStore = {
    ...store.documents,
    delete: async (...what) => {
      const existed = await store.documents.delete(...what)
      await then()
      return existed
    },
  }
  const context = { store: { ...store, documents }, notifier: notifications.notifier, clock: Date, limits }
  return deleteSubscription(context, call, S)
}
const owed = async () => (await one.store.notices.backlog(call, S)).count

it('is owed nothing of what the one before was, and what it asks for itself, in all instances', async () => {
  await subscribe(one, call, S, asked('urn:T:Old'))
  await change(other, call, 'urn:T:Old')
  expect(await owed()).toBe(1)
  await remove()
  await change(other, call, 'urn:T:Old')
  expect(await owed()).toBe(0)
  await subscribe(other, call, S, asked('urn:T:New'))
  await change(one, call, 'urn:T:Old')
  expect(await owed()).toBe(0)
  await change(one, call, 'urn:T:New')
  await change(other, call, 'urn:T:New')
  expect(await owed()).toBe(2)
})

it('keeps what it is owed while the deletion of the one before is still under way', async () => {
  await subscribe(one, call, S, asked('urn:T:Old'))
  await change(other, call, 'urn:T:Old')
  await remove(async () => {
    await subscribe(other, call, S, asked('urn:T:New'))
    await change(other, call, 'urn:T:New')
  })
  expect(await owed()).toBe(1)
  await change(one, call, 'urn:T:New')
  expect(await owed()).toBe(2)
})

describe('what was given up of the one before after its deletion', () => {
  /** It, and what is given up of the new one, before that is. */
  const givenUp = async () => {
    const { store } = one
    await subscribe(one, call, S, asked('urn:T:Old'))
    await change(one, call, 'urn:T:Old')
    await pause(2)
    await change(one, call, 'urn:T:Old')
    const [late, own] = await store.notices.owed(call, queueOf(asked('').endpoint.uri), most(2))
    if (late === undefined || own === undefined) throw new Error('nothing is owed')
    const at = own.since
    await store.notices.settle(call, [
      { id: late.id, state: 'dead', at: at + 2 },
      { id: own.id, state: 'dead', at: at + 1 },
    ])
    await store.documents.put(call, SUBSCRIPTION, S, { ...stored(asked('urn:T:Old')), createdAt: at })
    return own
  }
  const context = () => ({ store: one.store, notifier: one.notifications.notifier, clock: Date, limits })

  it('is not shown, and hides nothing', async () => {
    const own = await givenUp()
    for (const most of [1, 10]) {
      const { state } = await retrieveDelivery(context(), call, S, most)
      expect(state.dead.map(({ id }) => id)).toEqual([own.id])
    }
  })

  it.each(['dead', { since: 0 }] as const)('is not owed again (%j)', async (which) => {
    const own = await givenUp()
    expect(await redeliverNotifications(context(), call, S, which)).toMatchObject({ redelivered: 1 })
    expect(await one.store.notices.owed(call, own.queue, most(10))).toMatchObject([{ id: own.id }])
  })
})

it('is known by the state that the deletions and creations of many at once have left', async () => {
  const ends = await Promise.all(
    Array.from({ length: 40 }, (_, i) => {
      const next = i % 2 === 0 ? asked(`urn:T:${i}`) : undefined
      return subscribe(i % 4 < 2 ? one : other, call, S, next)
    }),
  )
  expect(ends).toHaveLength(40)
  const left = await one.store.documents.get(call, 'subscription', S)
  const isOf = (type: string): boolean => JSON.stringify(left ?? null).includes(`"${type}"`)
  for (const instance of [one, other]) {
    for (let i = 0; i < 40; i += 2) {
      const before = await owed()
      await change(instance, call, `urn:T:${i}`)
      expect((await owed()) - before).toBe(isOf(`urn:T:${i}`) ? 1 : 0)
    }
  }
})
