import { afterAll, beforeAll, expect, it } from 'vitest'
import { DATABASE } from '../../../../test/support/database-options.ts'
import type { Addition } from '../../../core/history/past-instance.ts'
import { fromMicros } from '../../../core/history/time-property.ts'
import type { Query } from '../../../core/query/ast.ts'
import { type Database, openDatabase } from '../database.ts'
import { findHead } from './heads.ts'
import { judge } from './judge.ts'
import { writeRecording } from './write-instances.ts'

const BEGIN = Date.UTC(2026, 0, 1)

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', DATABASE)
  const additions = Array.from({ length: 5_000 }, (_, i): Addition => {
    const observedAt = fromMicros((BEGIN + i) * 1_000)
    return {
      attribute: 'urn:a',
      instance: { type: 'Property', value: i, observedAt, createdAt: BEGIN, modifiedAt: BEGIN },
    }
  })
  writeRecording(database, { id: 'urn:x:1', types: ['urn:T'], additions }, BEGIN)
})
afterAll(() => database.close())

const above = (value: number): Query => ({
  ...{ kind: 'term', path: { links: [], names: ['urn:a'] } },
  test: { operator: '>', value: { kind: 'number', value } },
})

it.each([
  [5, true, 0],
  [2_600, true, 7],
  [5_000, false, 12],
])('of values above %i it reads as many pieces as it takes', (value, isSelected, pieces) => {
  const head = findHead(database, 'urn:x:1')
  if (head === undefined) throw new Error('it is not there')
  const steps = judge(database, head, { q: above(value) }, { timeProperty: 'observedAt', onlyTimed: true }, 'instances')
  let read = 0
  let step = steps.next()
  for (; !step.done; step = steps.next()) read++
  expect([step.value !== undefined, read]).toEqual([isSelected, pieces])
})

it('of many Attributes that it does not have the work may be interrupted after each', () => {
  const head = findHead(database, 'urn:x:1')
  if (head === undefined) throw new Error('it is not there')
  const terms = Array.from(
    { length: 100 },
    (_, i): Query => ({
      ...{ kind: 'term', path: { links: [], names: [`urn:none${i}`] } },
    }),
  )
  const asked = { q: { kind: 'or', parts: terms } } as const
  const steps = judge(database, head, asked, { timeProperty: 'observedAt', onlyTimed: true }, 'instances')
  expect([...steps]).toHaveLength(99)
})
