/** Boya's own: streams whose clients lose their connections, are slow, or are too many. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'
import { createChanges, hasAll, isChange, toldOf } from '../support/changes.ts'
import { changeOf, cutAll, type EventReader, openEvents } from '../support/event-stream.ts'

/** With Tenants of its own. */
interface Place {
  /** Makes a Tenant with an entity, and resolves when a stream of it is there. */
  open(tenant: string, query?: string, lastId?: string): Promise<EventReader>
  create(tenant: string, id: string, more?: object): Promise<void>
  url(): string
}

const QUERY = 'type=Counter&format=simplified'

function brokerWith(settings: Record<string, string>): Place {
  let broker: TestBroker | undefined
  beforeAll(async () => {
    broker = await startTestBroker(settings)
  })
  afterAll(() => broker?.close())
  const url = (): string => broker?.url ?? ''
  const create: Place['create'] = async (tenant, id, more) => {
    const headers = { 'Content-Type': 'application/json', 'NGSILD-Tenant': tenant }
    const body = JSON.stringify([{ id, type: 'Counter', ...more }])
    const response = await fetch(`${url()}${API}/entityOperations/upsert`, { method: 'POST', headers, body })
    expect(response.ok, await response.text()).toBe(true)
  }
  return {
    url,
    create,
    open: async (tenant, query = QUERY, lastId) => {
      await create(tenant, 'urn:x:first', { type: 'First' })
      const path = `${url()}/boya/v1/entities/stream?tenant=${tenant}&${query}`
      const reader = await openEvents(path, lastId === undefined ? {} : { 'Last-Event-ID': lastId })
      if (reader.status === 200) await reader.until(([first]) => first !== undefined)
      return reader
    },
  }
}

const ids = ({ events }: EventReader) => events.filter(isChange).map(({ data }) => data.id)
const firstOf = ({ events }: EventReader) => events[0]?.name

afterEach(cutAll)

describe('a client that comes back', () => {
  const broker = brokerWith({ STREAM_HEARTBEAT: '200ms' })

  it('again and again amid many changes has been told each of them, once and in order of each entity', async () => {
    const changes = createChanges(() => [broker.url()], 'many', 8)
    const readers = [await broker.open('many')]
    let isWriting = true
    const writing = changes.run(40).finally(() => {
      isWriting = false
    })
    while (isWriting) {
      const last = readers.at(-1)
      await pause(40)
      last?.cut()
      readers.push(await broker.open('many', QUERY, last?.lastId()))
      expect(firstOf(readers.at(-1) ?? fail())).toBe('ready')
    }
    await writing
    await readers.at(-1)?.until(() => hasAll(changes, readers))
    expect(readers.length).toBeGreaterThan(2)
    expect(toldOf(readers)).toEqual(changes.done)
    const all = readers.flatMap(({ events }) => events.filter(isChange)).map(changeOf)
    expect(all.length - new Set(all).size).toBe(0)
  })

  it('is told what came while it was away, whatever it had not got of what was sent', async () => {
    const reader = await broker.open('away')
    for (const n of [1, 2, 3]) await broker.create('away', `urn:x:${n}`)
    await reader.until((events) => events.length === 4)
    reader.cut()
    await broker.create('away', 'urn:x:4')
    const again = await broker.open('away', QUERY, reader.events[1]?.id)
    await again.until((events) => events.length === 4)
    expect(ids(again)).toEqual(['urn:x:2', 'urn:x:3', 'urn:x:4'])
    expect(again.events.map(changeOf).slice(1, 3)).toEqual(reader.events.map(changeOf).slice(2))
    // A page that is loaded again has its URL only.
    const loaded = await broker.open('away', `${QUERY}&lastEventId=${again.events[1]?.id}`)
    await loaded.until((events) => events.length === 3)
    expect(ids(loaded)).toEqual(['urn:x:3', 'urn:x:4'])
  })

  it('while its connection is still there takes its place', async () => {
    const reader = await broker.open('twice')
    const again = await broker.open('twice', QUERY, reader.lastId())
    await reader.ended()
    await broker.create('twice', 'urn:x:1')
    await again.until((events) => events.length === 2)
    expect([ids(reader), ids(again)]).toEqual([[], ['urn:x:1']])
  })

  it('hears of life, from where it can go on', async () => {
    const reader = await broker.open('idle')
    const first = reader.lastId()
    await reader.until(() => reader.lastId() !== first, 2_000)
    const later = reader.lastId()
    expect(reader.events).toHaveLength(1)
    await broker.create('idle', 'urn:x:1')
    await reader.until((events) => events.length === 2)
    reader.cut()
    const again = await broker.open('idle', QUERY, later)
    await again.until((events) => events.length === 2)
    expect([firstOf(again), ...ids(again)]).toEqual(['ready', 'urn:x:1'])
  })

  it.each([
    ['from nowhere', QUERY, () => 'yesterday'],
    ['from a stream that is not there', QUERY, (id: string) => id.replace(/^.{8}/, '01234567')],
    ['and wants something else', 'type=Counter&format=concise', (id: string) => id],
    ['from a time that is far from now', QUERY, (id: string) => id.replace(/\d+$/, '999999999990000')],
  ])('%s, has to read anew', async (name, query, from) => {
    const tenant = `anew_${name.length}`
    const reader = await broker.open(tenant)
    reader.cut()
    const again = await broker.open(tenant, query, from(reader.lastId()))
    await broker.create(tenant, 'urn:x:1')
    await again.until((events) => events.length === 2)
    expect([firstOf(again), ...ids(again)]).toEqual(['reset', 'urn:x:1'])
    expect(again.events[0]?.data.stream).not.toBe(reader.events[0]?.data.stream)
  })
})

