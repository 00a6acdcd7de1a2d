/**
 * What a subscription has, however much: read some at a time, each time in a turn of its own, so that nobody waits for all
 * of it. What ends or comes to be owed meanwhile may be found or not.
 */

import type { Backlog, NoticeStore } from '../../ports/notices.ts'
import { numberOf } from './notice-rows.ts'
import type { Statements } from './statements.ts'

/** Rows that are read in one turn, and that are counted in one. */
const ROWS = 1_000
const COUNTED = 5_000

/** Rows that are changed together, also by who asks for what is found. */
export const PIECE = 200

const ENDED = 'subscription = ? AND state = ? AND state IS NOT NULL'
const OWED =
  'FROM notice INDEXED BY notice_owed WHERE subscription = ? AND state IS NULL AND (entity, since, position) > (?, ?, ?)'

export const WALKING = {
  endedSince: `SELECT position, since FROM notice INDEXED BY notice_since
    WHERE ${ENDED} AND (since, position) > (?, ?) ORDER BY since, position LIMIT ${ROWS}`,
  endedAt: `SELECT position, since, settled_at, queue FROM notice INDEXED BY notice_ended
    WHERE ${ENDED} AND (settled_at, since, position) > (?, ?, ?) ORDER BY settled_at, since, position LIMIT ${ROWS}`,
  // From queue to queue along the index, whatever waits in each.
  otherQueues: `WITH RECURSIVE found (queue) AS (
      SELECT min(queue) FROM notice INDEXED BY notice_waiting WHERE subscription = ?1 AND state IS NULL
      UNION ALL
      SELECT (SELECT min(n.queue) FROM notice n INDEXED BY notice_waiting
        WHERE n.subscription = ?1 AND n.state IS NULL AND n.queue > found.queue)
      FROM found WHERE found.queue IS NOT NULL
    ) SELECT queue FROM found WHERE queue <> ?2`,
  owedIn: `SELECT position FROM notice INDEXED BY notice_waiting
    WHERE subscription = ? AND state IS NULL AND queue = ? AND position > ? AND position <= ? ORDER BY position LIMIT ${PIECE}`,
  last: 'SELECT max(position) AS last FROM notice',
  countEnd: `SELECT entity, since, position ${OWED} ORDER BY entity, since, position LIMIT 1 OFFSET ${COUNTED - 1}`,
  count: `SELECT count(*) AS count, min(since) AS oldest ${OWED} AND (entity, since, position) <= (?, ?, ?)`,
} as const

/** Runs something in a turn of its own. */
export type Read = <T>(from: (sql: Statements) => T) => Promise<T>

type Which = Parameters<NoticeStore['revive']>[3]

interface EndedRow {
  readonly position: number
  readonly since: number
  readonly settled_at: number
  readonly queue: string
}

/** Positions of what has ended so, in their order: eight bytes of each are in memory. */
export async function endedOf(read: Read, subscription: string, which: Which): Promise<Iterable<number>> {
  const runs: Float64Array[] = []
  let run: number[] = []
  const end = (): void => {
    runs.push(Float64Array.from(run).sort())
    run = []
  }
  for await (const positions of pagesOf(read, subscription, which)) {
    run.push(...positions)
    if (run.length >= RUN) end()
  }
  end()
  return merged(runs)
}

/** Positions that are put in order in one turn. */
const RUN = 20_000

function* merged(runs: readonly Float64Array[]): Generator<number> {
  const places = runs.map(() => 0)
  for (;;) {
    const heads = runs.map((run, i) => run[places[i] ?? 0] ?? Number.POSITIVE_INFINITY)
    const lowest = heads.reduce((least, head) => Math.min(least, head), Number.POSITIVE_INFINITY)
    if (lowest === Number.POSITIVE_INFINITY) return
    const at = heads.indexOf(lowest)
    places[at] = (places[at] ?? 0) + 1
    yield lowest
  }
}

