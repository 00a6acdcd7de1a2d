import { afterEach, beforeEach, expect, it } from 'vitest'
import type { StoredSubscription, Subscription } from '../../src/core/subscription/subscription.ts'
import { startTerm } from '../../src/duties/term.ts'
import { createFigures, type Figures } from '../../src/notifications/figures.ts'
import { createHosts } from '../../src/notifications/hosts.ts'
import { type Periodic, startPeriodic } from '../../src/notifications/periodic.ts'
import { queueOf } from '../../src/notifications/queue-name.ts'
import type { BuildPeriodic } from '../../src/ports/notification.ts'
import type { DocumentStore } from '../../src/ports/store.ts'
import { callIn } from '../contract/contract-store.ts'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const THEN = Date.UTC(2026, 0, 1)
const LOOK_MS = 5
let bench: Bench
let receiver: Receiver
let now = THEN
const clock = { now: () => now }
let known: StoredSubscription[] = []
const periodicOf = () => known.map((stored) => ({ stored, queue: queueOf(stored.subscription.endpoint.uri) }))
/** Those that are called when queues may have another owner. */
let ownersChanged: (() => void)[] = []
let matching = 1
let running: { readonly periodic: Periodic; readonly figures: Figures }[] = []
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench(), startReceiver()])
  ;[known, running, ownersChanged, matching, now] = [[], [], [], 1, THEN]
})
afterEach(async () => {
  await Promise.all(running.map(stop))
  await bench.close()
  await receiver.stop()
})

const build: BuildPeriodic = async (_, subscription, id) => {
  if (matching === 0) return undefined
  const body = JSON.stringify({ id, subscription: subscription.id, told: [] })
  return { id, contentType: 'application/json', body, entities: matching }
}

/** From now on it is so, as instances learn of it. */
async function put(more: Partial<Subscription> = {}, endpoint: object = {}): Promise<void> {
  const subscription = subscriptionOf(receiver.origin, { timeInterval: 60, ...more }, endpoint)
  await bench.put(subscription)
  know([{ sent: {}, subscription, createdAt: THEN, modifiedAt: clock.now() }])
}

function know(subscriptions: StoredSubscription[]): void {
  known = subscriptions
  for (const { periodic } of running) periodic.subscriptionsChanged('')
}

type FiguresOptions = Partial<Parameters<typeof createFigures>[0]>

/** What one instance tells, whose figures are in the store. */
function start(owns = () => true, { documents, everyMs = 20 }: FiguresOptions = {}) {
  const figures = createFigures({ documents: documents ?? bench.store.documents, everyMs })
  const forLong = () => startTerm(performance.now() + 60_000, () => performance.now())
  let term = forLong()
  const ownership = {
    term: () => {
      if (!owns()) {
        term.end()
        return undefined
      }
      if (term.signal().aborted) term = forLong()
      return term
    },
    forget: () => undefined,
    onChange: (listener: () => void) => void ownersChanged.push(listener),
  }
  const around = { ...bench.deps, figures, clock, build, ownership, callOf: callIn, lookMs: LOOK_MS }
  const retry = { firstMs: 2_000, mostMs: 40_000 }
  // Each instance by itself.
  const hosts = createHosts({ now: clock.now, retry })
  const periodic = startPeriodic({ ...around, retry, hosts, tenants: () => [''], periodic: periodicOf })
  const instance = { periodic, figures }
  running.push(instance)
  return instance
}

async function stop({ periodic, figures }: (typeof running)[number]): Promise<void> {
  await periodic.close()
  await figures.close()
}

const after = (seconds: number): void => {
  now = THEN + seconds * 1_000
}
const got = (count: number) => until(() => receiver.got.length === count)
/** Long enough for many looks. */
const quiet = () => pause(20 * LOOK_MS)
const figuresOf = () => bench.figures.of(callIn(''), 's1')

