/** On MongoDB, two processes. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya, type Running } from '../cli/installed-boya.ts'
import {
  expectAll,
  type Fleet,
  KILLED,
  REPORTED,
  ROUNDS,
  replay,
  SUBSCRIPTIONS,
  subscribeManyAndFire,
} from '../notifications/replay.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'

interface Instance {
  readonly running: Running
  readonly url: string
}

let boya: InstalledBoya | undefined
let database: FreshDatabase | undefined
let instances: Instance[] = []
let fleet: Fleet
beforeAll(async () => {
  if (mongodbUri() === undefined) return
  boya = installBoya()
  database = freshDatabase()
  instances = await Promise.all([start(), start()])
  fleet = { urls: instances.map(({ url }) => url), killOne }
})
afterAll(async () => {
  for (const { running } of instances) running.signal('SIGTERM')
  await Promise.all(instances.map(({ running }) => running.ended))
  await database?.drop()
  boya?.remove()
})

async function start(port = '0'): Promise<Instance> {
  const env = { BOYA_STORE: database?.uri ?? '', BOYA_PORT: port, BOYA_LOG_FORMAT: 'json', BOYA_OUTBOUND: 'private' }
  const running = boya?.start(['serve'], env)
  if (running === undefined) throw new Error('there is no Boya to start')
  const said = await running.until(/ready on http/)
  return { running, url: /ready on (http:\/\/[\d.:]+)/.exec(said)?.[1] ?? '' }
}

/** The one that takes its place is reached where it was. */
async function killOne(): Promise<void> {
  const i = Math.floor(Math.random() * instances.length)
  const { running, url } = instances[i] ?? { url: '' }
  running?.signal('SIGKILL')
  await running?.ended
  instances[i] = await start(new URL(url).port)
}

it('a receiver gets all that was acknowledged, of each entity in order', { timeout: 180_000 }, async () => {
  expectAll(await replay(fleet, REPORTED))
})

it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
  'also where an instance is killed meanwhile: round %i',
  { timeout: 120_000 },
  async () => {
    expectAll(await replay(fleet, KILLED))
  },
)

it(`${SUBSCRIPTIONS} subscriptions of 50 clients all fire after a restart`, { timeout: 120_000 }, async () => {
  const restart = async (): Promise<void> => {
    for (const { running } of instances) running.signal('SIGTERM')
    await Promise.all(instances.map(({ running }) => running.ended))
    instances = await Promise.all(instances.map(({ url }) => start(new URL(url).port)))
  }
  expect(await subscribeManyAndFire(fleet, restart)).toBe(SUBSCRIPTIONS)
})
