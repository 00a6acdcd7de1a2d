import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Ownership } from '../../src/duties/ownership.ts'
import { startTerm, type Term } from '../../src/duties/term.ts'
import { type Deliverer, startDeliverer } from '../../src/notifications/deliverer.ts'
import { queueKey, type Ring, ringOf, textOfRing } from '../../src/notifications/queue-name.ts'
import type { Call } from '../../src/ports/call.ts'
import { callIn } from '../contract/contract-store.ts'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let bench: Bench
let receiver: Receiver
const deliverers: Deliverer[] = []
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench(), startReceiver()])
  await bench.put(subscriptionOf(receiver.origin))
})
afterEach(async () => {
  await Promise.all(deliverers.splice(0).map((each) => each.close()))
  await bench.close()
  await receiver.stop()
})

type Owned = Pick<Ownership, 'begin' | 'isAlone' | 'onChange'>

/** Owns all, or nothing, as the test says. */
function ownershipOf(owns: boolean, alone: boolean) {
  const listeners: (() => void)[] = []
  const forLong = () => startTerm(performance.now() + 60_000, () => performance.now())
  let term = owns ? forLong() : undefined
  /** Terms that are held. */
  let holds = 0
  const hold = ({ signal }: Term) => {
    holds++
    return { signal, letGo: () => void holds-- }
  }
  const ownership: Owned = {
    begin: () => (term?.signal().aborted === false ? hold(term) : undefined),
    isAlone: () => alone,
    onChange: (listener) => listeners.push(listener),
  }
  const set = (next: boolean): void => {
    term?.end()
    term = next ? forLong() : undefined
    for (const listener of listeners) listener()
  }
  return { ownership, set, holds: () => holds }
}

const wakeStream = (_: string, queue: string): boolean => queue === 'stream://here.1'
const rung: string[] = []
const bells = { ring: (rings: Iterable<Ring>) => void rung.push(...[...rings].map(textOfRing)) }

function start(ownership: Owned, more: object = {}): Deliverer {
  const around = { ownership, tenants: () => [''], callOf: callIn, bells, wakeStream }
  const deliverer = startDeliverer({ ...bench.deps, ...around, ...more })
  deliverers.push(deliverer)
  return deliverer
}

const committed = (deliverer: Deliverer): void => deliverer.committed('', new Set([bench.queue()]))

it('tells what was owed before it began, and at once what is committed then', async () => {
  await bench.owe(['a'])
  const deliverer = start(ownershipOf(true, true).ownership)
  await until(async () => (await bench.owed()) === 0)
  await bench.owe(['b'])
  const begun = performance.now()
  committed(deliverer)
  await until(async () => (await bench.owed()) === 0)
  expect(performance.now() - begun).toBeLessThan(200)
  expect(receiver.got).toHaveLength(2)
})

it('hears of what other instances commit, in a queue or in any', async () => {
  const deliverer = start(ownershipOf(true, false).ownership)
  await pause(50)
  await bench.owe(['a'])
  deliverer.rung(ringOf(queueKey('', bench.queue())))
  await until(async () => (await bench.owed()) === 0, 500)
  await deliverer.close()
  const another = start(ownershipOf(true, false).ownership)
  await pause(50)
  await bench.owe(['b'])
  another.rungForAny()
  await until(async () => (await bench.owed()) === 0, 500)
  expect(receiver.got).toHaveLength(2)
})

it('tells others where it commits what is theirs to deliver', async () => {
  rung.length = 0
  committed(start(ownershipOf(true, false).ownership))
  expect(rung).toEqual([])
  committed(start(ownershipOf(false, true).ownership))
  expect(rung).toEqual([])
  committed(start(ownershipOf(false, false).ownership))
  expect(rung).toEqual([queueKey('', bench.queue())])
  rung.length = 0
  start(ownershipOf(false, false).ownership).committed('', new Set(['stream://here.1', 'stream://there.1']))
  expect(rung).toEqual([queueKey('', 'stream://there.1')])
})