it('is told when its time has come, each time, and counted from then, however late it was', async () => {
  await put()
  start()
  after(59)
  await quiet()
  expect(receiver.got).toEqual([])
  after(60)
  await got(1)
  after(119.9)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(121)
  await got(2)
  after(179.9)
  await quiet()
  expect(receiver.got).toHaveLength(2)
  after(180)
  await got(3)
  expect(new Set(receiver.got.map(({ body }) => body.id)).size).toBe(3)
  await until(async () => (await figuresOf()).timesSent === 3)
  expect(await figuresOf()).toMatchObject({ timesFailed: 0, lastNotification: THEN + 180_000 })
})

it('is told once of what was missed', async () => {
  await put()
  start()
  after(60 * 7.5)
  await got(1)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(60 * 8)
  await got(2)
})

it('tells nothing where nothing matches, until something does', async () => {
  matching = 0
  await put()
  start()
  after(60)
  await quiet()
  expect(receiver.got).toEqual([])
  expect(await figuresOf()).toMatchObject({ timesSent: 0 })
  matching = 3
  await quiet()
  expect(receiver.got).toEqual([])
  after(120)
  await got(1)
  await until(async () => (await figuresOf()).attempts?.[0]?.entities === 3)
})

it('is tried again later and later when it fails, with the same id until the next is due', async () => {
  receiver.answer((_, response) => response.writeHead(500).end())
  await put()
  start()
  const times: number[] = []
  for (let second = 60; second < 180; second += 1) {
    after(second)
    await pause(2 * LOOK_MS)
    while (times.length < receiver.got.length) times.push(second)
  }
  const first = times.filter((second) => second < 119)
  expect(first[0]).toBeLessThanOrEqual(62)
  expect(first.length).toBeGreaterThan(3)
  expect(first.length).toBeLessThan(9)
  // Its endpoint is spared for 40 s at most.
  expect(times.find((second) => second >= 120)).toBeLessThanOrEqual(161)
  const ids = receiver.got.map(({ body }) => body.id)
  expect(new Set(ids).size).toBe(2)
  receiver.answer((_, response) => response.writeHead(204).end())
  const { length } = receiver.got
  after(220)
  await got(length + 1)
  await until(async () => (await figuresOf()).lastSuccess === THEN + 220_000)
})

it('rests for the cooldown of its endpoint, also where that is longer than the interval', async () => {
  receiver.answer((_, response) => response.writeHead(500).end())
  await put({}, { cooldown: 100_000 })
  start()
  after(60)
  await got(1)
  await quiet()
  after(159.9)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(160)
  await got(2)
})

it('is told by its owner only, and by the next one not before it is due again', async () => {
  await put()
  const owners = [false, true]
  const [one, other] = [start(() => owners[0] === true), start(() => owners[1] === true)]
  after(60)
  await got(1)
  await other.figures.flush()
  ;[owners[0], owners[1]] = [true, false]
  for (const tell of ownersChanged) tell()
  await quiet()
  after(119)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(120)
  await got(2)
  await quiet()
  expect(receiver.got).toHaveLength(2)
  await Promise.all([one, other].map(({ figures }) => figures.flush()))
  expect(await figuresOf()).toMatchObject({ timesSent: 2 })
})

it('is not told once more by the next owner, however soon that begins', async () => {
  await put()
  const owners = [true, false]
  start(() => owners[0] === true, { everyMs: 60_000 })
  start(() => owners[1] === true, { everyMs: 60_000 })
  after(60)
  await got(1)
  await until(async () => (await figuresOf()).timesSent === 1)
  ;[owners[0], owners[1]] = [false, true]
  for (const tell of ownersChanged) tell()
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(120)
  await got(2)
})

it('is told after a restart when it is due, not when it starts', async () => {
  await put()
  const first = start()
  after(60)
  await got(1)
  await stop(first)
  after(70)
  start()
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(120)
  await got(2)
})

