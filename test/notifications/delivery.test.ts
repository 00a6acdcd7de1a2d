import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFigures } from '../../src/notifications/figures.ts'
import { notificationId } from '../../src/notifications/notification-id.ts'
import { most } from '../contract/notice-source.ts'
import { type Bench, call, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let bench: Bench
let receiver: Receiver
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench(), startReceiver()])
})
afterEach(async () => {
  await bench.close()
  await receiver.stop()
})

const entitiesOf = (got: Receiver['got']): string[] => got.flatMap(({ body }) => body.told.map(({ entity }) => entity))
const numbersOf = (got: Receiver['got'], entity: string): number[] =>
  got.flatMap(({ body }) => body.told.filter((told) => told.entity === entity).map(({ n }) => n))
const statesOf = (): string[] => bench.settlements.map(({ state }) => state)
/** Has the receiver take what it needs to take to be given as much at once as there may be. */
const known = async (delivery: { wake(): void }): Promise<void> => {
  for (let i = 0; i < 4; i++) await bench.owe([`known${i}`])
  delivery.wake()
  await emptied()
  receiver.got.length = 0
  bench.settlements.length = 0
}
const emptied = (ms?: number): Promise<void> => until(async () => (await bench.owed()) === 0, ms)

describe('what is owed', () => {
  it('is told, each request in one Notification, and settled once', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(['a', 'b', 'c'])
    await bench.owe(['a'])
    const [first, , , last] = await bench.store.notices.owed(call, bench.queue(), most(10))
    bench.start()
    await emptied()
    expect(receiver.got.map(({ body }) => body.told.map(({ entity }) => entity))).toEqual([['a', 'b', 'c'], ['a']])
    expect(receiver.got.map(({ body }) => body.id)).toEqual([first, last].map((each) => notificationId(each?.id ?? '')))
    expect(statesOf()).toEqual(['delivered', 'delivered', 'delivered', 'delivered'])
    expect(await bench.ended('delivered')).toHaveLength(4)
  })

  it('is told in one Notification, also where one request changes many', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(Array.from({ length: 1_000 }, (_, i) => `e${i}`))
    bench.start()
    await emptied()
    expect(receiver.got.map(({ body }) => body.told.length)).toEqual([1_000])
  })

  it('is told in order of each entity, also where the receiver fails at random, and all of it', async () => {
    let served = 0
    receiver.answer((request, response) => {
      if (++served % 7 === 3) request.socket.destroy()
      else if (served % 7 === 5) response.writeHead(500).end()
      else setTimeout(() => response.writeHead(204).end(), Math.random() * 5)
    })
    await bench.put(subscriptionOf(receiver.origin))
    const entities = ['a', 'b', 'c', 'd', 'e']
    for (let i = 0; i < 20; i++) await bench.owe(entities.slice(0, 1 + (i % 5)))
    const owed = await bench.owed()
    bench.start()
    await emptied(15_000)
    for (const entity of entities) {
      const numbers = numbersOf(receiver.got, entity)
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
    }
    expect(new Set(receiver.got.flatMap(({ body }) => body.told.map(({ n }) => n))).size).toBe(owed)
    expect(await bench.ended('delivered')).toHaveLength(owed)
  })

  it('is told one at a time to whom nobody knows yet, and to more of those that take it', async () => {
    const open: (() => void)[] = []
    receiver.answer((_, response) => void open.push(() => response.writeHead(204).end()))
    await bench.put(subscriptionOf(receiver.origin, {}, { timeout: 5_000 }))
    for (let i = 0; i < 40; i++) await bench.owe([`e${i}`])
    bench.start()
    // Each time one is answered.
    for (const underWay of [1, 2, 4, 8, 16, 16]) {
      await until(() => open.length === underWay)
      await pause(20)
      expect(open).toHaveLength(underWay)
      open.shift()?.()
    }
    receiver.answer((_, response) => response.writeHead(204).end())
    for (const answer of open) answer()
    await emptied()
    expect(new Set(entitiesOf(receiver.got)).size).toBe(40)
  })

  it('is told at once when it wakes, several at a time', async () => {
    const open: (() => void)[] = []
    await bench.put(subscriptionOf(receiver.origin, {}, { timeout: 5_000 }))
    const delivery = bench.start()
    await known(delivery)
    receiver.answer((_, response) => void open.push(() => response.writeHead(204).end()))
    for (let i = 0; i < 40; i++) await bench.owe([`e${i}`])
    const begun = performance.now()
    delivery.wake()
    await until(() => open.length === 16)
    expect(performance.now() - begun).toBeLessThan(500)
    await pause(50)
    expect(open).toHaveLength(16)
    receiver.answer((_, response) => response.writeHead(204).end())
    for (const answer of open) answer()
    await emptied()
    expect(new Set(entitiesOf(receiver.got)).size).toBe(40)
  })

  it('is told while the store takes its time to read on', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    for (let i = 0; i < 100; i++) await bench.owe([`e${i}`])
    const { notices } = bench.deps
    const slow = {
      ...notices,
      owed: (...asked: Parameters<typeof notices.owed>) => pause(500).then(() => notices.owed(...asked)),
    }
    const delivery = bench.start(undefined, undefined, slow)
    await until(() => receiver.got.length > 0)
    // There is always something to read.
    const waking = setInterval(() => delivery.wake(), 10)
    const begun = performance.now()
    await until(() => receiver.got.length === 100)
    clearInterval(waking)
    expect(performance.now() - begun).toBeLessThan(1_500)
  })

  it('is as much as there may be: each once', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    for (let i = 0; i < 50; i++) await bench.owe(Array.from({ length: 90 }, (_, j) => `e${i}-${j}`))
    bench.start()
    await emptied(15_000)
    expect(entitiesOf(receiver.got)).toHaveLength(4_500)
    expect(new Set(entitiesOf(receiver.got)).size).toBe(4_500)
  })

  it('needs not be told where nothing is left of it', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(['a'], { content: { nothing: true } })
    bench.start()
    await emptied()
    expect(receiver.got).toEqual([])
    expect((await bench.figures.of(call, 's1')).timesSent).toBe(0)
  })
})