describe('what is not kept', () => {
  const broker = brokerWith({
    ...{ STREAM_KEEP: '300ms', STREAM_HEARTBEAT: '100ms', MAX_STREAMS: '2', PURGE_SCHEDULE: '* * * * * *' },
    ...{ NOTIFICATION_MAX_BACKLOG: '5' },
  })

  it('is a stream whose client has been away for long; one that is connected stays', async () => {
    const [gone, stays] = [await broker.open('long'), await broker.open('long')]
    gone.cut()
    await pause(2_200)
    const again = await broker.open('long', QUERY, gone.lastId())
    await broker.create('long', 'urn:x:1')
    await Promise.all([again, stays].map((each) => each.until((events) => events.length === 2)))
    expect([firstOf(again), firstOf(stays), ...ids(stays)]).toEqual(['reset', 'ready', 'urn:x:1'])
  })

  it('is more of them than there may be: who has gone makes room', async () => {
    const [one, two] = [await broker.open('few'), await broker.open('few')]
    const third = await broker.open('few')
    expect(third).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    await third.ended()
    expect(JSON.parse(third.text())).toMatchObject({ status: 503, detail: expect.stringMatching(/BOYA_MAX_STREAMS/) })
    one.cut()
    await expect.poll(async () => (await broker.open('few')).status).toBe(200)
    await broker.create('few', 'urn:x:1')
    await two.until((events) => events.length === 2)
    two.cut()
    await expect.poll(async () => firstOf(await broker.open('few', QUERY, one.lastId()))).toBe('reset')
  })
})