it('takes its time where its receiver does, and is not begun twice', async () => {
  const answers: (() => void)[] = []
  receiver.answer((_, response) => void answers.push(() => response.writeHead(204).end()))
  await put()
  start()
  after(60)
  await got(1)
  after(60 * 4.5)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  answers[0]?.()
  await got(2)
  answers[1]?.()
  await until(async () => (await figuresOf()).timesSent === 2)
  await quiet()
  expect(receiver.got).toHaveLength(2)
})

it('goes on when it is active again, in its time', async () => {
  await put({ isActive: false })
  start()
  after(60 * 5)
  await quiet()
  expect(receiver.got).toEqual([])
  await put()
  await got(1)
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(60 * 6)
  await got(2)
})

it('costs next to nothing while nothing is due, however many there are', async () => {
  let asked = 0
  const documents: DocumentStore = {
    ...bench.store.documents,
    get: (...which) => {
      asked++
      return bench.store.documents.get(...which)
    },
  }
  const subscription = (i: number) =>
    subscriptionOf(`http://h${i % 50}.example.org/${i}`, { id: `s${i}`, timeInterval: 60 })
  const version = (i: number, modifiedAt: number) =>
    ({ sent: {}, subscription: subscription(i), createdAt: THEN, modifiedAt }) as const
  known = Array.from({ length: 1_000 }, (_, i) => version(i, THEN))
  start(() => true, { documents })
  await until(() => asked === 1_000)
  const cost = async (): Promise<number> => {
    const before = process.cpuUsage()
    await pause(25 * LOOK_MS)
    const { user, system } = process.cpuUsage(before)
    return user + system
  }
  // A look takes some microseconds: all of them together have a tenth of the time at most, but when something else is done.
  expect(Math.min(await cost(), await cost(), await cost())).toBeLessThan(25 * LOOK_MS * 100)
  expect(asked).toBe(1_000)
  know(known.map((each, i) => (i === 7 ? version(i, THEN + 1) : each)))
  await quiet()
  expect(asked).toBe(1_001)
})

it('is silent while it is paused, and when it has expired', async () => {
  await put({ isActive: false })
  start()
  after(60)
  await quiet()
  await put({ expiresAt: THEN + 100_000 })
  await got(1)
  after(120)
  await quiet()
  expect(receiver.got).toHaveLength(1)
})

it('goes by what it is now: its interval, its endpoint, whether it is there', async () => {
  await put()
  start()
  after(60)
  await got(1)
  await put({ timeInterval: 10 })
  await until(async () => (await figuresOf()).lastNotification === THEN + 60_000)
  await quiet()
  after(70)
  await got(2)
  know([])
  after(200)
  await quiet()
  expect(receiver.got).toHaveLength(2)
})

it('that changes while it is being told is told again when it is due', async () => {
  const open: (() => void)[] = []
  receiver.answer((_, response) => void open.push(() => response.writeHead(204).end()))
  await put()
  start()
  after(60)
  await got(1)
  await put({ timeInterval: 30 })
  await quiet()
  expect(receiver.got).toHaveLength(1)
  receiver.answer((_, response) => response.writeHead(204).end())
  for (const answer of open) answer()
  await quiet()
  expect(receiver.got).toHaveLength(1)
  after(90)
  await got(2)
})

it('of one Tenant is told whatever becomes of another', async () => {
  await put()
  const around = { ...bench.deps, clock, build, callOf: callIn, lookMs: LOOK_MS, retry: { firstMs: 9, mostMs: 9 } }
  const warnings: string[] = []
  const log = { ...callIn('').log, warn: (_: object, message: string) => void warnings.push(message) }
  const callOf = (tenant: string) => ({ ...callIn(tenant), log })
  const term = startTerm(performance.now() + 60_000, () => performance.now())
  const ownership = { term: () => term, forget: () => undefined, onChange: () => undefined }
  const tenants = () => ['gone', '']
  const periodic = startPeriodic({ ...around, callOf, ownership, tenants, periodic: periodicOf })
  after(60)
  await got(1)
  await quiet()
  expect(warnings).toHaveLength(1)
  await periodic.close()
})
