/** What is owed, as rows: written in record.ts, read and settled in notices.ts. */

import type { Instant, Json } from '../../core/model/entity.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import type { NewNotice, Notice, NoticeSource, SettledNotice, Settlement } from '../../ports/notices.ts'
import type { Owing } from '../common/owing.ts'
import type { Statements } from './statements.ts'

/** A notice that is to be stored with a change. */
export interface PreparedNotice extends StoredJson {
  readonly notice: NewNotice
}

type StoredJson = ReturnType<typeof stringifyJson>

/** Writes nothing. */
export function prepareNotice(notice: NewNotice): PreparedNotice {
  return { notice, ...stringifyJson(notice.content) }
}

/** The statements of {@link storeNotice}. */
export const STORING = {
  replaced: `SELECT position, content, exact FROM notice INDEXED BY notice_owed
    WHERE subscription = ? AND entity = ? AND state IS NULL`,
  rewrite: 'UPDATE notice SET content = ?, exact = ? WHERE position = ?',
  replace: 'DELETE FROM notice INDEXED BY notice_owed WHERE subscription = ? AND entity = ? AND state IS NULL',
  insert: `INSERT INTO notice (notice_group, subscription, queue, entity, since, latest_only, content, exact)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
}

/** Within the transaction of the change that owes it. */
export function storeNotice(
  sql: Statements,
  { group, folded }: Pick<Owing, 'group' | 'folded'>,
  since: Instant,
  prepared: PreparedNotice,
): void {
  const { subscription, queue, entity, latestOnly, folds } = prepared.notice
  const { text, exact } = folds ? withEarlier(sql, prepared, folded) : prepared
  if (latestOnly) sql(STORING.replace).run(subscription, entity)
  sql(STORING.insert).run(group, subscription, queue, entity, since, latestOnly ? 1 : 0, text, exact ? 1 : 0)
}

function withEarlier(sql: Statements, prepared: PreparedNotice, folded: Owing['folded']): StoredJson {
  const { notice } = prepared
  const earlier = owedOf(sql, notice)
  if (earlier.length === 0) return prepared
  return stringifyJson(earlier.reduceRight((content, row) => folded(contentOf(row), content), notice.content))
}

/** What has taken the place of one that has been told meanwhile tells what has changed since then. */
export function tellSince(
  sql: Statements,
  told: NonNullable<Settlement['told']>,
  sinceTold: NoticeSource['sinceTold'],
): void {
  for (const row of owedOf(sql, told)) {
    const { text, exact } = stringifyJson(sinceTold(told.content, contentOf(row)))
    sql(STORING.rewrite).run(text, exact ? 1 : 0, row.position)
  }
}

type ContentRow = Pick<OwedRow, 'position' | 'content' | 'exact'>

/** In their order. */
function owedOf(sql: Statements, { subscription, entity }: Pick<NewNotice, 'subscription' | 'entity'>) {
  const rows: ContentRow[] = sql(STORING.replaced).all(subscription, entity)
  return rows.sort((a, b) => a.position - b.position)
}

function contentOf({ content, exact }: ContentRow): Json {
  return parseStoredJson(content, exact === 1)
}

interface NoticeRow {
  readonly position: number
  readonly notice_group: string
  readonly subscription: string
  readonly queue: string
  readonly entity: string
  readonly since: Instant
  readonly latest_only: number
}

interface OwedRow extends NoticeRow {
  readonly content: string
  readonly exact: number
  /** When it was made owed again. */
  readonly settled_at: Instant | null
}

interface SettledRow extends NoticeRow {
  readonly state: Settlement['state']
  readonly settled_at: Instant
  readonly reason: string | null
}

/** Digits of the largest number that a double holds exactly. */
const DIGITS = 16

function readColumns(row: NoticeRow): Omit<Notice, 'content' | 'bytes'> {
  const { subscription, queue, entity, since, notice_group: group } = row
  return {
    id: idOf(row),
    position: String(row.position).padStart(DIGITS, '0'),
    ...{ group, subscription, queue, entity, since },
    latestOnly: row.latest_only === 1,
  }
}

export function readOwed(row: OwedRow): Notice {
  return {
    ...readColumns(row),
    ...(row.settled_at !== null && { revivedAt: row.settled_at }),
    bytes: Buffer.byteLength(row.content),
    content: contentOf(row),
  }
}

export function readSettled(row: SettledRow): SettledNotice {
  const { state, settled_at: at, reason } = row
  return { ...readColumns(row), settlement: { id: idOf(row), state, at, ...(reason !== null && { reason }) } }
}

/** The group makes it unique also where a database goes on from a backup, and gives positions a second time. */
function idOf({ notice_group: group, position }: NoticeRow): string {
  return `${group}.${position}`
}

/** What an id says; undefined where this store has never given it. */
export function whereIs(id: string): Pick<NoticeRow, 'notice_group' | 'position'> | undefined {
  const [, group, digits] = /^([\w-]+)\.(\d{1,16})$/.exec(id) ?? []
  return group === undefined ? undefined : { notice_group: group, position: Number(digits) }
}

/** Of a position that was given; those of all notices are greater than 0. */
export function numberOf(position: string | undefined): number {
  return position === undefined ? 0 : Number(position)
}
