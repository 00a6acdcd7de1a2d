/** Instances that are processes: killed, stopped, continued, ended. */

import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type InstalledBoya, installBoya, type Running } from '../cli/installed-boya.ts'
import { LONG } from '../support/long.ts'

const root = resolve(import.meta.dirname, '../..')
const holder = join(import.meta.dirname, 'lease-holder.mjs')
/** What the times of the lease are divided by; to wait them out takes longer. */
const divisor = LONG ? 1 : 5
let built = ''
let boya: InstalledBoya

beforeAll(async () => {
  boya = installBoya()
  // Under node_modules, so that what is built finds the packages it imports.
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
  built = await mkdtemp(join(root, 'node_modules/.cache/boya-lease-'))
  const files = ['stores/sqlite/open.ts', 'duties/keep.ts', 'duties/lease.ts'].map((path) => join(root, 'src', path))
  const compilerOptions = { rootDir: join(root, 'src'), outDir: built, sourceMap: false }
  const config = { extends: join(root, 'tsconfig.build.json'), compilerOptions, include: [], files }
  await writeFile(join(built, 'package.json'), '{"type":"module"}')
  await writeFile(join(built, 'tsconfig.json'), JSON.stringify(config))
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', built])
})
afterAll(async () => {
  boya.remove()
  await rm(built, { recursive: true, force: true })
})

interface Instance {
  readonly child: ChildProcess
  /** When it acted, in nanoseconds of the machine's own clock. */
  readonly acts: bigint[]
  readonly ended: Promise<number | null>
}

interface Instances {
  start(): Instance
  /** Who acts from now on; others than those that are passed over. */
  nextToAct(...passedOver: readonly Instance[]): Promise<Instance>
  /** Whose turn it was, in the order of time. */
  turns(): readonly Instance[]
  remove(): Promise<void>
}

/** On a store of their own. */
function createInstances(): Instances {
  const directory = mkdtempSync(join(tmpdir(), 'boya-lease-'))
  const instances: Instance[] = []
  return {
    start: () => {
      const instance = startInstance(directory)
      instances.push(instance)
      return instance
    },
    nextToAct: async (...passedOver) => {
      const since = process.hrtime.bigint()
      const acts = (each: Instance) => !passedOver.includes(each) && (each.acts.at(-1) ?? 0n) > since
      return await vi.waitFor(() => instances.find(acts) ?? expect.unreachable(), { interval: 5, timeout: 15_000 })
    },
    turns: () => {
      const acts = instances.flatMap((who) => who.acts.map((at) => ({ at, who })))
      acts.sort((a, b) => (a.at < b.at ? -1 : 1))
      return acts.map(({ who }) => who).filter((who, i, all) => who !== all[i - 1])
    },
    remove: async () => {
      for (const { child } of instances) child.kill('SIGKILL')
      await Promise.all(instances.map(({ ended }) => ended))
      await rm(directory, { recursive: true, force: true })
    },
  }
}

function startInstance(directory: string): Instance {
  const child = spawn(process.execPath, [holder, built, directory, `${divisor}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const acts: bigint[] = []
  let rest = ''
  child.stdout.on('data', (chunk) => {
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    acts.push(...lines.map(BigInt))
  })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  return { child, acts, ended }
}

interface Broker extends Running {
  readonly url: string
}

async function startBroker(): Promise<Broker> {
  const settings = { BOYA_PORT: '0', BOYA_LOG_LEVEL: 'debug', BOYA_LOG_FORMAT: 'json' }
  const started = boya.start(['serve'], { ...settings, BOYA_PURGE_SCHEDULE: '* * * * * *' })
  const url = /ready on (http:\S+)/.exec(await started.until(/ready on http/))?.[1] ?? ''
  return { ...started, url }
}

/** Creates an entity that is gone at once, and waits until a broker has purged it. */
async function untilPurged(through: Broker, by: Broker, id: string): Promise<void> {
  const expiresAt = new Date(Date.now() + 200).toISOString()
  const response = await fetch(`${through.url}/ngsi-ld/v1/entities`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ id: `urn:x:${id}`, type: 'T', expiresAt }),
  })
  expect(response.status).toBe(201)
  await by.until(/purged what had expired/)
}

/** They wait for most of their time. */
describe.concurrent('of several processes', () => {
  it('one acts at a time, whichever is stopped, continued, killed or ended', async () => {
    const { start, nextToAct, turns, remove } = createInstances()
    try {
      for (let i = 0; i < 3; i++) start()
      const first = await nextToAct()
      first.child.kill('SIGSTOP')
      const second = await nextToAct(first)
      first.child.kill('SIGCONT')
      // Long enough for it to act, if it would.
      await pause(1_000)
      second.child.kill('SIGKILL')
      await second.ended
      const third = await nextToAct(second)
      await pause(300)
      const before = performance.now()
      third.child.kill('SIGTERM')
      const fourth = await nextToAct(second, third)
      // Sooner than who dies is followed.
      expect(performance.now() - before).toBeLessThan(7_000 / divisor)
      expect(await third.ended).toBe(0)
      await pause(300)
      // Each had one turn: none acted while it was another's.
      expect(turns()).toEqual([first, second, third, fourth])
    } finally {
      await remove()
    }
  }, 60_000)

  it('one that is stopped for moments goes on', async () => {
    const { start, nextToAct, turns, remove } = createInstances()
    try {
      for (let i = 0; i < 2; i++) start()
      const first = await nextToAct()
      for (let i = 0; i < 5; i++) {
        first.child.kill('SIGSTOP')
        await pause(150)
        first.child.kill('SIGCONT')
        await pause(150)
      }
      expect(turns()).toEqual([first])
    } finally {
      await remove()
    }
  }, 60_000)

  it('that are brokers one purges; another one within 15 s when it is killed, at once when it ends', async () => {
    const running: Broker[] = []
    const start = async () => {
      const broker = await startBroker()
      running.push(broker)
      return broker
    }
    try {
      const first = await start()
      await first.until(/the periodic duties are done by this instance"/)
      const second = await start()
      await second.until(new RegExp(`the periodic duties are done by [^"]+:${first.pid}"`))
      await untilPurged(second, first, '1')

      const killed = performance.now()
      first.signal('SIGKILL')
      await untilPurged(second, second, '2')
      expect(performance.now() - killed).toBeLessThan(15_000)

      const third = await start()
      await third.until(new RegExp(`the periodic duties are done by [^"]+:${second.pid}"`))
      const told = performance.now()
      second.signal('SIGTERM')
      await third.until(new RegExp(`are done by this instance, no longer by [^"]+:${second.pid}"`))
      expect(performance.now() - told).toBeLessThan(4_000)
      expect((await second.ended).code).toBe(0)
    } finally {
      for (const each of running) each.signal('SIGKILL')
      await Promise.all(running.map(({ ended }) => ended))
    }
  }, 60_000)
})
