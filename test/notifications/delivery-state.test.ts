/** What its owner sees of a subscription's delivery, and can have told again. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forgetTold } from '../../src/notifications/forget-told.ts'
import { notificationId } from '../../src/notifications/notification-id.ts'
import type { Log } from '../../src/ports/call.ts'
import type { Build } from '../../src/ports/notification.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../../src/ports/subscription-documents.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { pause, until } from './delivery-bench.ts'
import { change, type Instance, openInstance, SETTINGS, subscribe } from './instance.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const call = callIn('')
const S = 'urn:s:1'
let instance: Instance
let receiver: Receiver
const build: Build = async (_, { subscription, id, told }) => {
  const body = JSON.stringify({
    id,
    subscription: subscription.id,
    told: told.map(({ entity }) => ({ entity: entity.id })),
  })
  return { id, contentType: 'application/json', body, entities: told.length }
}
async function open(delivery: Partial<(typeof SETTINGS)['delivery']> = {}, log: Log = quietLog): Promise<void> {
  const options = { ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog } as const
  const settings = { ...SETTINGS, delivery: { ...SETTINGS.delivery, ...delivery } }
  instance = await openInstance((notices) => openSqliteStore({ ...options, log, notices }), settings, log)
  instance.notifications.start({ build, buildPeriodic: async () => undefined, showChange: async () => undefined })
  await subscribe(instance, call, S, asked())
}
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(async () => {
  await instance.close()
  await receiver.stop()
})

const asked = (more: object = {}, uri = receiver.origin) => ({
  ...subscriptionOf({ id: S, endpoint: { uri } }),
  ...more,
})
const state = (dead = 10) => instance.notifications.notifier.state(call, S, { most: dead, since: 0 })
const redeliver = (which: { deadSince: number } | { since: number }) =>
  instance.notifications.notifier.redeliver(call, asked(), which)
const refuse = (): void => receiver.answer((_, response) => response.writeHead(500).end())
const take = (): void => receiver.answer((_, response) => response.writeHead(204).end())
const told = () => receiver.got.flatMap(({ body }) => body.told.map(({ entity }) => entity))
const emptied = () => until(async () => (await state()).backlog.count === 0)

describe('the state of delivery', () => {
  it('says of what fails how it failed, how much waits, and when it is tried again', async () => {
    await open({ retry: { firstMs: 400, mostMs: 400 } })
    refuse()
    const begun = Date.now()
    const first = await change(instance, call)
    await until(async () => (await state()).attempts.length === 1)
    await change(instance, call)
    const failing = await state()
    expect(failing.backlog).toEqual({ count: 2, oldest: expect.any(Number) })
    expect(failing.figures).toMatchObject({ timesSent: 1, timesFailed: 1, lastFailure: expect.any(Number) })
    expect(failing.figures.lastSuccess).toBeUndefined()
    expect(failing.attempts).toEqual([
      {
        ...{ at: expect.any(Number), milliseconds: expect.any(Number), notification: receiver.got[0]?.body.id },
        ...{ entities: 1, ok: false, status: 500, reason: 'the receiver answered 500' },
      },
    ])
    expect(failing.attempts[0]?.at).toBeGreaterThanOrEqual(begun)
    expect(failing.nextAttempt).toBeGreaterThan(failing.attempts[0]?.at ?? Number.POSITIVE_INFINITY)
    expect(failing.nextAttempt).toBeLessThan(Date.now() + 401)
    expect(failing.dead).toEqual([])
    take()
    await emptied()
    const well = await state()
    expect(well).not.toHaveProperty('nextAttempt')
    expect(well.attempts[0]).toMatchObject({ ok: true, status: 204 })
    expect(well.attempts.at(-1)).toMatchObject({ ok: false })
    expect(well.figures).toMatchObject({ timesFailed: 1, lastSuccess: expect.any(Number) })
    expect(new Set(told()).has(first)).toBe(true)
  })

  it('says when one that fails by itself is tried again, though others are taken', async () => {
    await open({ retry: { firstMs: 60_000, mostMs: 60_000 } })
    receiver.answer((_, response) => response.writeHead(receiver.got.length === 1 ? 500 : 204).end())
    await change(instance, call)
    await until(async () => (await state()).attempts.length === 1)
    await change(instance, call)
    await until(async () => (await state()).attempts.length === 2)
    await until(async () => (await state()).backlog.count === 1)
    const { nextAttempt = 0, figures } = await state()
    expect(figures.lastSuccess).toBeDefined()
    expect(nextAttempt).toBeGreaterThan(Date.now() + 20_000)
  })

  it('has words for who is not there, and no more attempts than are kept', async () => {
    await open({ retry: { firstMs: 10, mostMs: 10 } })
    const { port } = new URL(receiver.origin)
    await receiver.stop()
    await change(instance, call)
    await until(async () => (await state()).figures.timesFailed > 25, 15_000)
    receiver = await startReceiver(Number(port))
    await emptied()
    const { attempts, figures } = await state()
    expect(attempts).toHaveLength(20)
    expect(attempts[1]?.reason).toContain('refused')
    expect(figures.timesSent).toBeGreaterThan(25)
  })

  it('goes with the subscription', async () => {
    await open()
    refuse()
    await change(instance, call)
    await until(async () => (await state()).attempts.length > 0)
    await instance.notifications.notifier.drop(call, S)
    await instance.store.documents.delete(call, SUBSCRIPTION, S)
    expect((await state()).backlog.count).toBe(0)
    await pause(1_100)
    expect(await instance.store.documents.get(call, SUBSCRIPTION_FIGURES, S)).toBeUndefined()
  })
})

it('shows and logs nothing of the user, the password, the query and the headers of an endpoint', async () => {
  const logged: unknown[] = []
  const note = (...said: readonly unknown[]) => void logged.push(said)
  const log = { debug: note, info: note, warn: note, error: note }
  await open({ maxAgeMs: 200 }, log)
  const secret = (origin: string) => ({
    ...asked(),
    endpoint: {
      ...asked().endpoint,
      uri: `${origin.replace('://', '://ann:s3cret@')}/s3cret?key=s3cret`,
      receiverInfo: [{ key: 'X-Key', value: 's3cret' }],
    },
  })
  receiver.answer((request, response) => {
    if (receiver.got.length % 2 === 0) request.socket.destroy()
    else response.writeHead(307, { location: '/s3cret' }).end()
  })
  await subscribe(instance, call, S, secret(receiver.origin))
  await change(instance, call)
  await until(async () => (await state()).dead.length === 1)
  const dead = await state()
  expect(dead.attempts.length).toBeGreaterThan(1)
  await subscribe(instance, call, S, secret('http://127.0.0.1:1'))
  await change(instance, call)
  await until(async () => (await state()).dead.length === 2)
  const { attempts, figures, dead: all } = await state()
  expect(
    JSON.stringify([dead.attempts, attempts, figures, all.map(({ settlement }) => settlement), logged]),
  ).not.toMatch(/s3cret|ann/)
})

describe('what is told again', () => {
  it('is what was given up, also where that was because of its age, with the same id', async () => {
    await open({ maxAgeMs: 150 })
    refuse()
    const entities = [await change(instance, call), await change(instance, call)]
    await until(async () => (await state()).dead.length === 2)
    const { dead } = await state()
    expect((await state(1)).dead).toEqual(dead.slice(0, 1))
    expect(dead.map(({ settlement }) => settlement.reason)).toEqual(Array(2).fill(expect.stringContaining('0.15 s')))
    take()
    receiver.got.length = 0
    await pause(160)
    expect(await redeliver({ deadSince: 0 })).toBe(2)
    await until(() => told().length === 2)
    await emptied()
    expect(told()).toEqual(entities)
    expect((await state()).dead).toEqual([])
    const ids = new Set(dead.map(({ id }) => notificationId(id)))
    expect(receiver.got.every(({ body }) => ids.has(body.id))).toBe(true)
    expect(await redeliver({ deadSince: 0 })).toBe(0)
  })

  it('is given up again after its time, where it is not taken', async () => {
    await open({ maxAgeMs: 150 })
    refuse()
    await change(instance, call)
    await until(async () => (await state()).dead.length === 1)
    const tried = receiver.got.length
    expect(await redeliver({ deadSince: 0 })).toBe(1)
    await until(async () => (await state()).dead.length === 1)
    expect(receiver.got.length).toBeGreaterThan(tried)
  })

  it('is what changed since then, told or given up, and in its order', async () => {
    await open()
    const entities = [await change(instance, call), await change(instance, call)]
    await until(() => told().length === 2)
    await emptied()
    const since = Date.now()
    await pause(2)
    for (let i = 0; i < 3; i++) entities.push(await change(instance, call))
    await until(() => told().length === 5)
    await emptied()
    receiver.got.length = 0
    expect(await redeliver({ since })).toBe(3)
    await until(() => told().length === 3)
    expect(told().toSorted()).toEqual(entities.slice(2).toSorted())
    await emptied()
    receiver.got.length = 0
    expect(await redeliver({ since: 0 })).toBe(5)
    await until(() => told().length === 5)
  })
})

it('moves what is owed to its new endpoint when that is another host’s', async () => {
  await open()
  refuse()
  const entity = await change(instance, call)
  await until(async () => (await state()).attempts.length > 0)
  const other = await startReceiver()
  await subscribe(instance, call, S, asked({}, other.origin))
  await until(() => other.got.length === 1)
  await emptied()
  expect(other.got[0]?.body.told).toEqual([{ entity }])
  await other.stop()
})

it('sends once what is a test, and says what came of it', async () => {
  await open()
  const sample = { id: 'urn:n:1', contentType: 'application/json', body: '{"told":[]}', entities: 0 } as const
  const send = (uri: string) => instance.notifications.notifier.send(call, asked({}, uri).endpoint, sample)
  expect(await send(receiver.origin)).toEqual({ ok: true, status: 204, milliseconds: expect.any(Number) })
  refuse()
  expect(await send(receiver.origin)).toMatchObject({ ok: false, status: 500, reason: 'the receiver answered 500' })
  expect(await send('http://127.0.0.1:1/')).toMatchObject({ ok: false, reason: expect.any(String) })
  expect((await state()).figures).toMatchObject({ timesSent: 0, timesFailed: 0 })
})

describe('what was told', () => {
  const forget = (deliveredMs: number, signal = new AbortController().signal, log = quietLog) => {
    const { notices } = instance.store
    const around = { clock: Date, callOf: (tenant: string) => ({ ...callIn(tenant), log }) }
    return forgetTold(
      { notices, tenants: () => ['gone', ''], keep: { deliveredMs, deadMs: 60_000 }, ...around },
      () => signal,
    )
  }
  const kept = async () => (await instance.store.notices.settled(call, S, 'delivered', 10_000)).length
  const tellMany = async (count: number) => {
    await Promise.all(Array.from({ length: count }, () => change(instance, call)))
    await until(() => told().length === count, 15_000)
    await emptied()
    await pause(2)
  }

  it('is forgotten after its time, however much it is and whatever becomes of another Tenant', async () => {
    await open()
    await tellMany(600)
    const errors: unknown[] = []
    await forget(60_000)
    expect(await kept()).toBe(600)
    await forget(0, AbortSignal.abort())
    expect(await kept()).toBe(600)
    await forget(0, undefined, { ...quietLog, error: (about) => void errors.push(about) })
    expect(await kept()).toBe(0)
    expect(errors).toEqual([{ tenant: 'gone', error: expect.any(Error) }])
  })
})
