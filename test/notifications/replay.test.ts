/** On SQLite, two worker processes. */

import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { startWorkers, type Workers } from '../workers/workers-of.ts'
import { type Fleet, replayed, SUBSCRIPTIONS, subscribeManyAndFire } from './replay.ts'

let boya: InstalledBoya
let workers: Workers
let fleet: Fleet
beforeAll(async () => {
  boya = installBoya()
  workers = await startWorkers(boya, { WORKERS: '2', OUTBOUND: 'private' })
  fleet = { urls: [workers.url], killOne }
})
afterAll(async () => {
  await workers.kill()
  boya.remove()
})

const replaced = () => workers.lines().filter(({ msg }) => msg === 'another worker is ready in its place').length
const killed = new Set<number>()
async function killOne(): Promise<void> {
  const before = replaced()
  const living = workers.pids().filter((pid) => !killed.has(pid))
  const pid = living[Math.floor(Math.random() * living.length)]
  if (pid === undefined) throw new Error('the log names no worker')
  killed.add(pid)
  process.kill(pid, 'SIGKILL')
  await expect.poll(replaced, { timeout: 20_000 }).toBe(before + 1)
}

replayed(() => fleet)

it(`${SUBSCRIPTIONS} subscriptions of 50 clients all fire after a restart`, { timeout: 120_000 }, async () => {
  const STORE = `sqlite:${boya.folder}/many`
  let serving = await startWorkers(boya, { WORKERS: '2', OUTBOUND: 'private', STORE })
  const { url } = serving
  const restart = async (): Promise<void> => {
    await serving.kill()
    serving = await startWorkers(boya, { WORKERS: '2', OUTBOUND: 'private', STORE, PORT: new URL(url).port })
  }
  expect(await subscribeManyAndFire({ urls: [url] }, restart)).toBe(SUBSCRIPTIONS)
  await serving.kill()
})
