import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Database, openDatabase } from '../../src/stores/sqlite/database.ts'
import { STORING } from '../../src/stores/sqlite/notice-rows.ts'
import { WALKING } from '../../src/stores/sqlite/notice-walks.ts'
import { NOTICE_STATEMENTS } from '../../src/stores/sqlite/notices.ts'
import { DATABASE } from '../support/database-options.ts'

let database: Database
beforeAll(async () => {
  database = await openDatabase(':memory:', DATABASE)
})
afterAll(() => database.close())

/** What is found by these indexes, and by these conditions, along them; nothing is sorted but a page that was selected. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  queues: /SEARCH n USING COVERING INDEX notice_queue \(queue>\? AND state=\?\)|notice_queue \(queue>\?\)/,
  owed: /^SEARCH notice USING INDEX notice_queue \(queue=\? AND state=\? AND rowid>\?\)$/,
  settle: /^SEARCH notice USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  settleIn: /^SEARCH notice USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  settled: /^SEARCH notice USING INDEX notice_ended \(subscription=\? AND state=\?\)$/,
  endedSince:
    /^SEARCH notice USING COVERING INDEX notice_since \(subscription=\? AND state=\? AND \(since,rowid\)>\(\?,\?\)\)$/,
  endedAt:
    /^SEARCH notice USING INDEX notice_ended \(subscription=\? AND state=\? AND \(settled_at,since,rowid\)>\(\?,\?,\?\)\)$/,
  otherQueues: /SEARCH n USING COVERING INDEX notice_waiting \(subscription=\? AND state=\? AND queue>\?\)/,
  owedIn:
    /^SEARCH notice USING COVERING INDEX notice_waiting \(subscription=\? AND state=\? AND queue=\? AND rowid>\? AND rowid<\?\)$/,
  last: /^SEARCH notice$/,
  countEnd:
    /^SEARCH notice USING COVERING INDEX notice_owed \(subscription=\? AND state=\? AND \(entity,since,rowid\)>\(\?,\?,\?\)\)$/,
  count:
    /^SEARCH notice USING COVERING INDEX notice_owed \(subscription=\? AND state=\? AND \(entity,since,rowid\)>\(\?,\?,\?\) AND \(entity,since,rowid\)<\(\?,\?,\?\)\)$/,
  revive: /^SEARCH notice USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  requeue: /^SEARCH notice USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  earlier: /^SEARCH notice USING COVERING INDEX notice_owed \(subscription=\? AND state=\? AND entity=\?\)$/,
  dropOwed: /SEARCH notice USING COVERING INDEX notice_owed \(subscription=\? AND state=\?\)/,
  dropSettled: /SEARCH notice USING COVERING INDEX notice_ended \(subscription=\? AND state>\?\)/,
  forget: /SEARCH notice USING COVERING INDEX notice_age \(state=\? AND settled_at<\?\)/,
  replaced: /^SEARCH notice USING INDEX notice_owed \(subscription=\? AND state=\? AND entity=\?\)$/,
  rewrite: /^SEARCH notice USING INTEGER PRIMARY KEY \(rowid=\?\)$/,
  replace: /^SEARCH notice USING (COVERING )?INDEX notice_owed \(subscription=\? AND state=\? AND entity=\?\)$/,
}

const { insert: _, ...lookups } = { ...STORING, ...NOTICE_STATEMENTS, ...WALKING }

it.each(Object.entries(lookups))('SQLite finds by an index: %s', (name, text) => {
  const plan: { detail: string }[] = database.sql(`EXPLAIN QUERY PLAN ${text}`).all()
  const lines = plan.map(({ detail }) => detail).join('\n')
  expect(lines).toMatch(EXPECTED[name] ?? /^$/)
  expect(lines).not.toMatch(/SCAN notice|TEMP B-TREE/)
})
