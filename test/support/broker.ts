/** A real broker on a free port of this machine, with its store in memory, for tests that speak HTTP to it. */

import supertest from 'supertest'
import { startBroker } from '../../src/broker.ts'
import { loadConfig } from '../../src/config/config.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { quietLog } from './log.ts'
import { freshDatabase, mongodbUri } from './mongodb.ts'

/** A clock that tests move. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void
}

export function testClock(start = Date.UTC(2026, 5, 1)): TestClock {
  let now = start
  return {
    now: () => now,
    advance: (milliseconds) => {
      now += milliseconds
    },
  }
}

export interface TestBroker {
  readonly url: string
  /** supertest on the broker: `broker.request.get('/ngsi-ld/v1/entities')`. */
  readonly request: ReturnType<typeof supertest>
  close(): Promise<void>
}

/** `settings` are environment variables, without the prefix: `{ MAX_BATCH: '2' }`. */
export async function startTestBroker(settings: Record<string, string> = {}, clock?: Clock): Promise<TestBroker> {
  const named = Object.entries(settings).map(([name, value]) => [`BOYA_${name}`, value])
  const store = testStore()
  if (store === undefined) return NO_BROKER
  const config = loadConfig({ BOYA_PORT: '0', BOYA_STORE: store.setting, ...Object.fromEntries(named) })
  const broker = await startBroker(config, { log: quietLog, ...(clock && { clock }) })
  const close = async (): Promise<void> => {
    await broker.close()
    await store.drop()
  }
  return { url: broker.url, request: supertest(broker.url), close }
}

/** In memory, or on the MongoDB server of the run (vitest.config.ts); undefined where that is wanted and is not there. */
function testStore(): { readonly setting: string; drop(): Promise<void> } | undefined {
  if (process.env.BOYA_TEST_STORE !== 'mongodb') return { setting: 'sqlite::memory:', drop: async () => {} }
  if (mongodbUri() === undefined) return undefined
  const { uri, drop } = freshDatabase()
  return { setting: uri, drop }
}

/** Of tests that are all skipped. */
const NO_BROKER: TestBroker = {
  url: 'http://127.0.0.1:9',
  request: supertest('http://127.0.0.1:9'),
  close: async () => {},
}

export const API = '/ngsi-ld/v1'
export const CONTEXT_LINK = (url: string) =>
  `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