describe('what fails', () => {
  it.each([301, 404, 500])('with %s is tried again, with the same id, until it is taken', async (status) => {
    let times = 0
    receiver.answer((_, response) => response.writeHead(++times < 4 ? status : 204).end())
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(['a'])
    bench.start()
    await emptied()
    const [told] = await bench.ended('delivered')
    expect(receiver.got.map(({ body }) => body.id)).toEqual(Array(4).fill(notificationId(told?.id ?? '')))
    const waits = receiver.got.slice(1).map(({ at }, i) => at - (receiver.got[i]?.at ?? 0))
    expect(Math.min(...waits)).toBeGreaterThan(11)
    const figures = await bench.figures.of(call, 's1')
    expect(figures).toMatchObject({
      timesSent: 4,
      timesFailed: 3,
      attempts: [{ status }, { status }, { status }, { ok: true }],
    })
    expect(figures.lastSuccess).toBeGreaterThanOrEqual(figures.lastFailure ?? Number.POSITIVE_INFINITY)
  })

  it('because nobody is there, is told when somebody is', async () => {
    const { port } = new URL(receiver.origin)
    await receiver.stop()
    await bench.put(subscriptionOf(receiver.origin))
    for (let i = 0; i < 300; i++) await bench.owe([`e${i}`])
    bench.start()
    await until(async () => (await bench.figures.of(call, 's1')).timesFailed > 3)
    expect((await bench.figures.of(call, 's1')).attempts?.[0]?.reason).toContain('refused')
    expect(await bench.owed()).toBe(300)
    receiver = await startReceiver(Number(port))
    await emptied()
    expect(new Set(entitiesOf(receiver.got)).size).toBe(300)
  })

  it('keeps no other from being told: one that is never taken, one that cannot be built', async () => {
    receiver.answer((_, response, { told }) => response.writeHead(told[0]?.entity.startsWith('bad') ? 400 : 204).end())
    await bench.put(subscriptionOf(receiver.origin))
    for (let i = 0; i < 12; i++) await bench.owe([`bad${i}`])
    await bench.owe(['unbuilt'], { content: { fails: true } })
    for (let i = 0; i < 10; i++) await bench.owe([`e${i}`])
    await bench.owe(['bad0'])
    bench.start()
    await until(async () => (await bench.owed()) === 14)
    expect(statesOf()).toHaveLength(10)
    expect(numbersOf(receiver.got, 'bad0').every((n) => n === 1)).toBe(true)
  })

  it('makes a slow receiver wait, and no other of the host', async () => {
    receiver.answer((request, response) => {
      if (request.url === '/fast') response.writeHead(204).end()
    })
    await bench.put(subscriptionOf(`${receiver.origin}/slow`, {}, { timeout: 150 }))
    await bench.put(subscriptionOf(`${receiver.origin}/fast`, { id: 's2' }))
    for (let i = 0; i < 30; i++) await bench.owe([`e${i}`])
    for (let i = 0; i < 30; i++) await bench.owe([`e${i}`], { subscription: 's2' })
    bench.start()
    await until(() => bench.settlements.length === 30)
    expect((await bench.ended('delivered')).filter(({ subscription }) => subscription === 's2')).toHaveLength(30)
  })

  it('rests for the cooldown of its endpoint, and is told then with all that came meanwhile', async () => {
    let times = 0
    receiver.answer((_, response) => response.writeHead(++times === 1 ? 500 : 204).end())
    await bench.put(subscriptionOf(receiver.origin, {}, { cooldown: 300 }))
    const delivery = bench.start()
    await bench.owe(['a'])
    delivery.wake()
    await until(() => receiver.got.length === 1)
    await bench.owe(['b'])
    delivery.wake()
    await emptied()
    const [first, second] = receiver.got
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(290)
    expect(entitiesOf(receiver.got).toSorted()).toEqual(['a', 'a', 'b'])
  })

  it('keeps those waiting that ask for a cooldown, also where others arrive meanwhile, and no others', async () => {
    receiver.answer((_, response, { subscription }) => {
      response.writeHead(receiver.got.length === 1 && subscription === 's1' ? 500 : 204).end()
    })
    await bench.put(subscriptionOf(receiver.origin, {}, { cooldown: 400 }))
    await bench.put(subscriptionOf(receiver.origin, { id: 's2' }))
    const delivery = bench.start()
    await bench.owe(['a'])
    delivery.wake()
    await until(() => receiver.got.length === 1)
    for (const subscription of ['s1', 's2']) await bench.owe(['b'], { subscription })
    delivery.wake()
    await emptied()
    const of = (id: string) => receiver.got.filter(({ body }) => body.subscription === id)
    const [failed, ...later] = of('s1')
    const since = (at: number) => at - (failed?.at ?? 0)
    expect(of('s2').map(({ at }) => since(at) < 300)).toEqual([true])
    expect(later.map(({ at }) => since(at) > 390)).toEqual([true, true])
  })

  it('and is asked to come again later comes then', async () => {
    let times = 0
    receiver.answer((_, response) => response.writeHead(++times === 1 ? 429 : 204, { 'retry-after': '1' }).end())
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(['a'])
    bench.start()
    await emptied()
    expect((receiver.got[1]?.at ?? 0) - (receiver.got[0]?.at ?? 0)).toBeGreaterThan(990)
  })

  it('at a host that takes connections and says nothing is a failure within the endpoint’s time', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    await bench.put(subscriptionOf(`http://127.0.0.1:${port}/`, {}, { timeout: 100 }))
    await bench.owe(['a'])
    bench.start()
    await until(async () => (await bench.figures.of(call, 's1')).timesFailed === 2)
    expect((await bench.figures.of(call, 's1')).attempts?.[0]?.reason).toContain('100 ms')
    await bench.close()
    silent.close()
    bench = await openBench()
  })
})

