/** Streams of clients that go from one instance to another, on whatever store these share. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type RunningBroker, startBroker } from '../../src/broker.ts'
import { loadConfig } from '../../src/config/config.ts'
import { createChanges, isChange, toldOf } from '../support/changes.ts'
import { cutAll, type EventReader, openEvents } from '../support/event-stream.ts'
import { quietLog } from '../support/log.ts'

interface SharedStore {
  /** As BOYA_STORE. */
  readonly setting: string
  drop(): Promise<void>
}

/** `makeStore`: undefined where there is none, and all is skipped. */
export function streamsOfInstances(makeStore: () => SharedStore | undefined): void {
  let store: SharedStore | undefined
  let brokers: RunningBroker[] = []
  const start = (setting: string): Promise<RunningBroker> =>
    startBroker(loadConfig({ BOYA_PORT: '0', BOYA_STORE: setting }), { log: quietLog })
  beforeAll(async () => {
    store = makeStore()
    if (store === undefined) return
    const first = await start(store.setting)
    brokers = [first, await start(store.setting)]
    // They look for one another each second.
    await pause(1_200)
  })
  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()))
    await store?.drop()
  })
  afterEach(cutAll)

  const urls = (): readonly string[] => brokers.map(({ url }) => url)
  const open = async (instance: number, tenant: string, lastId?: string): Promise<EventReader> => {
    const url = `${urls()[instance]}/boya/v1/entities/stream?type=Counter&format=simplified&tenant=${tenant}`
    const reader = await openEvents(url, lastId === undefined ? {} : { 'Last-Event-ID': lastId })
    await reader.until(([first]) => first !== undefined)
    return reader
  }
  /** What a client has got by now; its connection may go on without it. */
  const got = ({ events, lastId }: EventReader) => ({ events: [...events], last: lastId() })
  const made = async (tenant: string) => {
    const changes = createChanges(urls, tenant, 6)
    await changes.run(1)
    return changes
  }

  describe('a client', () => {
    it('is told over one instance what is changed on another', async () => {
      const changes = await made('both')
      const reader = await open(0, 'both')
      const before = new Map([...changes.done].map(([id, values]) => [id, values.length]))
      await changes.run(4)
      await reader.until((events) => events.filter(isChange).length >= 24)
      const since = [...changes.done].map(([id, values]) => [id, values.slice(before.get(id))] as const)
      expect(toldOf([reader])).toEqual(new Map(since))
    })

    it('that goes to another, whatever becomes of its connection, is told all, in order of each entity', async () => {
      const changes = await made('moving')
      const parts: { readonly events: EventReader['events'] }[] = []
      let reader = await open(0, 'moving')
      const known = toldOf([reader])
      expect(known.size).toBe(0)
      let isWriting = true
      const write = async (): Promise<void> => {
        await changes.run(40)
        while (parts.length < 4) await changes.run(5)
      }
      const writing = write().finally(() => {
        isWriting = false
      })
      for (let i = 1; isWriting; i++) {
        await pause(250)
        const { events, last } = got(reader)
        parts.push({ events })
        // Half of the times it is still there, but nobody reads it.
        if (i % 2 === 0) reader.cut()
        const before = reader
        reader = await open(i % 2, 'moving', last)
        expect(reader.events[0]?.name).toBe('ready')
        await before.ended(10_000)
      }
      await writing
      const all = () => [...parts, reader]
      const expected = new Map([...changes.done].map(([id, values]) => [id, values.slice(1)]))
      await reader.until(() => [...toldOf(all()).values()].flat().length >= [...expected.values()].flat().length, 8_000)
      expect(toldOf(all())).toEqual(expected)
    })

    it('of an instance that ends goes on with another', async () => {
      const changes = await made('ending')
      const reader = await open(0, 'ending')
      const [closing, stays] = brokers
      await closing?.close()
      await reader.ended()
      brokers = brokers.slice(1)
      await changes.run(3)
      const again = await open(0, 'ending', reader.lastId())
      await again.until((events) => events.filter(isChange).length === 18)
      expect(again.events[0]?.name).toBe('ready')
      expect([...toldOf([reader, again]).values()]).toEqual(Array.from({ length: 6 }, () => [1, 2, 3]))
      expect(stays?.url).toBe(urls()[0])
    })
  })
}
