/** What is owed to subscribers, in all Tenants. */

import type { Call } from '../../ports/call.ts'
import type { Notice, NoticePage, NoticeSource, NoticeStore, Settlement } from '../../ports/notices.ts'
import { resultOf } from '../common/outcome.ts'
import type { Databases } from './databases.ts'
import { numberOf, readOwed, readSettled, tellSince, whereIs } from './notice-rows.ts'
import { countOwed, endedOf, owedElsewhere, PIECE, type Read } from './notice-walks.ts'
import type { Statements } from './statements.ts'

const COLUMNS = 'position, notice_group, subscription, queue, entity, since, latest_only'

/**
 * All that is asked of the table `notice`. Indexes are named where SQLite, which knows nothing of the values, would
 * take another one.
 */
export const NOTICE_STATEMENTS = {
  // From queue to queue along the index, whatever waits in each.
  queues: `WITH RECURSIVE found (queue) AS (
      SELECT min(queue) FROM notice INDEXED BY notice_queue WHERE state IS NULL
      UNION ALL
      SELECT (SELECT min(n.queue) FROM notice n INDEXED BY notice_queue WHERE n.state IS NULL AND n.queue > found.queue)
      FROM found WHERE found.queue IS NOT NULL
    ) SELECT queue FROM found WHERE queue IS NOT NULL`,
  owed: `SELECT ${COLUMNS}, content, exact, settled_at FROM notice INDEXED BY notice_queue
    WHERE state IS NULL AND queue = ? AND position > ? ORDER BY position LIMIT ? + 0`,
  settle: `UPDATE notice SET state = ?, settled_at = ?, reason = ?
    WHERE position = ? AND notice_group = ? AND state IS NULL`,
  settleIn: `UPDATE notice SET state = ?, settled_at = ?, reason = ?
    WHERE position = ? AND notice_group = ? AND state IS NULL AND queue = ?`,
  settled: `SELECT ${COLUMNS}, state, settled_at, reason FROM notice INDEXED BY notice_ended
    WHERE subscription = ? AND state = ? AND state IS NOT NULL AND since >= ? ORDER BY settled_at DESC, since DESC, position DESC LIMIT ? + 0`,
  // Of what is owed settled_at is when it was last made so again.
  revive: `UPDATE notice SET state = NULL, settled_at = ?, reason = NULL, queue = ?
    WHERE position = ? AND subscription = ? AND state IS NOT NULL`,
  earlier: `SELECT 1 FROM notice INDEXED BY notice_owed
    WHERE subscription = ? AND state IS NULL AND entity = ? AND position < ? LIMIT 1`,
  requeue: 'UPDATE notice SET queue = ? WHERE position = ? AND subscription = ? AND state IS NULL',
  dropOwed: `DELETE FROM notice WHERE position IN (SELECT position FROM notice INDEXED BY notice_owed
    WHERE subscription = ? AND state IS NULL LIMIT ${PIECE})`,
  dropSettled: `DELETE FROM notice WHERE position IN (SELECT position FROM notice INDEXED BY notice_ended
    WHERE subscription = ? AND state IS NOT NULL LIMIT ${PIECE})`,
  forget: `DELETE FROM notice WHERE position IN (
    SELECT position FROM notice INDEXED BY notice_age WHERE state = ? AND state IS NOT NULL AND settled_at < ? ORDER BY settled_at LIMIT ? + 0)`,
} as const

const ASK = NOTICE_STATEMENTS