describe('throttling', () => {
  it('tells the first change at once, and then, when its time is over, the latest of each entity in one', async () => {
    await bench.put(subscriptionOf(receiver.origin, { throttling: 0.4 }))
    const oweBoth = async () => {
      for (const entity of ['a', 'b']) await bench.owe([entity], { latestOnly: true })
    }
    await oweBoth()
    const delivery = bench.start()
    for (let i = 0; i < 3; i++) {
      await pause(40)
      await oweBoth()
      delivery.wake()
    }
    await emptied()
    expect(receiver.got).toHaveLength(2)
    const [first, second] = receiver.got
    expect(first?.body.told.map(({ n }) => n)).toEqual([1, 2])
    expect(second?.body.told).toEqual([
      { entity: 'a', n: 7 },
      { entity: 'b', n: 8 },
    ])
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(340)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(900)
  })

  it('tells of all entities in one, however many: none comes last each time', async () => {
    await bench.put(subscriptionOf(receiver.origin, { throttling: 0.5 }))
    const entities = Array.from({ length: 1_500 }, (_, i) => `e${i}`)
    const oweAll = async () => {
      for (let i = 0; i < 1_500; i += 500) await bench.owe(entities.slice(i, i + 500), { latestOnly: true })
    }
    await oweAll()
    const delivery = bench.start()
    await emptied()
    expect(receiver.got.map(({ body }) => body.told.length)).toEqual([1_500])
    await oweAll()
    delivery.wake()
    await emptied()
    expect(receiver.got.map(({ body }) => body.told.length)).toEqual([1_500, 1_500])
  })

  it('is known to who has the queue next as soon as something has been told', async () => {
    const figures = createFigures({ documents: bench.store.documents, everyMs: 60_000 })
    await bench.put(subscriptionOf(receiver.origin, { throttling: 60 }))
    await bench.owe(['a'], { latestOnly: true })
    bench.start(undefined, undefined, undefined, figures)
    await emptied()
    expect((await bench.figures.of(call, 's1')).lastNotification).toBeDefined()
    await figures.close()
  })

  it('what took the place of one that was under way then, is told as what has changed since', async () => {
    const representation = { ...subscriptionOf('').representation, showChanges: true }
    await bench.put(subscriptionOf(receiver.origin, { throttling: 0.2, representation }))
    const owe = (content: string) => bench.owe(['a'], { latestOnly: true, folds: true, content: [content] })
    let release = () => {}
    receiver.answer((_, response) => {
      release = () => void response.writeHead(204).end()
    })
    await owe('1')
    const delivery = bench.start()
    await until(() => receiver.got.length === 1)
    for (const each of ['2', '3']) await owe(each)
    release()
    await until(() => bench.settlements.length === 1)
    receiver.answer((_, response) => response.writeHead(204).end())
    delivery.wake()
    await emptied()
    expect(receiver.got.map(({ body }) => body.told)).toEqual([[['1']], [['2', '3']]])
  })

  it('holds over a restart', async () => {
    await bench.put(subscriptionOf(receiver.origin, { throttling: 0.35 }))
    await bench.owe(['a'], { latestOnly: true })
    const delivery = bench.start()
    await emptied()
    await delivery.close()
    await bench.owe(['a'], { latestOnly: true })
    bench.start()
    await emptied()
    expect((receiver.got[1]?.at ?? 0) - (receiver.got[0]?.at ?? 0)).toBeGreaterThan(280)
  })
})

