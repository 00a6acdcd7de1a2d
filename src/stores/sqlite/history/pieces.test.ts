import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { DATABASE } from '../../../../test/support/database-options.ts'
import type { Addition, NewInstance } from '../../../core/history/past-instance.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import { fromMicros, type Micros, TIME_PROPERTIES } from '../../../core/history/time-property.ts'
import type { Json } from '../../../core/model/entity.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import { type Database, openDatabase } from '../database.ts'
import type { Bounds } from './along.ts'
import { findHead } from './heads.ts'
import { inPieces } from './pieces.ts'
import type { StoredRow } from './rows.ts'
import { selectedEvolution, selectedSource } from './selected.ts'
import { writeRecording } from './write-instances.ts'

const BEGIN = Date.UTC(2026, 0, 1)

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', DATABASE)
})
afterAll(() => database.close())

const millisecond = fc.integer({ min: 0, max: 6 })
const instance = fc
  .record({
    value: fc.oneof(
      { weight: 5, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) as fc.Arbitrary<Json> },
      { weight: 1, arbitrary: fc.constantFrom<Json>(true, 0.1 + 0.2, 0.3, -0) },
    ),
    text: fc.integer({ min: 0, max: 40 }).map((n) => (n === 0 ? 'a' : undefined)),
    created: millisecond,
    changed: millisecond,
    observed: fc.option(fc.integer({ min: 0, max: 4_000 }), { nil: undefined }),
    deleted: fc.option(millisecond, { nil: undefined }),
  })
  .map(({ value, text, created, changed, observed, deleted }): NewInstance => {
    const createdAt = BEGIN + created
    return {
      ...{ type: 'Property', value: text ?? value, createdAt, modifiedAt: createdAt + changed },
      ...(observed !== undefined && { observedAt: fromMicros(BEGIN * 1_000 + observed) }),
      ...(deleted !== undefined && { deletedAt: BEGIN + deleted }),
    }
  })

const asked = fc.record({
  timeProperty: fc.constantFrom(...TIME_PROPERTIES),
  onlyTimed: fc.boolean(),
  backwards: fc.boolean(),
  limit: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
  size: fc.integer({ min: 1, max: 5 }),
  periods: fc.option(
    fc.uniqueArray(fc.integer({ min: -1, max: 8_000 }), { minLength: 2, maxLength: 6 }).map((ends) => {
      const sorted = ends.sort((a, b) => a - b).map((end) => BEGIN * 1_000 + end)
      return sorted.flatMap((from, i) => (i % 2 === 1 ? [] : [{ from, until: sorted[i + 1] ?? from + 1 }]))
    }),
    { nil: undefined },
  ),
})

let n = 0
function sourceOf(instances: readonly NewInstance[], selection: InstanceSelection, periods: Periods) {
  const id = `urn:x:${n++}`
  const additions: readonly Addition[] = instances.map((each) => ({ attribute: 'urn:a', instance: each }))
  writeRecording(database, { id, types: ['urn:T'], additions }, BEGIN)
  const head = findHead(database, id)
  const evolution = head && selectedEvolution(database, head, selection)
  const [series] = evolution?.series ?? []
  return series && selectedSource(database, series, selection, periods)
}

type Periods = Parameters<typeof selectedSource>[3]

it('gives in pieces of whatever size what it gives at once, in its order', () => {
  fc.assert(
    fc.property(fc.array(instance, { minLength: 1, maxLength: 40 }), asked, (instances, { periods, size, ...each }) => {
      const { timeProperty, onlyTimed, backwards, limit } = each
      const source = sourceOf(instances, { timeProperty, onlyTimed }, periods)
      if (source === undefined) return
      const bounds: Bounds = { backwards, ...(limit !== undefined && { limit }) }
      const rows = source.rows(bounds)
      const expected = rows.map((row: StoredRow) => [decodeInstance(row, '', '').value, source.timeOf(row)])
      const values: [Json, Micros][] = []
      const take = (value: Json | Pick<NewInstance, 'type' | 'value'>, time: Micros) =>
        values.push([typeof value === 'object' ? (value as NewInstance).value : value, time])
      for (const _ of inPieces(source.values, bounds, size, take));
      expect(values).toEqual(expected)
      expect(source.times(bounds)).toEqual(expected.map(([, time]) => time))
      expect(source.isAny()).toBe(expected.length > 0)
    }),
    { numRuns: 300 },
  )
})

it('counts those that came in one millisecond on, whatever came between', () => {
  const instances = Array.from({ length: 300 }, (_, i): NewInstance => {
    const createdAt = BEGIN + (i % 2)
    return { type: 'Property', value: i, createdAt, modifiedAt: createdAt }
  })
  const source = sourceOf(instances, { timeProperty: 'createdAt', onlyTimed: true }, undefined)
  expect(source?.rows({}).map(({ created_at, n }) => [created_at - BEGIN, n])).toEqual(
    instances.map((_, i) => [i < 150 ? 0 : 1, i % 150]),
  )
})
