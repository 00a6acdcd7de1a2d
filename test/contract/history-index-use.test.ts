import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/stores/sqlite/database.ts'
import { ALONG, type Along, selectAlong } from '../../src/stores/sqlite/history/along.ts'
import { candidatePage } from '../../src/stores/sqlite/history/candidates.ts'
import { LAST_CHANGES, SERIES, SERIES_OF } from '../../src/stores/sqlite/history/heads.ts'
import { OLD_SUMMARIES } from '../../src/stores/sqlite/history/retain-step.ts'
import { AT, LAST_NUMBER } from '../../src/stores/sqlite/history/write-instances.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', {
    ...{ synchronous: 'full', entityBytes: 1, cacheKib: 2_000 },
    ...{ statementChars: 100_000, knownRids: 100_000, knownStates: 1_000, knownAnswers: 100_000 },
  })
  database.names.give('urn:T')
  database.names.give('urn:U')
})
afterAll(() => database.close())

function planOf(text: string): string {
  const plan: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${text}`).all()
  return plan.map(({ detail }) => detail).join('\n')
}

/** What instances of a series are found by, from a time to another. */
const RANGES: Readonly<Record<string, RegExp>> = {
  observedAt: /^SEARCH instance USING PRIMARY KEY \(sid=\? AND at>\? AND at<\?\)$/,
  any: /^SEARCH instance USING PRIMARY KEY \(sid=\? AND at>\? AND at<\?\)$/,
  createdAt:
    /^SEARCH instance USING (COVERING )?INDEX instance_created \(sid=\? AND created_at>\? AND created_at<\?\)$/,
  modifiedAt: /^SEARCH instance USING (COVERING )?INDEX instance_(created|modified) \(sid=\? AND \w+>\? AND \w+<\?\)/,
  deletedAt: /^SEARCH instance USING (COVERING )?INDEX instance_deleted \(sid=\? AND deleted_at>\? AND deleted_at<\?\)/,
  deletedAtOrAny: /^SEARCH instance USING PRIMARY KEY \(sid=\?\)/,
}

describe.each(Object.entries(ALONG))('instances by %s', (name, parts: readonly Along[]) => {
  it.each(parts)('are found along an index ($from, $condition)', (along) => {
    for (const columns of [along.time, 'at, created_at, n, kind, value, modified_at, deleted_at, rest']) {
      for (const backwards of [false, true]) {
        const plan = planOf(
          selectAlong(along, { columns: () => columns }, 1, { from: 1, until: 2, limit: 1, backwards }).text,
        )
        expect(plan).toMatch(RANGES[name] ?? /^$/)
        expect(plan).not.toContain('SCAN')
        // Many are in that order; deletions and what was changed are few, and are put in the order of those of one time.
        if (along.from === 'instance INDEXED BY instance_created' || along.time === 'at') {
          expect(plan).not.toContain('TEMP B-TREE')
        }
      }
    }
  })
})

it.each(Object.entries({ LAST_CHANGES, SERIES, SERIES_OF, AT, LAST_NUMBER }))('%s looks nothing through', (_, text) => {
  expect(planOf(text)).not.toMatch(/SCAN|USING TEMP B-TREE FOR ORDER BY/)
})

it('old summaries are found by when they begin', () => {
  expect(planOf(OLD_SUMMARIES)).toMatch(/sid=\? AND begins<\?/)
})

const T = [['urn:T']]

it.each([
  ['all', {}, undefined],
  ['of a type', { types: T }, undefined],
  ['all, by id', {}, 'desc'],
] as const)('evolutions (%s) are read a page at a time, in their order', (_, filter, orderById) => {
  const { text } = candidatePage(database, [filter], orderById, undefined)
  expect(planOf(text)).not.toContain('TEMP B-TREE')
})

it.each([
  ['of ids', { ids: ['urn:x:1'] }],
  ['of two types', { types: [['urn:T'], ['urn:U']] }],
])('evolutions (%s) are found by what is asked for', (_, filter) => {
  expect(planOf(candidatePage(database, [filter], undefined, 1).text)).not.toMatch(/SCAN (e|t|evolution)\b/)
})