async function* pagesOf(read: Read, subscription: string, which: Which): AsyncGenerator<readonly number[]> {
  if ('deadSince' in which) return yield* endedSince(read, subscription, 'dead', which.deadSince)
  if ('since' in which) {
    for (const state of ['dead', 'delivered']) yield* endedSince(read, subscription, state, which.since)
    return
  }
  if (which.toldAfter.length === 0) return
  const from = Math.min(...which.toldAfter.map(({ at }) => at))
  const isMeant = (row: EndedRow): boolean =>
    which.toldAfter.some(
      ({ queue, at, position }) =>
        row.queue === queue && (row.settled_at > at || (row.settled_at === at && row.position > numberOf(position))),
    )
  const first = { settled_at: from, since: Number.MIN_SAFE_INTEGER, position: 0 }
  const rows = rowsOf<EndedRow, typeof first>(read, first, (sql, last) =>
    sql(WALKING.endedAt).all(subscription, 'delivered', last.settled_at, last.since, last.position),
  )
  for await (const page of rows) yield page.filter(isMeant).map(({ position }) => position)
}

type EndedPlace = Pick<EndedRow, 'since' | 'position'>

async function* endedSince(read: Read, subscription: string, state: string, since: number) {
  const rows = rowsOf<EndedPlace, EndedPlace>(read, { since, position: 0 }, (sql, last) =>
    sql(WALKING.endedSince).all(subscription, state, last.since, last.position),
  )
  for await (const page of rows) yield page.map(({ position }) => position)
}

/** `Place`: what has to be known of the last row to go on from it. */
async function* rowsOf<Row extends Place, Place>(
  read: Read,
  first: Place,
  next: (sql: Statements, last: Place) => readonly Row[],
): AsyncGenerator<readonly Row[]> {
  for (let last = first; ; ) {
    const rows = await read((sql) => next(sql, last))
    yield rows
    const end = rows.at(-1)
    if (end === undefined || rows.length < ROWS) return
    last = end
  }
}

/** Positions of what waits in other queues when it is asked for, in their order. Whoever owes there goes on. */
export async function* owedElsewhere(
  read: Read,
  subscription: string,
  queue: string,
): AsyncGenerator<readonly number[]> {
  const others = await read((sql): { queue: string }[] => sql(WALKING.otherQueues).all(subscription, queue))
  if (others.length === 0) return
  const last = await read((sql): number => sql(WALKING.last).get()?.last ?? 0)
  for (let after: number | undefined = 0; after !== undefined; ) {
    const beyond: number = after
    const found = await read((sql) =>
      others.flatMap((each): { position: number }[] => sql(WALKING.owedIn).all(subscription, each.queue, beyond, last)),
    )
    // What comes later in one of them may come before what is left in another.
    const piece = found
      .map(({ position }) => position)
      .sort((a, b) => a - b)
      .slice(0, PIECE)
    if (piece.length > 0) yield piece
    after = piece.at(-1)
  }
}

type CountPlace = readonly [entity: string | Uint8Array, since: number, position: number]

/** SQLite has bytes after all texts. */
const END: CountPlace = [new Uint8Array(), 0, 0]

/** What is owed to a subscription. */
export async function countOwed(read: Read, subscription: string): Promise<Backlog> {
  let count = 0
  let oldest = Number.POSITIVE_INFINITY
  for (let from: CountPlace = ['', 0, 0]; from !== END; ) {
    const begin = from
    from = await read((sql) => {
      const end = sql(WALKING.countEnd).get(subscription, ...begin)
      const upTo: CountPlace = end === undefined ? END : [end.entity, end.since, end.position]
      const counted = sql(WALKING.count).get(subscription, ...begin, ...upTo)
      count += counted.count
      oldest = Math.min(oldest, counted.oldest ?? oldest)
      return upTo
    })
  }
  return { count, ...(count > 0 && { oldest }) }
}
