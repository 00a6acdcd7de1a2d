import { copyFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DATABASE } from '../../../../test/support/database-options.ts'
import type { Addition } from '../../../core/history/past-instance.ts'
import { fromMicros } from '../../../core/history/time-property.ts'
import { type Database, openDatabase } from '../database.ts'
import { addStep, deleteAttributeStep, deleteEvolutionStep } from './change-steps.ts'
import { findHead, seriesOf } from './heads.ts'
import { retainStep } from './retain-step.ts'
import { putSummary } from './summaries.ts'

const NOW = Date.UTC(2026, 0, 1)
const ID = 'urn:x:1'

let directory: string
let database: Database
const pathOf = (name: string) => join(directory, `${name}.sqlite`)
const open = (name: string) => openDatabase(pathOf(name), { ...DATABASE, entityBytes: 100_000_000 })
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-clearing-'))
  database = await open('test')
})
afterAll(async () => {
  await database.close()
  await rm(directory, { recursive: true })
})

const count = (table: 'instance' | 'summary' | 'series' | 'gone_series', { sql } = database): number =>
  sql.arrays(`SELECT count(*) FROM ${table}`).get()[0]

async function addMany(attribute: string, instances: number, text = ''): Promise<void> {
  const additions = Array.from({ length: instances }, (_, i): Addition => {
    const observedAt = fromMicros((NOW + i) * 1_000)
    return {
      attribute,
      instance: { type: 'Property', value: text === '' ? i : text + i, observedAt, createdAt: NOW, modifiedAt: NOW },
    }
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

it('of large instances as many at once as some milliseconds allow', async () => {
  await addMany('urn:a', 1_500, 'x'.repeat(30_000))
  await database.writes.run([deleteEvolutionStep(database, ID)])
  expect(count('gone_series')).toBe(1)
  expect(count('instance')).toBeGreaterThan(500)
  await expect.poll(() => count('gone_series')).toBe(0)
  expect(count('instance')).toBe(0)
})

it('where the process is killed before all are removed the next one goes on', async () => {
  await addMany('urn:a', 20_000)
  await database.writes.run([deleteEvolutionStep(database, ID)])
  // What a process leaves that does nothing more.
  for (const suffix of ['', '-wal']) copyFileSync(`${pathOf('test')}${suffix}`, `${pathOf('left')}${suffix}`)
  const next = await open('left')
  expect(count('instance', next)).toBeGreaterThan(10_000)
  await expect.poll(() => count('gone_series', next)).toBe(0)
  expect(count('instance', next)).toBe(0)
  await next.close()
})

it('what another process left, or could not remove, is removed by the next step of retention', async () => {
  await expect.poll(() => count('gone_series')).toBe(0)
  await addMany('urn:a', 100)
  const other = await open('test')
  other.sql('INSERT INTO gone_series SELECT sid FROM series').run()
  other.sql('DELETE FROM series').run()
  await other.close()
  await database.writes.run([retainStep(database, () => undefined, 500)])
  await expect.poll(() => count('gone_series')).toBe(0)
  expect(count('instance')).toBe(0)
})
