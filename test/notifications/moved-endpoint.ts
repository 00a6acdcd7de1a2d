/** A subscription whose endpoint goes to another host, and back, while instances change what it is told of. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Told } from '../../src/core/subscription/tell.ts'
import { createMembersDocument } from '../../src/duties/members.ts'
import type { NoticeSource } from '../../src/ports/notices.ts'
import type { Build } from '../../src/ports/notification.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { callIn, entity, property, put } from '../contract/contract-store.ts'
import { LONG } from '../support/long.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import type { SharedDatabase } from './agreement.ts'
import { type Instance, type OpenStoreWith, openInstance, subscribe } from './instance.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const call = callIn('')
const [S, ROAD, N] = ['urn:s:1', 'https://example.org/Road', 'https://example.org/n']
const MOVES = LONG ? 24 : 2

const build: Build = async (_, { subscription, id, told }) => {
  const each = (told as readonly Told[]).map((one) => ({ entity: one.entity.id, n: numberIn(one) }))
  const body = JSON.stringify({ id, subscription: subscription.id, told: each })
  return { id, contentType: 'application/json', body, entities: told.length }
}

function numberIn({ entity: { attributes } }: Told): number {
  return attributes[N]?.[0]?.value as number
}

/** It tells of changes so many milliseconds later. */
async function openLate(open: OpenStoreWith, notices: NoticeSource, lateMs: number): Promise<Store> {
  const store = await open(notices)
  const watch: DocumentStore['watch'] = (kind, onChange) =>
    store.documents.watch(kind, () => void pause(lateMs).then(onChange))
  return { ...store, documents: { ...store.documents, watch } }
}

/**
 * `lateMs`: as late as the store may tell of changes, though mostly it does so sooner; 0 where it is looked at.
 * `everyMs`: from one change of an entity to the next, about.
 */
export function movedEndpoint(fresh: () => Promise<SharedDatabase>, lateMs: number, everyMs: number): void {
  let database: SharedDatabase
  let instances: readonly Instance[] = []
  let receivers: readonly Receiver[] = []
  /** What each of them was told of each entity, in the order in which it came. */
  const told = new Map<string, number[]>()
  beforeEach(async () => {
    told.clear()
    database = await fresh()
    const late: OpenStoreWith = (notices) =>
      lateMs === 0 ? database.open(notices) : openLate(database.open, notices, lateMs)
    instances = await Promise.all([database.open, late, late].map((open) => openInstance(open)))
    receivers = await Promise.all([startReceiver(), startReceiver()])
    for (const [i, receiver] of receivers.entries()) {
      receiver.answer((_, response, body) => {
        for (const { entity, n } of body.told) told.set(`${i} ${entity}`, [...(told.get(`${i} ${entity}`) ?? []), n])
        setTimeout(() => response.writeHead(204).end(), 20)
      })
    }
    const show = { buildPeriodic: async () => undefined, showChange: async () => undefined }
    for (const { notifications } of instances) notifications.start({ build, ...show })
  })
  afterEach(async () => {
    await Promise.all(instances.map((instance) => instance.close()))
    await Promise.all(receivers.map((receiver) => receiver.stop()))
    await database.drop()
  })

  const instance = (i: number): Instance => instances[i % instances.length] as Instance
  const asked = (receiver: number) => {
    const endpoint = { uri: `${receivers[receiver % 2]?.origin}/notify` }
    return subscriptionOf({ id: S, condition: { entities: [{ types: [[ROAD]] }] }, endpoint })
  }
  const change = async (id: string, n: number): Promise<void> => {
    const attributes = { [N]: [property(n)] }
    await put(instance(n).store, call, entity(id, { types: [ROAD], attributes }))
  }

  /** Whether each acts by what all of them know of each other. */
  const areSettled = async (): Promise<boolean> => {
    const { version, members } = await createMembersDocument(instance(0).store.documents, call).read()
    const all = Object.values(members)
    return all.length === instances.length && all.every(({ seen }) => seen === version)
  }
  const move = async (times: number): Promise<void> => {
    for (let i = 1; i <= times; i++) {
      const [receiver, at] = [receivers[i % 2], receivers[i % 2]?.got.length ?? 0]
      await subscribe(instance(0), call, S, asked(i))
      await expect.poll(() => receiver?.got.length, { timeout: 30_000 }).toBeGreaterThan(at + 3)
    }
  }

  it('is told all, and each host of each entity nothing after what came later', async () => {
    await subscribe(instance(0), call, S, asked(0))
    await expect.poll(areSettled, { timeout: 15_000 }).toBe(true)
    // Within that time they know of the subscription.
    await pause(3 * lateMs)
    let isOn = true
    const changing = async (id: string): Promise<void> => {
      for (let n = 1; isOn; n++) {
        await change(id, n)
        await pause(everyMs)
      }
    }
    const ids = ['urn:x:1', 'urn:x:2', 'urn:x:3']
    const writing = Promise.all(ids.map(changing))
    await move(MOVES).finally(() => {
      isOn = false
    })
    await writing
    const owed = async () => (await instance(0).store.notices.backlog(call, S)).count
    await expect.poll(owed, { timeout: 20_000 }).toBe(0)
    for (const numbers of told.values()) expect(numbers.filter((n, i) => n < (numbers[i - 1] ?? 0))).toEqual([])
    for (const id of ids) {
      const all = new Set([...told].flatMap(([key, numbers]) => (key.endsWith(` ${id}`) ? numbers : [])))
      expect(all.size).toBe(Math.max(...all))
    }
  }, 120_000)
}
