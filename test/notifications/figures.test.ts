/** What is counted of notifications, by several who write it at once. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFigures } from '../../src/notifications/figures.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../../src/ports/subscription-documents.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put, quietLog } from '../contract/contract-store.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { stored } from './instance.ts'

const call = callIn('')
const S = 'urn:s:1'
let directory: string
let stores: Store[]
let store: Store
let other: Store
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-figures-'))
  const options = { ...LIMITS, directory, synchronous: 'normal', shared: true, clock: Date, log: quietLog } as const
  stores = [await openSqliteStore(options), await openSqliteStore(options)]
  ;[store, other] = stores as [Store, Store]
  await make(S)
})
afterEach(async () => {
  await Promise.all(stores.map((each) => each.close()))
  await rm(directory, { recursive: true })
})

const make = (id: string, createdAt = NOW) =>
  store.documents.put(call, SUBSCRIPTION, id, { ...stored(subscriptionOf({ id })), createdAt })
const written = (id = S) => store.documents.get(call, SUBSCRIPTION_FIGURES, id)
/** Of one that nobody has noted anything with. */
const seen = (id = S) => createFigures({ documents: other.documents }).of(call, id)
const attempt = (at: number) => ({ at, milliseconds: 1, notification: `urn:n:${at}`, entities: 1, ok: true })
const sent = (at: number) => ({ timesSent: 1, lastNotification: at, lastSuccess: at, attempts: [attempt(at)] })

it('are in the store within a second or so, and before that where they were noted', async () => {
  const figures = createFigures(store)
  figures.note(call, S, sent(NOW + 1))
  expect(await figures.of(call, S)).toMatchObject({ timesSent: 1, timesFailed: 0 })
  expect(await written()).toBeUndefined()
  await expect.poll(written, { timeout: 1_500, interval: 20 }).toMatchObject({ timesSent: 1 })
  expect(await figures.of(call, S)).toEqual({ timesFailed: 0, ...sent(NOW + 1) })
  await figures.close()
})

it('of two instances add up, whoever writes first', async () => {
  const [one, two] = [store, other].map(({ documents }) => createFigures({ documents, everyMs: 5 }))
  if (one === undefined || two === undefined) throw new Error('there are two')
  for (let i = 1; i <= 300; i++) {
    one.note(call, S, sent(NOW + 2 * i))
    two.note(call, S, { timesSent: 1, timesFailed: 1, lastNotification: NOW + 2 * i + 1, lastFailure: NOW + 2 * i + 1 })
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all([one.close(), two.close()])
  expect(await seen()).toMatchObject({
    ...{ timesSent: 600, timesFailed: 300 },
    ...{ lastNotification: NOW + 601, lastFailure: NOW + 601, lastSuccess: NOW + 600 },
  })
  expect((await seen()).attempts?.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, i) => NOW + 562 + 2 * i))
})

it('are not put back by who writes late what it did before another', async () => {
  const [before, after] = [createFigures(store), createFigures(other)]
  before.note(call, S, { timesSent: 1, timesFailed: 1, lastNotification: NOW + 1, attempts: [attempt(NOW + 1)] })
  before.note(call, S, { nextAttempt: NOW + 60_000 })
  after.note(call, S, { ...sent(NOW + 2), nextAttempt: null })
  await after.close()
  await before.close()
  expect(await seen()).toEqual({
    ...{ timesSent: 2, timesFailed: 1, lastNotification: NOW + 2, lastSuccess: NOW + 2, nextAttempt: null },
    attempts: [attempt(NOW + 1), attempt(NOW + 2)],
  })
})

it('are counted once each by who asks while they are written', async () => {
  const figures = createFigures({ documents: store.documents, everyMs: 1 })
  let noted = 0
  const reading = async (): Promise<void> => {
    while (noted < 2_000) {
      const before = noted
      const { timesSent } = await figures.of(call, S)
      expect(timesSent).toBeGreaterThanOrEqual(before)
      expect(timesSent).toBeLessThanOrEqual(noted)
      await new Promise(setImmediate)
    }
  }
  const noting = async (): Promise<void> => {
    while (noted < 2_000) {
      figures.note(call, S, { timesSent: 1 })
      noted++
      if (noted % 5 === 0) await new Promise(setImmediate)
    }
  }
  await Promise.all([noting(), reading(), reading()])
  await figures.close()
  expect(await written()).toMatchObject({ timesSent: 2_000 })
})

it('of many subscriptions delay neither writes nor who asks for some of them', async () => {
  const ids = Array.from({ length: 4_000 }, (_, i) => `urn:s:${i}`)
  await Promise.all(ids.map((id) => make(id)))
  const figures = createFigures({ documents: store.documents, everyMs: 60_000 })
  for (const [i, id] of ids.entries()) figures.note(call, id, sent(NOW + i))
  let isWriting = true
  const flushed = figures.flush().finally(() => {
    isWriting = false
  })
  const took: number[] = []
  for (let i = 0; isWriting; i++) {
    const begun = performance.now()
    await put(store, call, entity(`urn:x:${i}`))
    expect(await figures.of(call, ids.at(-1) ?? '')).toMatchObject({ timesSent: 1, lastNotification: NOW + 3_999 })
    took.push(performance.now() - begun)
  }
  await flushed
  expect(took.length).toBeGreaterThan(8)
  expect(took.toSorted((a, b) => a - b)[Math.floor(took.length / 2)]).toBeLessThan(60)
  expect(await store.documents.count(call, SUBSCRIPTION_FIGURES)).toBe(4_000)
})