export function createNoticeStore(databases: Databases, source: NoticeSource): NoticeStore {
  const read = async <T>(tenant: string, from: (sql: Statements) => T): Promise<T> => {
    const { sql, reads } = await databases.of(tenant)
    return reads.run(() => from(sql))
  }
  const readIn =
    (tenant: string): Read =>
    (from) =>
      read(tenant, from)
  /** One commit. */
  const write = async <T>(tenant: string, on: (sql: Statements) => T): Promise<T> => {
    const { sql, writes } = await databases.of(tenant)
    const [outcome] = await writes.run([() => ({ ok: true, value: on(sql) })])
    return resultOf(outcome)
  }
  /** In the next commit of others: what is told when the process is killed before is told again, and nobody else waits. */
  const writeUnhurried = async (tenant: string, on: (sql: Statements) => void): Promise<void> => {
    const { sql, writes } = await databases.of(tenant)
    const [outcome] = await writes.runUnhurried([() => ({ ok: true, value: on(sql) })])
    resultOf(outcome)
  }
  /** A statement that changes a piece of what there is, until nothing is left. */
  const inSteps = async (tenant: string, text: string, ...parameters: readonly string[]): Promise<number> => {
    for (let all = 0; ; ) {
      const changed = await write(tenant, (sql) => Number(sql(text).run(...parameters).changes))
      all += changed
      if (changed < PIECE) return all
    }
  }
  /** One commit for some of them, so that others can write meanwhile. */
  const movePiece = (tenant: string, positions: readonly number[], move: Move): Promise<number> =>
    write(tenant, (sql) => positions.reduce((sum, each) => sum + Number(move(sql, each).changes), 0))
  /** The source is told of each piece, so that who tells of it need not wait for all. */
  const intoQueue = async (
    { tenant, signal }: Call,
    queue: string,
    pieces: AsyncIterable<readonly number[]> | Iterable<readonly number[]>,
    move: Move,
  ): Promise<number> => {
    let moved = 0
    for await (const piece of pieces) {
      const changed = await movePiece(tenant, piece, move)
      moved += changed
      if (changed > 0) source.committed(tenant, new Set([queue]), true)
      signal().throwIfAborted()
    }
    return moved
  }
  return {
    // Positions are given in the order of commits: nobody else writes meanwhile.
    lateMs: 0,
    queues: ({ tenant }) => read(tenant, queuesOf),
    owed: ({ tenant }, queue, most, after) => read(tenant, (sql) => owedOf(sql, queue, most, after)),
    settle: async ({ tenant }, settlements, isUnhurried) => {
      if (settlements.length === 0) return
      const how = isUnhurried ? writeUnhurried : write
      await how(tenant, (sql) => settleAll(sql, settlements, source.sinceTold))
    },
    backlog: ({ tenant }, subscription) => countOwed(readIn(tenant), subscription),
    settled: ({ tenant }, subscription, state, limit, since = Number.MIN_SAFE_INTEGER) =>
      read(tenant, (sql) => sql(ASK.settled).all(subscription, state, since, limit).map(readSettled)),
    revive: async (call, subscription, queue, which, at) => {
      const positions = await endedOf(readIn(call.tenant), subscription, which)
      return await intoQueue(call, queue, inPieces(positions), (sql, position) =>
        sql(ASK.revive).run(at, queue, position, subscription),
      )
    },
    requeue: (call, subscription, queue) =>
      intoQueue(call, queue, owedElsewhere(readIn(call.tenant), subscription, queue), (sql, position) =>
        sql(ASK.requeue).run(queue, position, subscription),
      ),
    isAnyBefore: ({ tenant }, notices) =>
      read(tenant, (sql) =>
        notices.some(
          ({ subscription, entity, position }) =>
            sql(ASK.earlier).get(subscription, entity, numberOf(position)) !== undefined,
        ),
      ),
    drop: async ({ tenant }, subscription) => {
      const owed = await inSteps(tenant, ASK.dropOwed, subscription)
      await inSteps(tenant, ASK.dropSettled, subscription)
      return owed
    },
    forget: ({ tenant }, before, limit) =>
      write(tenant, (sql) => {
        const delivered = Number(sql(ASK.forget).run('delivered', before.delivered, limit).changes)
        return delivered + Number(sql(ASK.forget).run('dead', before.dead, limit - delivered).changes)
      }),
  }
}

function queuesOf(sql: Statements): readonly string[] {
  const rows: { queue: string }[] = sql(ASK.queues).all()
  return rows.map(({ queue }) => queue)
}

function owedOf(sql: Statements, queue: string, most: NoticePage, after: string | undefined): readonly Notice[] {
  const found: Notice[] = []
  let bytes = 0
  for (const row of sql(ASK.owed).iterate(queue, numberOf(after), most.notices)) {
    const notice = readOwed(row)
    found.push(notice)
    bytes += notice.bytes
    if (bytes >= most.bytes) break
  }
  return found
}

function settleAll(sql: Statements, settlements: readonly Settlement[], sinceTold: NoticeSource['sinceTold']): void {
  for (const settlement of settlements) {
    const { told } = settlement
    if (!settle(sql, settlement) && told !== undefined) tellSince(sql, told, sinceTold)
  }
}

/** Whether it was owed. */
function settle(sql: Statements, { id, state, at, reason, onlyIn }: Settlement): boolean {
  const place = whereIs(id)
  if (place === undefined) return false
  const parameters = [state, at, reason ?? null, place.position, place.notice_group]
  const { changes } =
    onlyIn === undefined ? sql(ASK.settle).run(...parameters) : sql(ASK.settleIn).run(...parameters, onlyIn)
  return Number(changes) > 0
}

type Move = (sql: Statements, position: number) => { readonly changes: number | bigint }

function* inPieces(positions: Iterable<number>): Generator<readonly number[]> {
  let piece: number[] = []
  for (const position of positions) {
    piece.push(position)
    if (piece.length < PIECE) continue
    yield piece
    piece = []
  }
  if (piece.length > 0) yield piece
}
