/** What instances on one store know of each other's subscriptions. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAnnounce } from '../../src/notifications/announcing.ts'
import type { Call } from '../../src/ports/call.ts'
import { SUBSCRIPTION, SUBSCRIPTION_REVISION } from '../../src/ports/subscription-documents.ts'
import { callIn } from '../contract/contract-store.ts'
import { casesOf } from '../support/long.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { change, type Instance, type OpenStoreWith, openInstance, stored, subscribe, toldOf } from './instance.ts'

/** A database for instances, that only they have. */
export interface SharedDatabase {
  readonly open: OpenStoreWith
  /** Removes that of a Tenant, behind their backs. */
  dropTenant(tenant: string): Promise<void>
  drop(): Promise<void>
}

const QUEUE = 'http://example.org'
const ROAD = 'https://example.org/Road'
const call = callIn('')
const asked = (id: string, type = ROAD) => subscriptionOf({ id, condition: { entities: [{ types: [[type]] }] } })
const idsOf = (count: number, of = 's') => Array.from({ length: count }, (_, i) => `urn:${of}:${1_000 + i}`)

/** `withinMs`: after which a change made through one instance is effective in the others; 0: at once. */
export function agreementContract(fresh: () => Promise<SharedDatabase>, withinMs: number): void {
  let database: SharedDatabase
  let instances: Instance[] = []
  let one: Instance
  let other: Instance
  const open = async (): Promise<Instance> => {
    const instance = await openInstance(database.open)
    instances.push(instance)
    return instance
  }
  const closeAll = async (): Promise<void> => {
    await Promise.all(instances.map((instance) => instance.close()))
    instances = []
  }
  beforeEach(async () => {
    database = await fresh()
    one = await open()
    other = await open()
  })
  afterEach(async () => {
    await closeAll()
    await database.drop()
  })

  /** Whom changes made through an instance are told, in the end, and not later than it should be so. */
  const expectTold = async (instance: Instance, ids: readonly string[], type = ROAD, of: Call = call) => {
    const begun = performance.now()
    for (;;) {
      const isLast = performance.now() - begun >= withinMs
      const told = await toldOf(instance, of, await change(instance, of, type), QUEUE)
      if (isLast) return expect(told).toEqual(ids)
      if (told.length === ids.length) return expect(told).toEqual(ids)
      await new Promise((resolve) => setTimeout(resolve, withinMs / 5))
    }
  }

  it('are effective in both once they are made, changed and deleted through one', async () => {
    await subscribe(one, call, 'urn:s:1', asked('urn:s:1'))
    await expectTold(one, ['urn:s:1'])
    await expectTold(other, ['urn:s:1'])
    await subscribe(other, call, 'urn:s:1', asked('urn:s:1', 'urn:T:Other'))
    await expectTold(other, [])
    await expectTold(one, [])
    await expectTold(one, ['urn:s:1'], 'urn:T:Other')
    await subscribe(one, call, 'urn:s:1', undefined)
    await expectTold(one, [], 'urn:T:Other')
    await expectTold(other, [], 'urn:T:Other')
  })

  it('are effective in a Tenant that neither has heard of before', async () => {
    const city = callIn('city')
    await other.store.tenants.create('city')
    await subscribe(other, city, 'urn:s:1', asked('urn:s:1'))
    await expectTold(one, ['urn:s:1'], ROAD, city)
    await expectTold(one, [])
  })

  it('are all effective when 50 callers make many at once, in both and after they are opened anew', async () => {
    const ids = idsOf(casesOf(1_000))
    const left = [...ids]
    const make = async (instance: Instance): Promise<void> => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) await subscribe(instance, call, id, asked(id))
    }
    await Promise.all(Array.from({ length: 50 }, (_, i) => make(i % 2 === 0 ? one : other)))
    await Promise.all([one, other].map((instance) => expectTold(instance, ids)))
    await closeAll()
    await expectTold(await open(), ids)
  })

  it('are all effective where more have changed at once than are named', async () => {
    const ids = idsOf(150)
    await Promise.all(ids.map((id) => subscribe(one, call, id, asked(id))))
    await expectTold(other, ids)
    await Promise.all(ids.map((id, i) => subscribe(one, call, id, i % 2 === 0 ? undefined : asked(id))))
    await expectTold(
      other,
      ids.filter((_, i) => i % 2 !== 0),
    )
  })

  it('are known also where who changed one could not say so any more', async () => {
    await createAnnounce(one.store.documents, call)('', 'urn:s:1')
    await one.store.documents.put(call, SUBSCRIPTION, 'urn:s:1', stored(asked('urn:s:1')))
    await expectTold(await open(), ['urn:s:1'])
  })

  it('are none in a Tenant whose database is gone, and the others are as they were', async () => {
    const gone = callIn('gone')
    await one.store.tenants.create('gone')
    await subscribe(one, gone, 'urn:s:1', asked('urn:s:1'))
    await subscribe(one, call, 'urn:s:2', asked('urn:s:2'))
    await closeAll()
    await database.dropTenant('gone')
    const again = await open()
    await expectTold(again, ['urn:s:2'])
    await again.store.tenants.create('gone')
    await expectTold(again, [], ROAD, gone)
    await subscribe(again, gone, 'urn:s:3', asked('urn:s:3'))
    await expectTold(again, ['urn:s:3'], ROAD, gone)
  })

  it('are announced in few documents, however many change, and each of them is', async () => {
    let written = 0
    const { documents } = one.store
    const counting = {
      change: ((...change) => {
        written++
        return documents.change(...change)
      }) as typeof documents.change,
    }
    const [mine, others] = [createAnnounce(counting, call), createAnnounce(counting, call)]
    await Promise.all(idsOf(200).map((id, i) => (i % 2 === 0 ? mine : others)('city', id)))
    expect(written).toBeLessThanOrEqual(6)
    const [revision] = await documents.list(call, SUBSCRIPTION_REVISION)
    expect(revision).toMatchObject({ id: '-city', document: { changes: 200, last: expect.any(Array) } })
  })
}