it('tells nothing of a queue that is another’s, until it is its own, and no more when it is not any more', async () => {
  const { ownership, set, holds } = ownershipOf(false, true)
  const deliverer = start(ownership)
  await bench.owe(['a'])
  committed(deliverer)
  await pause(200)
  expect(receiver.got).toEqual([])
  set(true)
  await until(async () => (await bench.owed()) === 0)
  set(false)
  await bench.owe(['b'])
  committed(deliverer)
  await pause(200)
  expect(receiver.got).toHaveLength(1)
  expect(holds()).toBe(0)
  set(true)
  await until(async () => (await bench.owed()) === 0)
  expect(receiver.got).toHaveLength(2)
})

/** Many Tenants, and in which of them it is looked; those that fail. */
function manyTenants() {
  const names = Array.from({ length: 30 }, (_, i) => `t${i}`)
  const asked: string[] = []
  const failing = new Set<string>()
  const queues = async ({ tenant }: Call): Promise<readonly string[]> => {
    asked.push(tenant)
    if (failing.has(tenant)) throw new Error('no such disk')
    return []
  }
  const notices = { ...bench.deps.notices, queues }
  return { names, asked, failing, more: { notices, tenants: () => names, turnMs: 1 } }
}

it('looks at all Tenants when it begins and when instances change, and at some in turn otherwise', async () => {
  const { names, asked, more } = manyTenants()
  const { ownership, set } = ownershipOf(true, true)
  start(ownership, more)
  const all = (): boolean => names.every((name) => asked.includes(name))
  await until(all, 200)
  asked.length = 0
  await pause(600)
  expect(asked.length).toBeLessThanOrEqual(3 * 4)
  await until(all)
  asked.length = 0
  set(true)
  await until(all, 200)
})

it('looks again at the Tenants alone that could not be looked at', async () => {
  const { names, asked, failing, more } = manyTenants()
  failing.add('t3')
  start(ownershipOf(true, true).ownership, { ...more, turnMs: 60_000 })
  await until(() => asked.length === names.length, 200)
  asked.length = 0
  await until(() => asked.length >= 2)
  failing.clear()
  expect(new Set(asked)).toEqual(new Set(['t3']))
})

it('tells what may have been committed without anybody being told of it', async () => {
  const deliverer = start(ownershipOf(true, true).ownership, { tenants: () => [], turnMs: 1 })
  deliverer.owing('', bench.queue())
  await bench.owe(['a'])
  await until(async () => (await bench.owed()) === 0, 2_000)
  expect(receiver.got).toHaveLength(1)
})

it('looks again at what rests when subscriptions have changed', async () => {
  await bench.put(subscriptionOf(receiver.origin, { isActive: false }))
  await bench.owe(['a'])
  const deliverer = start(ownershipOf(true, true).ownership)
  await pause(100)
  await bench.put(subscriptionOf(receiver.origin))
  deliverer.subscriptionsChanged('')
  await until(async () => (await bench.owed()) === 0, 1_000)
})

it('reads nothing again because of a subscription of which nothing is owed', async () => {
  await bench.put(subscriptionOf(receiver.origin, { isActive: false }))
  await bench.owe(['a'])
  const deliverer = start(ownershipOf(true, true).ownership)
  await until(() => bench.pages() > 0)
  await pause(100)
  const before = bench.pages()
  deliverer.subscriptionsChanged('', ['s2'])
  await pause(100)
  expect(bench.pages()).toBe(before)
  await bench.put(subscriptionOf(receiver.origin))
  deliverer.subscriptionsChanged('', ['s2', 's1'])
  await until(async () => (await bench.owed()) === 0, 1_000)
})

it('has noted what became of what was under way when it is closed', async () => {
  await bench.owe(['a'])
  const deliverer = start(ownershipOf(true, true).ownership)
  await until(() => receiver.got.length === 1)
  await deliverer.close()
  await bench.figures.flush()
  const written = await bench.store.documents.get(callIn(''), 'subscriptionFigures', 's1')
  expect(written).toMatchObject({ timesSent: 1, timesFailed: 0, lastSuccess: expect.any(Number) })
})
