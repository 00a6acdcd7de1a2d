/**
 * Instances of series that are gone: nothing shows them any more, and they are removed some at a time, so that nobody waits until a
 * hundred thousand are. Where the process ends before, the next that opens the database goes on.
 */

import type { Outcome } from '../../common/outcome.ts'
import type { Statements } from '../statements.ts'
import type { Step, WriteQueue } from '../write-queue.ts'

export interface Clearing {
  /** There may be some. */
  begin(): void
}

/** Rows that are removed in one step: some milliseconds. */
export const STEP = 2_000

const FIRST = 'SELECT sid FROM gone_series LIMIT 1'

export function createClearing(sql: Statements, writes: Pick<WriteQueue, 'runUnhurried'>): Clearing {
  let isAsked = false
  let isRunning = false
  const clear = async (): Promise<void> => {
    isRunning = true
    while (isAsked) {
      isAsked = false
      // It is asked again where there are others meanwhile.
      if (isLeft(await writes.runUnhurried([clearStep(sql)]))) isAsked = true
    }
    isRunning = false
  }
  return {
    begin: () => {
      isAsked = true
      if (!isRunning) void clear()
    },
  }
}

/** Not where it failed: who opens the database next begins again. */
function isLeft([outcome]: readonly Outcome<boolean>[]): boolean {
  return outcome?.ok === true && outcome.value
}

/** Whether any are left. */
function clearStep(sql: Statements): Step<boolean> {
  return () => {
    const [sid] = (sql.arrays(FIRST).get() ?? []) as readonly number[]
    if (sid === undefined) return { ok: true, value: false }
    if (removeSome(sql, sid, STEP) < STEP) sql('DELETE FROM gone_series WHERE sid = ?').run(sid)
    return { ok: true, value: true }
  }
}

export function isAnyGone(sql: Statements): boolean {
  return sql.arrays(FIRST).get() !== undefined
}

export const LAST_OF_SOME =
  'SELECT at, created_at, n FROM instance WHERE sid = ? ORDER BY at, created_at, n LIMIT 1 OFFSET ?'
export const UP_TO = 'DELETE FROM instance WHERE sid = ? AND (at, created_at, n) <= (?, ?, ?)'
const ALL = 'DELETE FROM instance WHERE sid = ?'
export const SUMMARIES = `DELETE FROM summary WHERE sid = ?1 AND begins <=
  coalesce((SELECT begins FROM summary WHERE sid = ?1 ORDER BY begins LIMIT 1 OFFSET ?2), 9e18)`

/** Instances of a series, then its summaries, `most` at most; how many: fewer where none is left. */
export function removeSome(sql: Statements, sid: number, most: number): number {
  const last: readonly number[] | undefined = sql.arrays(LAST_OF_SOME).get(sid, most - 1)
  if (last !== undefined) return Number(sql(UP_TO).run(sid, ...last).changes)
  const removed = Number(sql(ALL).run(sid).changes)
  return removed + Number(sql(SUMMARIES).run(sid, most - removed - 1).changes)
}
