import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepOwnership } from '../../src/duties/keep.ts'
import { MEMBERS } from '../../src/duties/members.ts'
import { createOwnership, type OwnershipSteps } from '../../src/duties/ownership.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'

let store: Store
let time = 0
beforeEach(async () => {
  time = 0
  store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog })
})
afterEach(() => store.close())

/** Its clock begins anywhere. */
function instance(name: string, documents: Pick<DocumentStore, 'get' | 'change'> = store.documents): OwnershipSteps {
  const origin = Math.random() * 1e9
  return createOwnership({ documents, call: callIn(''), instance: name, now: () => origin + time })
}

const QUEUES = Array.from({ length: 60 }, (_, i) => `http://host${i}:80`)
const owned = (one: OwnershipSteps): string[] => QUEUES.filter((queue) => one.term(queue) !== undefined)
const held = (ones: readonly OwnershipSteps[]): string[] => ones.flatMap(owned)

/** As time passes: each takes its step when its time comes; no queue ever has two owners. */
async function pass(ms: number, living: readonly OwnershipSteps[], all: readonly OwnershipSteps[] = living) {
  const due = living.map(() => time)
  const end = time + ms
  for (; time < end; time += 50) {
    for (const [i, each] of living.entries()) {
      if (time < (due[i] ?? 0)) continue
      await each.step()
      due[i] = time + each.nextInMs()
      const now = held(all)
      expect(now).toHaveLength(new Set(now).size)
    }
  }
}

it('is all of one that is alone, at once', async () => {
  const one = instance('one')
  expect(owned(one)).toEqual([])
  await one.step()
  expect(one.isAlone()).toBe(true)
  expect(owned(one)).toEqual(QUEUES)
  const term = one.term('http://host0:80')
  await pass(60_000, [one])
  expect(one.term('http://host0:80')).toBe(term)
  expect(term?.signal().aborted).toBe(false)
})

it('is forgotten of a queue that nobody asks for any more', async () => {
  const one = instance('one')
  await one.step()
  const term = one.term('http://host0:80')
  one.forget('http://host0:80')
  expect(term?.signal().aborted).toBe(true)
  expect(one.term('http://host0:80')?.signal().aborted).toBe(false)
})

it('is shared among those that come, and what stays where it was goes on', async () => {
  const one = instance('one')
  await pass(5_000, [one])
  const before = new Map(QUEUES.map((queue) => [queue, one.term(queue)]))
  const [other, third] = [instance('other'), instance('third')]
  let changes = 0
  other.onChange(() => changes++)
  await pass(3_000, [one, other, third])
  expect(changes).toBeGreaterThan(0)
  expect(one.isAlone()).toBe(false)
  for (const each of [one, other, third]) expect(owned(each).length).toBeGreaterThan(8)
  expect(held([one, other, third]).toSorted()).toEqual(QUEUES.toSorted())
  for (const queue of QUEUES) {
    const term = before.get(queue)
    if (one.term(queue) === undefined) expect(term?.signal().aborted).toBe(true)
    else expect(one.term(queue)).toBe(term)
  }
})

it('goes on for each who delivers it until that lets it go, and ends for all of them together', async () => {
  const one = instance('one')
  expect(one.begin('http://a')).toBeUndefined()
  await one.step()
  const [first, second] = [one.begin('http://a'), one.begin('http://a')]
  const isOver = () => [first, second].map((term) => term?.signal().aborted)
  await pass(30_000, [one])
  expect(isOver()).toEqual([false, false])
  first?.letGo()
  expect(isOver()).toEqual([true, false])
  await pass(30_000, [one])
  expect(isOver()).toEqual([true, false])
  expect(one.begin('http://a')?.signal().aborted).toBe(false)
  time += 6_000
  expect(isOver()).toEqual([true, true])
  expect(one.begin('http://a')).toBeUndefined()
})

it('passes on within 15 s when one dies, however far it was, and not before that one has stopped', async () => {
  for (let ms = 0; ms <= 2_500; ms += 500) {
    await store.documents.delete(callIn(''), MEMBERS, 'notifications')
    const [one, other, third] = [instance('one'), instance('other'), instance('third')]
    await pass(5_000 + ms, [one, other, third])
    expect(held([one, other, third])).toHaveLength(QUEUES.length)
    await pass(11_500, [other, third], [one, other, third])
    expect(held([other, third]).toSorted()).toEqual(QUEUES.toSorted())
    expect(owned(one)).toEqual([])
  }
})

it('passes on within 3 s when one ends', async () => {
  const [one, other] = [instance('one'), instance('other')]
  await pass(5_000, [one, other])
  await one.release()
  expect(owned(one)).toEqual([])
  await pass(3_000, [other])
  expect(owned(other)).toEqual(QUEUES)
})

it('is shared again with one that stood still for so long that it was taken for dead', async () => {
  const [one, other] = [instance('one'), instance('other')]
  await pass(5_000, [one, other])
  await pass(20_000, [other], [one, other])
  expect(owned(other)).toEqual(QUEUES)
  await pass(4_000, [one, other])
  expect(owned(one).length).toBeGreaterThan(8)
  expect(held([one, other]).toSorted()).toEqual(QUEUES.toSorted())
})

it('is nobody’s while the store does not answer, and theirs again afterwards', async () => {
  let isDown = false
  const documents: Pick<DocumentStore, 'get' | 'change'> = {
    get: (...args) => (isDown ? Promise.reject(new Error('down')) : store.documents.get(...args)),
    change: (...args) => (isDown ? Promise.reject(new Error('down')) : store.documents.change(...args)),
  }
  const one = instance('one', documents)
  await one.step()
  isDown = true
  for (let i = 0; i < 7; i++) {
    time += 1_000
    await one.step().catch(() => undefined)
  }
  expect(owned(one)).toEqual([])
  isDown = false
  let changes = 0
  one.onChange(() => changes++)
  await one.step()
  expect(owned(one)).toEqual(QUEUES)
  expect(changes).toBe(1)
})

it('has never two owners, whatever the instances do', async () => {
  let seed = 7
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  const all = Array.from({ length: 4 }, (_, i) => instance(`${i}`))
  for (let round = 0; round < 15; round++) {
    const living = all.filter(() => random() < 0.6)
    await pass(1_000 + random() * 9_000, living, all)
  }
  await pass(15_000, all)
  expect(held(all).toSorted()).toEqual(QUEUES.toSorted())
}, 30_000)

it('is kept in real time, and given up at once when it is closed', async () => {
  const times = { beatMs: 50, lookMs: 20, waitMs: 10, holdMs: 200, deadMs: 300 }
  const keep = (name: string) =>
    keepOwnership(createOwnership({ documents: store.documents, call: callIn(''), instance: name, times }), quietLog)
  const ownedBy = (one: { term: OwnershipSteps['term'] }) =>
    QUEUES.filter((queue) => one.term(queue) !== undefined).length
  const one = keep('one')
  await expect.poll(() => ownedBy(one)).toBe(QUEUES.length)
  const other = keep('other')
  await expect.poll(() => ownedBy(other)).toBeGreaterThan(8)
  await expect.poll(() => ownedBy(one) + ownedBy(other)).toBe(QUEUES.length)
  await one.close()
  expect(ownedBy(one)).toBe(0)
  await expect.poll(() => ownedBy(other)).toBe(QUEUES.length)
  await other.close()
  expect(await store.documents.get(callIn(''), MEMBERS, 'notifications')).toMatchObject({ members: {} })
})
