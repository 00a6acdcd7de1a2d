import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Addition } from '../../../core/history/past-instance.ts'
import { fromMicros } from '../../../core/history/time-property.ts'
import { type Database, openDatabase } from '../database.ts'
import { addStep, deleteAttributeStep, deleteEvolutionStep } from './change-steps.ts'
import { findHead, seriesOf } from './heads.ts'
import { putSummary } from './summaries.ts'

const NOW = Date.UTC(2026, 0, 1)
const ID = 'urn:x:1'

let directory: string
let database: Database
const open = () =>
  openDatabase(join(directory, 'test.sqlite'), {
    ...{ synchronous: 'normal', entityBytes: 100_000_000, cacheKib: 2_000 },
    ...{ statementChars: 100_000, knownRids: 1_000, knownStates: 1_000, knownAnswers: 1_000 },
  })
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-clearing-'))
  database = await open()
})
afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

const count = (table: 'instance' | 'summary' | 'series' | 'gone_series'): number =>
  database.sql.arrays(`SELECT count(*) FROM ${table}`).get()[0]

async function addMany(attribute: string, instances: number): Promise<void> {
  const additions = Array.from({ length: instances }, (_, i): Addition => {
    const observedAt = fromMicros((NOW + i) * 1_000)
    return { attribute, instance: { type: 'Property', value: i, observedAt, createdAt: NOW, modifiedAt: NOW } }
  })
  await database.writes.run([addStep(database, ID, { types: ['urn:T'], additions }, 'make', () => NOW)])
}

it('of an evolution with many instances some are removed at once, and the others soon', async () => {
  await addMany('urn:a', 9_000)
  await addMany('urn:b', 500)
  await database.writes.run([deleteEvolutionStep(database, ID)])
  expect(findHead(database, ID)).toBeUndefined()
  expect(count('series')).toBe(0)
  expect(count('instance')).toBeGreaterThan(3_000)
  // What comes meanwhile is another.
  await addMany('urn:a', 1)
  await expect.poll(() => count('gone_series')).toBe(0)
  expect(count('instance')).toBe(1)
})

it('of an Attribute, while others are removed, and with what was summarized of it', async () => {
  await addMany('urn:a', 5_000)
  await addMany('urn:b', 5_000)
  const { hid = 0 } = findHead(database, ID) ?? {}
  const [{ sid } = { sid: 0 }] = seriesOf(database, hid, ['urn:a'])
  database.sql('BEGIN').run()
  for (let i = 0; i < 3_000; i++) putSummary(database.sql, sid, { begins: i, ends: i + 1, summaries: [] })
  database.sql('COMMIT').run()
  const outcomes = await database.writes.run([
    deleteAttributeStep(database, ID, 'urn:a', 'all'),
    deleteAttributeStep(database, ID, 'urn:b', 'all'),
  ])
  expect(outcomes).toEqual(Array(2).fill({ ok: true, value: 'done' }))
  await expect.poll(() => count('gone_series')).toBe(0)
  expect([count('instance'), count('summary')]).toEqual([0, 0])
})

it('where the process ends before all are removed the next one goes on', async () => {
  await addMany('urn:a', 20_000)
  await database.writes.run([deleteEvolutionStep(database, ID)])
  await database.close()
  database = await open()
  expect(count('instance')).toBeGreaterThan(10_000)
  await expect.poll(() => count('gone_series')).toBe(0)
  expect(count('instance')).toBe(0)
})
