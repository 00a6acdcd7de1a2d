import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EntitySelector } from '../../src/core/query/ast.ts'
import { type Database, openDatabase } from '../../src/stores/sqlite/database.ts'
import { ALONG, type Along, selectAlong } from '../../src/stores/sqlite/history/along.ts'
import { candidatePage } from '../../src/stores/sqlite/history/candidates.ts'
import { LAST_OF_PORTION, REMOVE_SUMMARIES, REMOVE_UP_TO } from '../../src/stores/sqlite/history/clearing.ts'
import { LAST_CHANGES, SERIES, SERIES_OF } from '../../src/stores/sqlite/history/heads.ts'
import { OLD_SUMMARIES } from '../../src/stores/sqlite/history/retain-step.ts'
import { routeOf } from '../../src/stores/sqlite/history/routes.ts'
import { AT, LAST_NUMBER } from '../../src/stores/sqlite/history/write-instances.ts'
import { DATABASE } from '../support/database-options.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', DATABASE)
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

const STATEMENTS = { LAST_CHANGES, SERIES, SERIES_OF, AT, LAST_NUMBER, LAST_OF_PORTION, REMOVE_UP_TO, REMOVE_SUMMARIES }

it.each(Object.entries(STATEMENTS))('%s looks nothing through', (_, text) => {
  expect(planOf(text)).not.toMatch(/SCAN|USING TEMP B-TREE FOR ORDER BY/)
})

it('old summaries are found by when they begin', () => {
  expect(planOf(OLD_SUMMARIES)).toMatch(/sid=\? AND begins<\?/)
})

const T = [['urn:T']]

/** How a page is read; `lists`: numbers of Attributes. */
function pagePlan(
  filter: EntitySelector,
  orderById: 'desc' | undefined,
  lists: readonly (readonly number[])[] = [],
): string {
  const needed = lists.map((nids) => ({ nids, count: 1_000 }))
  const route = routeOf(database, [filter], needed, orderById !== undefined)
  return planOf(candidatePage(route, needed, { orderById, after: 1, most: 1 }).text)
}

it.each<[string, EntitySelector, 'desc' | undefined, number[][]?]>([
  ['all', {}, undefined],
  ['of a type', { types: T }, undefined],
  ['all, by id', {}, 'desc'],
  ['with an Attribute', {}, undefined, [[1]]],
  ['with one of several Attributes', {}, undefined, [[1, 2, 3]]],
  ['of a type with an Attribute', { types: T }, undefined, [[1], [2, 3]]],
  ['with an Attribute, by id', {}, 'desc', [[1]]],
])('evolutions (%s) are read a page at a time, in their order', (_, filter, orderById, required = []) => {
  const plan = pagePlan(filter, orderById, required)
  expect(plan).not.toContain('TEMP B-TREE')
})

it.each<[string, EntitySelector, number[][]?]>([
  ['of ids', { ids: ['urn:x:1'] }],
  ['of two types', { types: [['urn:T'], ['urn:U']] }],
  ['with an Attribute', {}, [[1]]],
  ['with one of several Attributes', {}, [[1, 2, 3]]],
])('evolutions (%s) are found by what is asked for', (_, filter, required = []) => {
  expect(pagePlan(filter, undefined, required)).not.toMatch(/SCAN (e|t|s|evolution|series)\b/)
})

it('whether an evolution has what else is needed is looked up, and the list read once', () => {
  const plan = pagePlan({ types: T }, undefined, [[1], [2, 3]])
  expect(plan).toMatch(/SEARCH s USING (COVERING )?INDEX \w+ \((hid=\? AND attribute=\?|attribute=\? AND hid=\?)\)/)
  expect(plan).not.toMatch(/CORRELATED LIST|SCAN s\b/)
})