describe('streams that were told nothing before their clients went', () => {
  const broker = brokerWith({ MAX_STREAMS_LEFT: '2', STREAM_HEARTBEAT: '30s', PURGE_SCHEDULE: '* * * * * *' })

  it('are kept as many as may be, the latest of them', async () => {
    const readers: EventReader[] = []
    for (let i = 0; i < 7; i++) {
      const reader = await broker.open('reloads')
      reader.cut()
      readers.push(reader)
      // Until it is known that it has gone.
      await pause(50)
    }
    const back = async (i: number) => firstOf(await broker.open('reloads', QUERY, readers[i]?.lastId()))
    expect([await back(6), await back(5), await back(0), await back(1)]).toEqual(['ready', 'ready', 'reset', 'reset'])
  })

  it('are not kept where all go at once, and nobody comes', async () => {
    const readers = []
    for (let i = 0; i < 4; i++) readers.push(await broker.open('leaving'))
    cutAll()
    await pause(1_200)
    const firsts = []
    for (const reader of readers) firsts.push(firstOf(await broker.open('leaving', QUERY, reader.lastId())))
    expect(firsts.toSorted()).toEqual(['ready', 'ready', 'reset', 'reset'])
  })

  it('make no room among those that were', async () => {
    const read = await broker.open('read')
    await broker.create('read', 'urn:x:1')
    await read.until((events) => events.length === 2)
    read.cut()
    for (let i = 0; i < 4; i++) {
      const reader = await broker.open('read')
      reader.cut()
      await pause(50)
    }
    expect(firstOf(await broker.open('read', QUERY, read.lastId()))).toBe('ready')
  })
})

describe('a client that is too far behind', () => {
  const broker = brokerWith({
    ...{ STREAM_HEARTBEAT: '100ms', PURGE_SCHEDULE: '* * * * * *', NOTIFICATION_MAX_BACKLOG: '5' },
  })

  it('has to read anew, and is told the latest', async () => {
    const reader = await broker.open('behind')
    reader.cut()
    const all = Array.from({ length: 12 }, (_, i) => `urn:x:${i}`)
    for (const id of all) await broker.create('behind', id)
    await pause(1_300)
    const again = await broker.open('behind', QUERY, reader.lastId())
    await again.until((events) => events.some(({ data }) => data.id === 'urn:x:11'))
    expect(firstOf(again)).toBe('reset')
    expect(ids(again)).toEqual(all.slice(-5))
    again.cut()
    expect(firstOf(await broker.open('behind', QUERY, again.lastId()))).toBe('ready')
  })
})

/** More than sockets take without anybody reading is much for a database, and whichever that is makes no difference. */
const onEmbedded: typeof describe | (() => void) =
  process.env.BOYA_TEST_STORE === 'mongodb' ? () => undefined : describe

onEmbedded('a slow client', () => {
  const broker = brokerWith({ STREAM_TIMEOUT: '400ms' })

  it('is cut off and can come back; it holds up nobody', async () => {
    const [slow, quick] = [await broker.open('slow'), await broker.open('slow')]
    slow.pause()
    const text = { type: 'Property', value: 'x'.repeat(1_000_000) }
    const all = Array.from({ length: 14 }, (_, i) => `urn:x:${i}`)
    for (const id of all) await broker.create('slow', id, { text })
    await quick.until((events) => events.length === 15)
    expect(ids(quick)).toEqual(all)
    await pause(600)
    slow.resume()
    await slow.ended()
    expect(ids(slow).length).toBeLessThan(14)
    const again = await broker.open('slow', QUERY, slow.lastId())
    await again.until((events) => events.some(({ data }) => data.id === 'urn:x:13'))
    expect([...ids(slow), ...ids(again)]).toEqual(all)
  })
})

onEmbedded('a broker that ends', () => {
  it('ends its streams at once, also those of slow clients', async () => {
    const broker = await startTestBroker()
    const path = `${broker.url}/boya/v1/entities/stream?${QUERY}`
    const readers = [await openEvents(path), await openEvents(path)]
    readers[1]?.pause()
    const text = { type: 'Property', value: 'x'.repeat(1_000_000) }
    const all = Array.from({ length: 12 }, (_, i) => ({ id: `urn:x:${i}`, type: 'Counter', text }))
    for (const each of all) await broker.request.post(`${API}/entities`).send(each).expect(201)
    await readers[0]?.until((events) => events.length === 13)
    const begun = performance.now()
    await broker.close()
    expect(performance.now() - begun).toBeLessThan(1_500)
    await readers[0]?.ended()
  })
})

function fail(): never {
  throw new Error('there is no connection')
}