describe('what is told no more', () => {
  const reasons = (): (string | undefined)[] => bench.settlements.map(({ reason }) => reason)

  it('is too old, and says what failed at last', async () => {
    await bench.close()
    bench = await openBench({ maxAgeMs: 200 })
    receiver.answer((_, response) => response.writeHead(500).end())
    await bench.put(subscriptionOf(receiver.origin))
    await bench.owe(['a'])
    bench.start()
    await emptied()
    expect(statesOf()).toEqual(['dead'])
    expect(reasons()[0]).toMatch(/within 0.2 s .BOYA_NOTIFICATION_MAX_AGE.; at last: the receiver answered 500/)
  })

  it('is the oldest where too much waits', async () => {
    await bench.close()
    bench = await openBench({ maxBacklog: 10 })
    receiver.answer((_, response) => response.writeHead(500).end())
    await bench.put(subscriptionOf(receiver.origin))
    for (let i = 0; i < 25; i++) await bench.owe([`e${i}`])
    const delivery = bench.start()
    await until(async () => (await bench.owed()) <= 10)
    receiver.answer((_, response) => response.writeHead(204).end())
    delivery.wake()
    await emptied()
    const dead = await bench.ended('dead')
    expect(dead).toHaveLength(15)
    expect(dead.every(({ settlement }) => settlement.reason?.includes('BOYA_NOTIFICATION_MAX_BACKLOG'))).toBe(true)
    expect(dead.map(({ entity }) => entity)).not.toContain('e24')
  })

  it('is of a subscription that has expired, or has gone', async () => {
    await bench.put(subscriptionOf(receiver.origin, { expiresAt: Date.UTC(2026, 0, 1) }))
    await bench.owe(['a'])
    await bench.owe(['b'], { subscription: 'gone' })
    bench.start()
    await emptied()
    expect(receiver.got).toEqual([])
    expect(statesOf()).toEqual(['dead', 'dead'])
    expect(reasons()).toEqual(['the subscription expired at 2026-01-01T00:00:00Z', 'the subscription has been deleted'])
  })
})

