import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEntity } from '../src/core/model/build.ts'
import { purgeExpired } from '../src/operations/purge-expired.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { testClock } from './support/broker.ts'
import { quietLog } from './support/log.ts'

let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-purge-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

it('4.22: a tenant whose database is damaged is logged, and the others are purged', async () => {
  const clock = testClock()
  const store = await openSqliteStore({
    directory,
    synchronous: 'normal',
    clock,
    log: quietLog,
    tenantLength: 64,
    tenants: 100,
    entityBytes: 1_000_000,
    pageBytes: 2_000_000,
  })
  const tenants = ['aaa', 'mmm', 'zzz']
  const signal = new AbortController().signal
  for (const tenant of tenants) {
    await store.tenants.create(tenant)
    const entity = createEntity(
      'urn:x:1',
      { types: ['urn:t'], expiresAt: '2026-06-01T00:00:10Z', attributes: {} },
      clock.now(),
    )
    await store.entities.write({ tenant, signal: () => signal, log: quietLog }, 'urn:x:1', () => ({
      entity,
      result: null,
    }))
  }
  await writeFile(join(directory, 'tenant-bbb.sqlite'), 'this is no database')
  clock.advance(20_000)
  const failed: unknown[] = []
  await purgeExpired({ store, clock }, { ...quietLog, error: (fields) => failed.push(fields) }, () => signal)
  expect(failed).toMatchObject([{ tenant: 'bbb' }])
  for (const tenant of tenants) {
    expect(await store.entities.purgeExpired({ tenant, signal: () => signal, log: quietLog }, clock.now(), 10)).toBe(0)
  }
  await store.close()
})
