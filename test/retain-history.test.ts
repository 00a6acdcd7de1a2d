/** Retention in time: with a clock that runs for years, what is kept levels off, and answers what it can. */

import { expect, it } from 'vitest'
import type { InstanceSelection } from '../src/core/history/selection.ts'
import { fromMicros } from '../src/core/history/time-property.ts'
import { beginCarrying } from '../src/operations/carrying-history.ts'
import { replaceRetention } from '../src/operations/history-retention.ts'
import { retainHistory } from '../src/operations/retain-history.ts'
import type { Store } from '../src/ports/store.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from './contract/contract-store.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)
const SENSOR = 'https://example.org/Sensor'
const LEVEL = 'https://example.org/level'
const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: true }

async function measure(store: Store, day: number): Promise<void> {
  const additions = Array.from({ length: 48 }, (_, i) => {
    const observedAt = fromMicros((START + day * DAY + i * 1_800_000) * 1_000)
    return {
      attribute: LEVEL,
      instance: { type: 'Property', value: i, observedAt, createdAt: 0, modifiedAt: 0 } as const,
    }
  })
  await store.history.add(callIn(''), 'urn:s:1', { types: [SENSOR], additions }, 'make')
}

it('what is kept levels off, and what is gone is told by summaries for as long as they are kept', async () => {
  let now = START
  const clock = { now: () => now }
  const store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock, log: quietLog })
  const context = { store, clock, retention: [{ raw: 'P1D' }] }
  const call = callIn('')
  await replaceRetention(context, call, [{ type: SENSOR, raw: 'P3D', summaries: { every: 'PT6H', keep: 'P20D' } }])
  const counts: number[] = []
  for (let day = 0; day < 40; day++) {
    now = START + (day + 1) * DAY
    await measure(store, day)
    await retainHistory(context, quietLog, call.signal)
    const page = await store.history.retrieve(call, 'urn:s:1', ALL, { kind: 'instances', most: 10_000 })
    counts.push(page?.evolutions[0]?.instances?.[LEVEL]?.length ?? 0)
  }
  expect(new Set(counts.slice(5))).toEqual(new Set([3 * 48]))
  const wanted = {
    kind: 'aggregates',
    methods: ['avg', 'totalCount'],
    duration: { months: 0, micros: DAY * 1_000 },
    most: 1_000,
  } as const
  const daily = await store.history.retrieve(call, 'urn:s:1', ALL, wanted)
  expect(daily?.isSummarized).toBe(true)
  const [series] = daily?.evolutions[0]?.aggregates?.[LEVEL] ?? []
  expect(series?.periods).toHaveLength(20)
  for (const { summaries } of series?.periods ?? [])
    expect(summaries).toMatchObject([{ count: 48, sum: (47 * 48) / 2 }])
  await store.close()
})

it('rests while the history is carried away, and not for one that has ended without saying so', async () => {
  const clock = { now: () => START + 10 * DAY }
  const store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock, log: quietLog })
  const call = callIn('')
  const retain = () => retainHistory({ store, clock, retention: [{ raw: 'P3D' }], goneMs: 100 }, quietLog, call.signal)
  const count = async () => {
    const page = await store.history.retrieve(call, 'urn:s:1', ALL, { kind: 'instances', most: 10_000 })
    return page?.evolutions[0]?.instances?.[LEVEL]?.length
  }
  await measure(store, 9)
  await measure(store, 1)
  const { end } = await beginCarrying(store.documents, call, 10)
  await retain()
  expect(await count()).toBe(96)
  await end()
  await beginCarrying(store.documents, call, 10_000)
  await retain()
  expect(await count()).toBe(48)
  await store.close()
})

it('of a Tenant without rules one step is asked for, beside which what was deleted is removed', async () => {
  const clock = { now: () => START }
  const store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock, log: quietLog })
  const cursors: (string | undefined)[] = []
  const retain: Store['history']['retain'] = async (_call, horizons, _limit, cursor) => {
    cursors.push(cursor)
    expect(horizons([SENSOR])).toBeUndefined()
    return { removed: 0, summarized: 0, next: '1' }
  }
  const retaining = { ...store, history: { ...store.history, retain } }
  await retainHistory({ store: retaining, clock, retention: [] }, quietLog, callIn('').signal)
  expect(cursors).toEqual([undefined])
  await store.close()
})