it('keeps what is owed to a subscription that is paused, and tells it when that is active again', async () => {
  await bench.put(subscriptionOf(receiver.origin, { isActive: false }))
  await bench.put(subscriptionOf(receiver.origin, { id: 's2' }))
  await bench.owe(Array.from({ length: 2_200 }, (_, i) => `e${i}`))
  await bench.owe(['a'], { subscription: 's2' })
  const delivery = bench.start()
  await until(() => receiver.got.length === 1)
  await pause(100)
  expect(receiver.got.map(({ body }) => body.subscription)).toEqual(['s2'])
  await bench.put(subscriptionOf(receiver.origin))
  delivery.lookAgain()
  await emptied()
  expect(new Set(entitiesOf(receiver.got)).size).toBe(2_201)
})

it('is told, and settled, while much else rests: what waits first, what comes, and in its order what rested', async () => {
  await bench.put(subscriptionOf(receiver.origin, { isActive: false }))
  await bench.put(subscriptionOf(receiver.origin, { id: 's2' }))
  await bench.owe(['first'], { subscription: 's2' })
  for (let i = 0; i < 4; i++) await bench.owe(Array.from({ length: 1_000 }, (_, j) => `e${j}`))
  const pagesAt: number[] = []
  receiver.answer((_, response) => {
    pagesAt.push(bench.pages())
    response.writeHead(204).end()
  })
  const delivery = bench.start()
  await until(() => bench.settlements.length === 1)
  // All of it is 21 pages.
  expect(pagesAt[0]).toBeLessThan(14)
  expect(bench.pages()).toBeLessThan(19)
  await until(() => bench.pages() > 20)
  delivery.lookAgain()
  const before = bench.pages()
  await until(() => bench.pages() > before + 5)
  await bench.owe(['last'], { subscription: 's2' })
  const atWake = bench.pages()
  delivery.wake()
  await until(() => receiver.got.length === 2)
  expect((pagesAt[1] ?? Number.POSITIVE_INFINITY) - atWake).toBeLessThan(14)
  await bench.put(subscriptionOf(receiver.origin))
  delivery.lookAgain()
  await emptied(15_000)
  expect(entitiesOf(receiver.got)).toHaveLength(4_002)
  const numbers = numbersOf(receiver.got, 'e7')
  expect(numbers).toHaveLength(4)
  expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
})

it('costs no more for all that waits for a dead endpoint: neither what is new, nor a new attempt', async () => {
  await bench.close()
  bench = await openBench({ retry: { firstMs: 100, mostMs: 100 } })
  let isDead = true
  receiver.answer((_, response) => response.writeHead(isDead ? 503 : 204).end())
  await bench.put(subscriptionOf(receiver.origin))
  for (let i = 0; i < 4; i++) await bench.owe(Array.from({ length: 1_000 }, (_, j) => `e${j}`))
  let read = 0
  const owed: Bench['deps']['notices']['owed'] = async (...asked) => {
    const page = await bench.deps.notices.owed(...asked)
    read += page.length
    return page
  }
  const delivery = bench.start(undefined, undefined, { ...bench.deps.notices, owed })
  await until(() => read >= 4_000 && receiver.got.length > 20)
  const [before, attempts] = [read, receiver.got.length]
  for (let i = 0; i < 100; i++) {
    await bench.owe([`new${i}`])
    delivery.wake()
    await pause(10)
  }
  const more = receiver.got.length - attempts
  expect(more).toBeGreaterThan(5)
  // An attempt with what has not failed before reads past what has.
  expect((read - before - 100) / more).toBeLessThan(500)
  isDead = false
  await emptied(15_000)
  for (const id of ['e7', 'new7']) {
    const numbers = numbersOf(receiver.got, id)
    expect(new Set(numbers).size).toBe(id === 'e7' ? 4 : 1)
  }
})

