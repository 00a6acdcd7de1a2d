/** Several processes on one folder, through the store alone: they make it together, and none undoes what another one does. */

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { callIn, LIMITS, pageOf, quietLog } from '../contract/contract-store.ts'

const PROCESSES = 4
const INCREMENTS = 30
const TENANTS = ['', 'a', 'b']

let boya: InstalledBoya
let directory: string
beforeAll(async () => {
  boya = installBoya()
  directory = await mkdtemp(join(tmpdir(), 'boya-processes-'))
})
afterAll(async () => {
  boya.remove()
  await rm(directory, { recursive: true })
})

interface Counted {
  readonly tenant: string
  readonly told: readonly number[]
}

it.each([1, 2, 3])('begin on nothing at the same moment, and count together (%i)', async (round) => {
  const folder = join(directory, `round-${round}`, 'data')
  const processes = await Promise.all(Array.from({ length: PROCESSES }, () => begin(folder)))
  for (const each of processes) each.send(TENANTS)
  const counted = (await Promise.all(processes.map(counts))).flat()
  const all = Array.from({ length: PROCESSES * INCREMENTS }, (_, i) => i + 1)
  for (const tenant of TENANTS) {
    const told = counted.filter((each) => each.tenant === tenant).flatMap((each) => each.told)
    expect(told.toSorted((a, b) => a - b)).toEqual(all)
  }
  await expectCounts(folder, all.length)
})

async function begin(folder: string): Promise<ChildProcess> {
  const module = join(boya.folder, 'dist/stores/sqlite/open.js')
  const child = fork(join(import.meta.dirname, 'store-process.mjs'), [module, folder, String(INCREMENTS)])
  await once(child, 'message')
  return child
}

/** What a process was told. Rejects where it ends before. */
function counts(child: ChildProcess): Promise<readonly Counted[]> {
  return new Promise((resolve, reject) => {
    child.once('message', (counted) => resolve(counted as readonly Counted[]))
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
}

/** What is looked up and counted agrees with what is there. */
async function expectCounts(folder: string, increments: number): Promise<void> {
  const options = { ...LIMITS, synchronous: 'normal', clock: Date, log: quietLog } as const
  const store = await openSqliteStore({ ...options, directory: folder })
  expect(await store.tenants.list()).toEqual(TENANTS.slice(1))
  for (const tenant of TENANTS) {
    const call = callIn(tenant)
    const { entities } = await pageOf(store, call, { filter: {}, limit: 1_000, offset: 0, count: false })
    expect(entities).toHaveLength(increments + 1)
    expect(await store.entities.count(call)).toBe(increments + 1)
    const counter = entities.find(({ id }) => id === 'urn:x:counter')
    expect(counter?.attributes['urn:A:n']).toMatchObject([{ value: increments }])
    const counts = await store.entities.countTypes(call)
    for (const type of ['urn:T:0', 'urn:T:1', 'urn:T:2']) {
      expect(counts.get(type) ?? 0).toBe(entities.filter(({ types }) => types.includes(type)).length)
    }
    const numbers = await store.entities.countAttributes(call, { attribute: 'urn:A:n' })
    expect(numbers.find(({ type }) => type === undefined)?.instances).toBe(increments + 1)
  }
  await store.close()
}
