/** Subscriptions that are imported onto a store on which a broker runs. */

import { afterEach, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker.ts'
import type { Config } from '../../src/config/config.ts'
import { callIn } from '../contract/contract-store.ts'
import { type Receiver, startReceiver } from '../notifications/receiver.ts'
import { API } from '../support/broker.ts'
import { quietLog } from '../support/log.ts'
import { exported, imported, type Kind, newStore, withStore } from './transfer-stores.ts'

const ID = 'urn:s:1'
/** Of names that no other broker has given a meaning. */
const CONTEXT = { Car: 'https://example.org/Car', speed: 'https://example.org/speed' }
const receivers: Receiver[] = []

async function receiving(): Promise<Receiver> {
  const receiver = await startReceiver()
  receivers.push(receiver)
  return receiver
}

/** Runs a broker, and ends it. */
async function serve<T>(config: Config, use: (send: Send) => Promise<T>): Promise<T> {
  const broker = await startBroker(config, { log: quietLog })
  try {
    return await use(async (method, path, body) => {
      const headers = { 'Content-Type': 'application/ld+json' }
      const sent = { method, headers, body: JSON.stringify({ ...body, '@context': CONTEXT }) }
      expect((await fetch(`${broker.url}${API}${path}`, sent)).ok).toBe(true)
    })
  } finally {
    await broker.close()
  }
}

type Send = (method: 'POST' | 'PATCH', path: string, body: object) => Promise<void>

const car = (n: number, speed = 0) => ({ id: `urn:x:${n}`, type: 'Car', speed })

/** The export of a broker with some cars and a subscription to them. */
async function exportOfCars(kind: Kind, uri: string): Promise<string> {
  const config = newStore(LOCAL, kind.next())
  await serve(config, async (send) => {
    for (const n of [1, 2]) await send('POST', '/entities', car(n))
    const endpoint = { uri, cooldown: 1 }
    const notification = { format: 'simplified', endpoint }
    await send('POST', '/subscriptions', { id: ID, type: 'Subscription', entities: [{ type: 'Car' }], notification })
  })
  return await exported(config)
}

const LOCAL = { BOYA_NOTIFICATION_RETRY_FIRST: '50ms' }

/** The entities of all that was received. */
function dataOf({ got }: Receiver): readonly unknown[] {
  return got.flatMap(({ body }) => (body as unknown as { readonly data: readonly unknown[] }).data)
}

/** On stores of a kind, from one to another. */
export function importedSubscriptionsTests(kind: Kind): void {
  describe(`subscriptions that are imported onto ${kind.name}`, () => {
    afterEach(async () => {
      await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()))
    })

    it('tell of nothing that is imported, and within a second of what is changed then', async () => {
      const receiver = await receiving()
      const text = await exportOfCars(kind, `${receiver.origin}/`)
      const config = newStore(LOCAL, kind.next())
      await serve(config, async (send) => {
        // Subscriptions that are there already are not told of entities that are imported over others, either.
        expect(await imported(config, text)).toMatchObject({ refused: 0, subscriptions: { created: 1 } })
        const changed = text.replaceAll('"value":0', '"value":1')
        const replaced = { entities: { replaced: 2 }, subscriptions: { unchanged: 1 } }
        expect(await imported(config, changed, { replace: true })).toMatchObject({ refused: 0, ...replaced })
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        expect(await owedIn(config)).toEqual([])
        await send('PATCH', '/entities/urn:x:2/attrs', { speed: 7 })
        await expect.poll(() => dataOf(receiver)).toEqual([car(2, 7)])
      })
    })

    it('that are replaced have what was owed told where they now say', async () => {
      const gone = await startReceiver()
      await gone.stop()
      const receiver = await receiving()
      const text = await exportOfCars(kind, `${gone.origin}/`)
      const config = newStore(LOCAL, kind.next())
      await serve(config, async (send) => {
        await imported(config, text)
        await new Promise((resolve) => setTimeout(resolve, 1_000))
        await send('PATCH', '/entities/urn:x:1/attrs', { speed: 5 })
        await expect.poll(() => owedIn(config)).toHaveLength(1)
        const moved = text.replaceAll(gone.origin, receiver.origin)
        expect(await imported(config, moved, { replace: true })).toMatchObject({ subscriptions: { replaced: 1 } })
        await expect.poll(() => dataOf(receiver), { timeout: 5_000 }).toEqual([car(1, 5)])
      })
    })
  })
}

function owedIn(config: Config): Promise<readonly string[]> {
  return withStore(config, ({ notices }) => notices.queues(callIn('')))
}
