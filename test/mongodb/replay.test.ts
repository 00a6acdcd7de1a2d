/** On MongoDB, two processes. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { type Fleet, replayed, SUBSCRIPTIONS, subscribeManyAndFire } from '../notifications/replay.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'
import { endInstances, type InstanceProcess, startInstance } from './instance-process.ts'

let boya: InstalledBoya | undefined
let database: FreshDatabase | undefined
let instances: InstanceProcess[] = []
let fleet: Fleet
beforeAll(async () => {
  if (mongodbUri() === undefined) return
  boya = installBoya()
  database = freshDatabase()
  instances = await Promise.all([start(), start()])
  fleet = { urls: instances.map(({ url }) => url), killOne }
})
afterAll(async () => {
  await endInstances(instances)
  await database?.drop()
  boya?.remove()
})

async function start(port?: string): Promise<InstanceProcess> {
  if (boya === undefined || database === undefined) throw new Error('there is no Boya to start')
  return await startInstance(boya, database.uri, port)
}

/** The one that takes its place is reached where it was. */
async function killOne(): Promise<void> {
  const i = Math.floor(Math.random() * instances.length)
  const { running, url } = instances[i] ?? { url: '' }
  running?.signal('SIGKILL')
  await running?.ended
  instances[i] = await start(new URL(url).port)
}

replayed(() => fleet)

it(`${SUBSCRIPTIONS} subscriptions of 50 clients all fire after a restart`, { timeout: 120_000 }, async () => {
  const restart = async (): Promise<void> => {
    await endInstances(instances)
    instances = await Promise.all(instances.map(({ url }) => start(new URL(url).port)))
  }
  expect(await subscribeManyAndFire(fleet, restart)).toBe(SUBSCRIPTIONS)
})
