/** What is known of evolutions beside their instances, and which series they have. */

import { LRUCache } from 'lru-cache'
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

/** As {@link HEAD_COLUMNS} has them. */
export type HeadRow = readonly [hid: number, id: string, types: string, createdAt: Instant, deletedAt: Instant | null]

export interface SeriesRow {
  readonly sid: number
  /** IRI. */
  readonly attribute: string
  /** '' for the default instance. */
  readonly dataset: string
  /** Whether any instance of it was ever observed. */
  readonly isTimed: boolean
}

/** Of a statement that gives arrays. */
export const HEAD_COLUMNS = 'e.hid, e.id, e.types, e.created_at, e.deleted_at'

const BY_ID = `SELECT ${HEAD_COLUMNS} FROM evolution e WHERE e.id = ?`

/** Of a row that was read by HEAD_COLUMNS. */
export function headOf([hid, id, types, createdAt, deletedAt]: HeadRow): Head {
  return { hid, id, types: typesIn(types), createdAt, deletedAt }
}

/** Of thousands of evolutions there are some combinations of types. */
const knownTypes = new LRUCache<string, readonly string[]>({ max: 1_000 })

function typesIn(text: string): readonly string[] {
  const known = knownTypes.get(text)
  if (known !== undefined) return known
  const types = JSON.parse(text) as readonly string[]
  knownTypes.set(text, types)
  return types
}

/** `id`: of the entity. Undefined where it has no evolution. */
export function findHead({ sql }: Pick<Queried, 'sql'>, id: string): Head | undefined {
  const row: HeadRow | undefined = sql.arrays(BY_ID).get(id)
  return row && headOf(row)
}

type SeriesColumns = readonly [sid: number, dataset: string, timed: number, attribute: string]

/** A statement: all of an evolution, in the order in which they began. */
export const SERIES = `SELECT s.sid, s.dataset, s.timed, n.iri FROM series s JOIN name n ON n.nid = s.attribute
  WHERE s.hid = ? ORDER BY s.sid`
/** A statement: those of one Attribute. */
export const SERIES_OF = 'SELECT sid, dataset, timed FROM series WHERE hid = ? AND attribute = ? ORDER BY sid'

/** In the order in which they began; `only`: of these Attributes. */
export function seriesOf(
  { sql, names }: Pick<Queried, 'sql' | 'names'>,
  hid: number,
  only?: readonly string[],
): readonly SeriesRow[] {
  const rows = (text: string, ...values: readonly number[]) =>
    sql.arrays(text).all(...values) as readonly SeriesColumns[]
  if (only === undefined) return rows(SERIES, hid).map((row) => seriesRow(row, row[3]))
  return only.flatMap((attribute) => {
    const nid = names.find(attribute)
    return nid === undefined ? [] : rows(SERIES_OF, hid, nid).map((row) => seriesRow(row, attribute))
  })
}

function seriesRow([sid, dataset, timed]: SeriesColumns, attribute: string): SeriesRow {
  return { sid, attribute, dataset, isTimed: timed === 1 }
}

/** Of each series a seek in each of two indexes. */
export const LAST_CHANGES = `SELECT
    max((SELECT i.created_at FROM instance i INDEXED BY instance_created
      WHERE i.sid = s.sid ORDER BY i.created_at DESC LIMIT 1)),
    max((SELECT i.modified_at FROM instance i INDEXED BY instance_modified
      WHERE i.sid = s.sid AND i.modified_at IS NOT NULL ORDER BY i.modified_at DESC LIMIT 1))
  FROM series s WHERE s.hid = ?`

/** With when something of it was changed last. */
export function withModifiedAt(
  { sql }: Pick<Queried, 'sql'>,
  { id, hid, types, createdAt, deletedAt }: Head,
): EvolutionHead {
  const [created, modified]: readonly [Instant | null, Instant | null] = sql.arrays(LAST_CHANGES).get(hid)
  const modifiedAt = Math.max(createdAt, created ?? createdAt, modified ?? createdAt)
  return { id, types, createdAt, modifiedAt, ...(deletedAt !== null && { deletedAt }) }
}
