/** Instances written, in the transaction of whatever they come with. */

import type { Addition } from '../../../core/history/past-instance.ts'
import type { Recording } from '../../../core/history/recording.ts'
import type { Instant } from '../../../core/model/entity.ts'
import type { Statements } from '../statements.ts'
import type { Evolutions, Series } from './evolutions.ts'
import { type Encoded, encodeInstance } from './instance-rows.ts'

interface Written {
  readonly sql: Statements
  readonly evolutions: Evolutions
}

/** What a change of an entity records. */
export function writeRecording(
  { sql, evolutions }: Written,
  { id, types, deletedAt, additions }: Recording,
  now: Instant,
): void {
  const isThere = additions.length > 0 || evolutions.find(id) !== undefined
  if (!isThere) return
  const { hid } = evolutions.put(id, types, deletedAt ?? null, now)
  writeAdditions({ sql, evolutions }, hid, additions)
}

/** Each stands where its time says, beside whatever stands there. */
export function writeAdditions({ sql, evolutions }: Written, hid: number, additions: readonly Addition[]): void {
  for (const { attribute, instance } of additions) {
    insert(sql, evolutions.series(hid, attribute, instance.datasetId ?? ''), encodeInstance(instance))
  }
}

const INSERT = `INSERT OR IGNORE INTO instance (sid, at, created_at, n, kind, value, modified_at, deleted_at, rest)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`

function insert(sql: Statements, { sid, next }: Series, row: Encoded): void {
  const { at, created_at, kind, value, modified_at, deleted_at, rest } = row
  let n = next.createdAt === created_at ? next.n : 0
  // Others may have written in this millisecond.
  while (Number(sql(INSERT).run(sid, at, created_at, n, kind, value, modified_at, deleted_at, rest).changes) === 0) n++
  next.createdAt = created_at
  next.n = n + 1
}
