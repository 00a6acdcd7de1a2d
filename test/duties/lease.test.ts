import { afterEach, beforeEach, expect, it } from 'vitest'
import { createLease, type Lease, TIMES } from '../../src/duties/lease.ts'
import type { Call } from '../../src/ports/call.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'

let store: Store
let time = 0
let logged: string[]
beforeEach(async () => {
  time = 0
  logged = []
  store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog })
})
afterEach(() => store.close())

function callOf(instance: string): Call {
  const log = (level: string) => (_: object, message: string) => void logged.push(`${instance} ${level}: ${message}`)
  return { ...callIn(''), log: { ...quietLog, debug: log('debug'), info: log('info'), warn: log('warn') } }
}

/** Its clock begins anywhere; `documents`: its way to the store. */
function instance(name: string, documents: Pick<DocumentStore, 'get' | 'change'> = store.documents): Lease {
  const origin = Math.random() * 1e9
  return createLease({ documents, call: callOf(name), instance: name, now: () => origin + time })
}

const isHeld = (lease: Lease): boolean => lease.term() !== undefined

/** As time passes: each takes its step when its time comes. */
async function pass(ms: number, ...leases: readonly Lease[]): Promise<void> {
  const due = leases.map((lease) => time + lease.nextInMs())
  const end = time + ms
  for (; time < end; time += 100) {
    for (const [i, lease] of leases.entries()) {
      if (time < (due[i] ?? 0)) continue
      await lease.step()
      due[i] = time + lease.nextInMs()
    }
  }
}

it('is had at once where nobody has it, and by nobody else as long as it is renewed', async () => {
  const [one, other] = [instance('one'), instance('other')]
  await one.step()
  await other.step()
  expect([one, other].map(isHeld)).toEqual([true, false])
  const term = one.term()
  for (let minutes = 0; minutes < 3; minutes++) {
    await pass(60_000, one, other)
    expect([one, other].map(isHeld)).toEqual([true, false])
  }
  expect(one.term()).toBe(term)
  expect(term?.signal().aborted).toBe(false)
  expect(logged).toEqual([
    'one debug: the periodic duties are done by this instance',
    'other debug: the periodic duties are done by one',
  ])
})

it('passes on within 10 s when its holder dies, however far that was', async () => {
  for (let ms = 0; ms <= TIMES.renewMs; ms += 500) {
    await store.documents.delete(callIn(''), 'lease', 'duties')
    const [one, other] = [instance('one'), instance('other')]
    await one.step()
    await pass(10_000 + ms, one, other)
    await pass(5_000, other)
    expect(isHeld(other)).toBe(false)
    await pass(5_000, other)
    expect([one, other].map(isHeld)).toEqual([false, true])
  }
  expect(logged.at(-1)).toBe('other info: the periodic duties are done by this instance, no longer by one')
})

it('is had by one of many', async () => {
  const [first = instance('0'), ...others] = Array.from({ length: 9 }, (_, i) => instance(`${i}`))
  await first.step()
  await pass(60_000, first, ...others)
  await pass(11_000, ...others)
  expect(others.filter(isHeld)).toHaveLength(1)
  await pass(60_000, ...others)
  expect(others.filter(isHeld)).toHaveLength(1)
})

it('passes on at the next look when it is given up, and is not given up by who has it no longer', async () => {
  const [one, other] = [instance('one'), instance('other')]
  await one.step()
  await other.step()
  const term = one.term()
  await one.release()
  expect(term?.signal().aborted).toBe(true)
  await other.step()
  expect([one, other].map(isHeld)).toEqual([false, true])
  await one.release()
  await pass(5_000, other)
  expect(isHeld(other)).toBe(true)
  expect(logged.at(-1)).toBe('other info: the periodic duties are done by this instance, no longer by one')
})

it('is not held by who stood still, from before another can have it; he learns of it before he does anything', async () => {
  const [one, other] = [instance('one'), instance('other')]
  await one.step()
  await pass(20_000, one, other)
  const term = one.term()
  time += TIMES.holdMs
  // Nothing has run meanwhile that could have told it.
  expect(term?.signal().aborted).toBe(true)
  expect(isHeld(one)).toBe(false)
  await pass(10_000, other)
  await one.step()
  expect([one, other].map(isHeld)).toEqual([false, true])
  expect(logged).toContain('one warn: another instance has taken the periodic duties over')
  await pass(60_000, one, other)
  expect([one, other].map(isHeld)).toEqual([false, true])
})

it('is held again by who was late, where nobody else has taken it; what was under way stays ended', async () => {
  const one = instance('one')
  await one.step()
  const term = one.term()
  time += 3_600_000
  await one.step()
  expect(isHeld(one)).toBe(true)
  expect(term?.signal().aborted).toBe(true)
  expect(one.term()?.signal().aborted).toBe(false)
  expect(logged.at(-1)).toBe('one warn: the periodic duties rested: the lease had not been renewed in time')
})

it('is not held while the store does not answer, and again when it does; it is asked each second', async () => {
  let isDown = false
  const unlessDown = <T>(answer: () => Promise<T>): Promise<T> =>
    isDown ? Promise.reject(new Error('no answer')) : answer()
  const one = instance('one', {
    get: (...given) => unlessDown(() => store.documents.get(...given)),
    change: (...given) => unlessDown(() => store.documents.change(...given)),
  })
  await one.step()
  isDown = true
  for (const late of [0, 2_500, 3_500, 4_500]) {
    time = late
    expect(isHeld(one)).toBe(true)
    await expect(one.step()).rejects.toThrow('no answer')
    expect(one.nextInMs()).toBe(TIMES.lookMs)
  }
  time = 6_000
  expect(isHeld(one)).toBe(false)
  isDown = false
  await one.step()
  expect(isHeld(one)).toBe(true)
  expect(one.nextInMs()).toBe(TIMES.renewMs)
})

it('counts a renewal whose answer was lost as one: the next one is seen as another', async () => {
  let isLost = false
  const one = instance('one', {
    get: store.documents.get,
    change: async (...given) => {
      const answer = await store.documents.change(...given)
      if (isLost) throw new Error('lost')
      return answer
    },
  })
  const other = instance('other')
  await one.step()
  isLost = true
  await expect(one.step()).rejects.toThrow('lost')
  await other.step()
  time += 5_000
  isLost = false
  await one.step()
  for (let i = 0; i < 6; i++) {
    await other.step()
    expect([one, other].filter(isHeld).length).toBeLessThanOrEqual(1)
    time += 1_000
  }
})

it('is taken over from what is no lease', async () => {
  await store.documents.put(callIn(''), 'lease', 'duties', ['?'])
  const one = instance('one')
  await pass(10_000, one)
  expect(isHeld(one)).toBe(true)
})
