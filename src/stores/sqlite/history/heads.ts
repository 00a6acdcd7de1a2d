/** What is known of evolutions beside their instances, and which series they have. */

import type { EvolutionHead } from '../../../core/history/past-instance.ts'
import type { Instant } from '../../../core/model/entity.ts'
import type { Queried } from '../database.ts'

export interface Head {
  readonly hid: number
  readonly id: string
  readonly types: readonly string[]
  readonly createdAt: Instant
  readonly deletedAt: Instant | null
}

export interface HeadRow extends Omit<Head, 'types'> {
  readonly types: string
}

export interface SeriesRow {
  readonly sid: number
  /** IRI. */
  readonly attribute: string
  /** '' for the default instance. */
  readonly dataset: string
}

export const HEAD_COLUMNS = 'e.hid, e.id, e.types, e.created_at AS createdAt, e.deleted_at AS deletedAt'

const BY_ID = `SELECT ${HEAD_COLUMNS} FROM evolution e WHERE e.id = ?`

export function headOf(row: HeadRow): Head {
  return { ...row, types: JSON.parse(row.types) as readonly string[] }
}

export function findHead({ sql }: Pick<Queried, 'sql'>, id: string): Head | undefined {
  const row: HeadRow | undefined = sql(BY_ID).get(id)
  return row && headOf(row)
}

const SERIES = `SELECT s.sid, n.iri AS attribute, s.dataset FROM series s JOIN name n ON n.nid = s.attribute WHERE s.hid = ?`
const SERIES_OF = `SELECT sid, dataset FROM series WHERE hid = ? AND attribute = ?`

/** In the order in which they began; `only`: of these Attributes. */
export function seriesOf(
  { sql, names }: Pick<Queried, 'sql' | 'names'>,
  hid: number,
  only?: readonly string[],
): readonly SeriesRow[] {
  if (only === undefined) return sql(`${SERIES} ORDER BY s.sid`).all(hid) as readonly SeriesRow[]
  return only.flatMap((attribute) => {
    const nid = names.find(attribute)
    if (nid === undefined) return []
    const rows: readonly Omit<SeriesRow, 'attribute'>[] = sql(`${SERIES_OF} ORDER BY sid`).all(hid, nid)
    return rows.map((row) => ({ ...row, attribute }))
  })
}

const LAST_CREATED = 'SELECT created_at AS last FROM instance WHERE sid = ? ORDER BY created_at DESC LIMIT 1'
const LAST_MODIFIED =
  'SELECT modified_at AS last FROM instance WHERE sid = ? AND modified_at IS NOT NULL ORDER BY modified_at DESC LIMIT 1'

/** With when something of it was changed last. */
export function withModifiedAt(
  database: Pick<Queried, 'sql' | 'names'>,
  { id, hid, types, createdAt, deletedAt }: Head,
): EvolutionHead {
  let modifiedAt = createdAt
  for (const { sid } of seriesOf(database, hid)) {
    for (const text of [LAST_CREATED, LAST_MODIFIED]) {
      const row: { last: Instant } | undefined = database.sql(text).get(sid)
      modifiedAt = Math.max(modifiedAt, row?.last ?? modifiedAt)
    }
  }
  return { id, types, createdAt, modifiedAt, ...(deletedAt !== null && { deletedAt }) }
}
