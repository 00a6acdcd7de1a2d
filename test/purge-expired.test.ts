import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEntity } from '../src/core/model/build.ts'
import { purgeExpired } from '../src/operations/purge-expired.ts'
import type { Call } from '../src/ports/call.ts'
import type { Store } from '../src/ports/store.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { testClock } from './support/broker.ts'
import { quietLog } from './support/log.ts'

const TENANTS = ['aaa', 'mmm', 'zzz']
const { signal: live } = new AbortController()

const clock = testClock()
let directory = ''
let store: Store

/** Tenants with an entity each that has expired. */
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-purge-'))
  const limits = { tenantLength: 64, tenants: 100, entityBytes: 1_000_000, pageBytes: 2_000_000 }
  store = await openSqliteStore({ ...limits, directory, synchronous: 'normal', clock, log: quietLog })
  const expiresAt = new Date(clock.now() + 10_000).toISOString()
  for (const tenant of TENANTS) {
    await store.tenants.create(tenant)
    const entity = createEntity('urn:x:1', { types: ['urn:t'], expiresAt, attributes: {} }, clock.now())
    await store.entities.write(callIn(tenant), 'urn:x:1', () => ({ entity, result: null }))
  }
  clock.advance(20_000)
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

function callIn(tenant: string): Call {
  return { tenant, signal: () => live, log: quietLog }
}

/** How many entities there are to purge in each Tenant; purges them. */
function left(): Promise<number[]> {
  return Promise.all(TENANTS.map((tenant) => store.entities.purgeExpired(callIn(tenant), clock.now(), 10)))
}

it('4.22: a tenant whose database is damaged is logged, and the others are purged', async () => {
  await writeFile(join(directory, 'tenant-bbb.sqlite'), 'this is no database')
  const failed: unknown[] = []
  await purgeExpired({ store, clock }, { ...quietLog, error: (fields) => failed.push(fields) }, () => live)
  expect(failed).toMatchObject([{ tenant: 'bbb' }])
  expect(await left()).toEqual([0, 0, 0])
})

it('asks before each step whether it may go on', async () => {
  let steps = 0
  // Two for the default Tenant, two for the first of the others.
  await purgeExpired({ store, clock }, quietLog, () => (++steps <= 4 ? live : AbortSignal.abort()))
  expect(await left()).toEqual([0, 1, 1])
})