it('is in memory up to so many bytes, whatever is owed', async () => {
  await bench.close()
  bench = await openBench({}, 2_000_000)
  await bench.put(subscriptionOf(receiver.origin))
  const large = { text: 'x'.repeat(400_000) }
  for (let i = 0; i < 30; i++) await bench.owe([`e${i % 10}`], { content: large })
  const [told, held] = [new Set<number>(), new Map<number, number>()]
  receiver.answer((_, response, body) => {
    for (const { n } of body.told) {
      told.add(n)
      held.delete(n)
    }
    response.writeHead(204).end()
  })
  const [pages, sums]: [number[], number[]] = [[], []]
  const owed: Bench['deps']['notices']['owed'] = async (...asked) => {
    const page = await bench.deps.notices.owed(...asked)
    for (const { content, bytes } of page) {
      const { n } = content as { n: number }
      if (!told.has(n)) held.set(n, bytes)
    }
    pages.push(page.length)
    sums.push([...held.values()].reduce((sum, bytes) => sum + bytes, 0))
    return page
  }
  bench.start(undefined, undefined, { ...bench.deps.notices, owed })
  await emptied()
  // The last notice of a page is read whatever its size, and the last page of what is in memory, too.
  expect(Math.max(...pages)).toBe(3)
  expect(Math.max(...sums)).toBeGreaterThan(2_000_000)
  expect(Math.max(...sums)).toBeLessThan(2_000_000 + 3 * 400_100)
  for (let i = 0; i < 10; i++) {
    expect(numbersOf(receiver.got, `e${i}`)).toEqual([i + 1, i + 11, i + 21])
  }
})

describe('its end', () => {
  it('waits for what is under way, and leaves the rest as it is', async () => {
    await bench.put(subscriptionOf(receiver.origin))
    const delivery = bench.start()
    await known(delivery)
    receiver.answer((_, response) => void setTimeout(() => response.writeHead(204).end(), 100))
    for (let i = 0; i < 30; i++) await bench.owe([`e${i}`])
    delivery.wake()
    await until(() => receiver.got.length === 16)
    await delivery.close()
    expect(receiver.got).toHaveLength(16)
    expect(await bench.owed()).toBe(14)
  })

  it('comes when its time is over: what is under way is given up and no figure counts it', async () => {
    receiver.answer(() => undefined)
    await bench.put(subscriptionOf(receiver.origin, {}, { timeout: 5_000 }))
    await bench.owe(['a'])
    const controller = new AbortController()
    let ended = 0
    const delivery = bench.start({ signal: () => controller.signal }, () => ended++)
    await until(() => receiver.got.length === 1)
    const begun = performance.now()
    controller.abort()
    await delivery.close()
    expect(performance.now() - begun).toBeLessThan(500)
    expect(ended).toBe(1)
    expect(await bench.owed()).toBe(1)
    expect(await bench.figures.of(call, 's1')).toEqual({ timesSent: 0, timesFailed: 0 })
  })
})

it('goes on when the store answers again, and tells nothing twice because of it', async () => {
  await bench.put(subscriptionOf(receiver.origin))
  const delivery = bench.start()
  receiver.answer((_, response) => {
    bench.setFault(new Error('no answer'))
    response.writeHead(204).end()
  })
  await bench.owe(['a'])
  delivery.wake()
  await until(() => receiver.got.length === 1)
  await pause(300)
  expect(await bench.owed()).toBe(1)
  receiver.answer((_, response) => response.writeHead(204).end())
  bench.setFault(undefined)
  await emptied()
  expect(receiver.got).toHaveLength(1)
})