it('of one are written at once where that is asked for, whatever others wait', async () => {
  const ids = Array.from({ length: 2_000 }, (_, i) => `urn:s:${i}`)
  await Promise.all(ids.map((id) => make(id)))
  const figures = createFigures({ documents: store.documents, everyMs: 60_000 })
  for (const id of ids) figures.note(call, id, sent(NOW + 1))
  const flushed = figures.flush()
  const last = ids.at(-1) ?? ''
  await figures.flushOne(call, last)
  expect(await written(last)).toMatchObject({ timesSent: 1 })
  expect(await store.documents.count(call, SUBSCRIPTION_FIGURES)).toBeLessThan(1_000)
  figures.note(call, last, sent(NOW + 2))
  await Promise.all([flushed, figures.flushOne(call, last), figures.flushOne(call, last)])
  expect(await written(last)).toMatchObject({ timesSent: 2 })
  expect(await store.documents.count(call, SUBSCRIPTION_FIGURES)).toBe(2_000)
  await figures.close()
  expect(await written(last)).toMatchObject({ timesSent: 2 })
})

it('are not written all the time where that takes long', async () => {
  let writes = 0
  const change: DocumentStore['change'] = async (...how) => {
    writes++
    await new Promise((resolve) => setTimeout(resolve, 200))
    return await store.documents.change(...how)
  }
  const figures = createFigures({ documents: { ...store.documents, change }, everyMs: 1 })
  for (const end = performance.now() + 1_000; performance.now() < end; ) {
    figures.note(call, S, { timesSent: 1 })
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(writes).toBeGreaterThan(1)
  expect(writes).toBeLessThanOrEqual(3)
  await figures.close()
})

it('are kept while the store does not take them, said once and tried once a Tenant', async () => {
  let asked = 0
  let fault: Error | undefined = new Error('no answer')
  const change: DocumentStore['change'] = async (...how) => {
    asked++
    if (fault !== undefined) throw fault
    return await store.documents.change(...how)
  }
  const figures = createFigures({ documents: { ...store.documents, change }, everyMs: 60_000 })
  const warnings: unknown[] = []
  const noisy = { ...call, log: { ...quietLog, warn: (about: object) => void warnings.push(about) } }
  const ids = Array.from({ length: 500 }, (_, i) => `urn:s:${i}`)
  await Promise.all(ids.map((id) => make(id)))
  for (const id of ids) figures.note(noisy, id, sent(NOW + 1))
  await figures.flush()
  expect(warnings).toEqual([{ tenant: '', error: fault }])
  expect(asked).toBeLessThanOrEqual(16)
  for (const id of ids) figures.note(noisy, id, sent(NOW + 2))
  expect(await figures.of(call, 'urn:s:7')).toMatchObject({ timesSent: 2, lastNotification: NOW + 2 })
  fault = undefined
  await figures.close()
  for (const id of ['urn:s:0', 'urn:s:7', 'urn:s:499'])
    expect(await written(id)).toMatchObject({ timesSent: 2, attempts: [attempt(NOW + 1), attempt(NOW + 2)] })
})

it('go with the subscription, and one that has its id later begins anew', async () => {
  const figures = createFigures({ documents: store.documents, everyMs: 60_000 })
  figures.note(call, S, sent(NOW + 1))
  await figures.flush()
  figures.note(call, S, sent(NOW + 2))
  await figures.drop(call, S)
  expect(await figures.of(call, S)).toEqual({ timesSent: 0, timesFailed: 0 })
  await store.documents.delete(call, SUBSCRIPTION, S)
  // On its way when it was deleted; another instance may be the one that notes it.
  figures.note(call, S, sent(NOW + 3))
  await figures.flush()
  expect(await written()).toBeUndefined()
  figures.note(call, S, sent(NOW + 3))
  await make(S, NOW + 4)
  await figures.flush()
  expect(await written()).toBeUndefined()
  figures.note(call, S, sent(NOW + 5))
  await figures.close()
  expect(await written()).toMatchObject({ timesSent: 1, lastNotification: NOW + 5 })
})

it('leave nothing of a subscription that is deleted while they are written', async () => {
  const { documents } = store
  const change: DocumentStore['change'] = async (...how) => {
    await documents.delete(call, SUBSCRIPTION, S)
    return await documents.change(...how)
  }
  const figures = createFigures({ documents: { ...documents, change }, everyMs: 60_000 })
  figures.note(call, S, sent(NOW + 1))
  await figures.close()
  expect(await written()).toBeUndefined()
})
