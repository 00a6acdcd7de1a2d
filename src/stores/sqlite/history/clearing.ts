/**
 * Instances of series that are gone: nothing shows them any more, and they are removed some at a time, so that nobody waits until a
 * hundred thousand are. Where the process ends before, or cannot write, the next that opens the database goes on, or the next retention.
 */

import type { Outcome } from '../../common/outcome.ts'
import type { Statements } from '../statements.ts'
import type { Step, WriteQueue } from '../write-queue.ts'

export interface Clearing {
  /** There may be some. */
  begin(): void
}

/** Rows that are removed in one step, and milliseconds after which no more are: their values may be large. */
const MOST = { rows: 2_000, ms: 4 } as const
/** Rows that are removed before it is looked at the time: at first, and at most. */
const PORTION = { first: 8, most: 32 } as const

/** What a step may still remove. */
export interface Room {
  rows: number
  readonly isTimeOver: () => boolean
}

/** Of a step that begins now. */
export function roomOfStep(): Room {
  const end = performance.now() + MOST.ms
  return { rows: MOST.rows, isTimeOver: () => performance.now() >= end }
}

const FIRST = 'SELECT sid FROM gone_series LIMIT 1'

/** Of one database, for as long as it is open. */
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

/** Not where it failed: others begin again. */
function isLeft([outcome]: readonly Outcome<boolean>[]): boolean {
  return outcome?.ok === true && outcome.value
}

/** Whether any are left. */
function clearStep(sql: Statements): Step<boolean> {
  return () => {
    const [sid] = (sql.arrays(FIRST).get() ?? []) as readonly number[]
    if (sid === undefined) return { ok: true, value: false }
    if (removeRows(sql, sid, roomOfStep())) sql('DELETE FROM gone_series WHERE sid = ?').run(sid)
    return { ok: true, value: true }
  }
}

/** Whether anything is left of series that are gone. */
export function isAnyGone(sql: Statements): boolean {
  return sql.arrays(FIRST).get() !== undefined
}

/** A statement: the last of the first instances of a series, so many less one. */
export const LAST_OF_PORTION =
  'SELECT at, created_at, n FROM instance WHERE sid = ? ORDER BY at, created_at, n LIMIT 1 OFFSET ?'
/** A statement: removes instances of a series up to one. */
export const REMOVE_UP_TO = 'DELETE FROM instance WHERE sid = ? AND (at, created_at, n) <= (?, ?, ?)'
const ALL = 'DELETE FROM instance WHERE sid = ?'
/** A statement: removes the first summaries of a series, one more than is said. */
export const REMOVE_SUMMARIES = `DELETE FROM summary WHERE sid = ?1 AND begins <=
  coalesce((SELECT begins FROM summary WHERE sid = ?1 ORDER BY begins LIMIT 1 OFFSET ?2), 9e18)`

/** Instances of a series, then its summaries, as many as there is room for; whether none is left. */
export function removeRows(sql: Statements, sid: number, room: Room): boolean {
  for (let portion: number = PORTION.first; room.rows > 0 && !room.isTimeOver(); portion *= 2) {
    const most = Math.min(portion, PORTION.most, room.rows)
    const removed = removePortion(sql, sid, most)
    room.rows -= removed
    if (removed < most) return true
  }
  return false
}

/** How many; fewer than `most` where none is left. */
function removePortion(sql: Statements, sid: number, most: number): number {
  const last: readonly number[] | undefined = sql.arrays(LAST_OF_PORTION).get(sid, most - 1)
  if (last !== undefined) return Number(sql(REMOVE_UP_TO).run(sid, ...last).changes)
  const removed = Number(sql(ALL).run(sid).changes)
  return removed + Number(sql(REMOVE_SUMMARIES).run(sid, most - removed - 1).changes)
}
