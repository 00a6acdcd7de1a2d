/** Disk use of a history that is kept bounded levels off. */

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { LIMITS, NOW, quietLog } from './contract/contract-store.ts'
import { FULL, live } from './support/lived.ts'

it('levels off: the database is not larger after forty days than after fourteen', { timeout: 120_000 }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'boya-history-bounded-'))
  let now = NOW
  const clock = { now: () => now }
  const store = await openSqliteStore({ ...LIMITS, synchronous: 'normal', directory, clock, log: quietLog })
  const bytes = () => readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
  const sizes = await live(
    store,
    (at) => (now = at),
    { sensors: 40, days: 40 },
    async () => bytes(),
  )
  await store.close()
  const [young = 0, full = 0, last = 0] = [sizes[2], sizes[FULL], sizes.at(-1)]
  // What goes makes room for what comes.
  expect(last).toBeLessThan(full * 1.05)
  // Fourteen days as they were would be much more.
  expect(full).toBeLessThan(young * 3)
  rmSync(directory, { recursive: true })
})
