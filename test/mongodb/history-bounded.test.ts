/** What is kept of a history that is kept bounded levels off. */

import { expect, it } from 'vitest'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { LIMITS, NOW, quietLog } from '../contract/contract-store.ts'
import { FULL, live } from '../support/lived.ts'
import { rawDatabase } from './raw-database.ts'

it('levels off: there is no more after twenty days than after fourteen', { timeout: 120_000 }, async () => {
  const { uri, instances, summaries, drop } = rawDatabase()
  let now = NOW
  const store = openMongoStore({ ...LIMITS, uri, clock: { now: () => now }, log: quietLog })
  const count = async () => [await instances.countDocuments(), await summaries.countDocuments()]
  const sizes = await live(store, (at) => (now = at), { sensors: 8, days: 20 }, count)
  const [[instancesThen = 0, summariesThen = 0] = [], [instancesLast, summariesLast] = []] = [sizes[FULL], sizes.at(-1)]
  expect(instancesLast).toBeLessThanOrEqual(instancesThen)
  expect(summariesLast).toBeLessThanOrEqual(summariesThen)
  expect(instancesThen).toBeGreaterThan(0)
  expect(summariesThen).toBeGreaterThan(0)
  await store.close()
  await drop()
})
