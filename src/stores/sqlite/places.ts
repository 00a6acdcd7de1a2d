/** Places of a GeoProperty in the index: those in some boxes, a part at a time. */

import type { Box } from '../../core/query/bounds.ts'
import type { Disc } from '../../core/query/disc.ts'
import { POINT_LEVEL, rangesOf } from './cells.ts'
import type { Queried } from './database.ts'
import { type Sql, sql, type Value } from './sql.ts'

/** Longitude and latitude are `NO_PLACE` (index-rows.ts) where it is larger than a point. */
export type PlacedRow = readonly [rid: number, longitude: number, latitude: number]

export interface Placed {
  /** Rows of the index that were read. */
  readonly passed: number
  /** Entities with a point that is certainly in the disc. */
  readonly certain: readonly number[]
  /** What has to be looked at. */
  readonly rows: readonly PlacedRow[]
}

/** What has a part in one of the boxes, and what is so large that it might. */
export interface Places {
  /** What the first `bound` rows give; where there are as many, there may be more. What is read is not read again. */
  first(bound: number): Placed
}

/** `disc`: points outside are not wanted. */
export function placesIn(database: Queried, property: number, boxes: readonly Box[], disc?: Disc): Places {
  const searches = levelsOf(database, property).flatMap((level) =>
    boxes.map((box) => searchOf(property, level, box, disc)),
  )
  const certain: number[] = []
  const rows: PlacedRow[] = []
  let passed = 0
  return {
    first: (bound) => {
      for (const search of searches) {
        const wanted = bound - passed
        if (wanted <= 0) break
        if (search.ended) continue
        const found = search.read(database, wanted, search.passed)
        for (const rid of found.certain) certain.push(rid)
        for (const row of found.rows) rows.push(row)
        passed += found.passed
        search.passed += found.passed
        search.ended = found.passed < wanted
      }
      return { passed, certain, rows }
    },
  }
}

/** Along the cells of one level. */
interface Search {
  readonly read: (database: Queried, limit: number, offset: number) => Placed
  /** Rows that have been read. */
  passed: number
  ended: boolean
}

const IN_CELLS = `FROM json_each(?) range CROSS JOIN entity_position p
  WHERE p.property = ? AND p.level = ? AND p.cell BETWEEN range.value ->> 0 AND range.value ->> 1`
/** In the statement, so that what it leaves out is no part of the LIMIT. */
const IN_BOX = 'AND p.longitude BETWEEN ? AND ? AND p.latitude BETWEEN ? AND ?'
const PLACE = 'p.rid, p.longitude, p.latitude'
const SQUARE = '(p.longitude - ?) * (p.longitude - ?) * ? + (p.latitude - ?) * (p.latitude - ?)'
/** Both of one part of the index. To read a row costs more than to compare it where it is. */
const SUMMARY = `SELECT count(*), group_concat(rid) FILTER (WHERE square <= ?),
  count(*) FILTER (WHERE square > ? AND square <= ?) FROM`
const POSSIBLE = 'SELECT rid, longitude, latitude FROM'

function searchOf(property: number, level: number, box: Box, disc: Disc | undefined): Search {
  const ranges = JSON.stringify(rangesOf(box, level).map(({ first, last }) => [first, last]))
  const cells = sql(IN_CELLS, ranges, property, level)
  // Only points have their place in the index.
  if (level < POINT_LEVEL) return { read: readAll(cells), passed: 0, ended: false }
  const points = sql(`${cells.text} ${IN_BOX}`, ...cells.values, box.west, box.east, box.south, box.north)
  return { read: disc === undefined ? readAll(points) : readDisc(points, disc), passed: 0, ended: false }
}

function readAll({ text, values }: Sql): Search['read'] {
  const select = `SELECT ${PLACE} ${text} LIMIT ? + 0 OFFSET ?`
  return (database, limit, offset) => {
    const rows: readonly PlacedRow[] = database.sql.arrays(select).all(...values, limit, offset)
    return { passed: rows.length, certain: [], rows }
  }
}

function readDisc({ text, values }: Sql, { longitude, latitude, across, certain, possible }: Disc): Search['read'] {
  const part = `(SELECT ${PLACE}, ${SQUARE} AS square ${text} LIMIT ? + 0 OFFSET ?)`
  const all: readonly Value[] = [longitude, longitude, across, latitude, latitude, ...values]
  return (database, limit, offset) => {
    const [passed, rids, others]: readonly [number, string | null, number] = database.sql
      .arrays(`${SUMMARY} ${part}`)
      .get(certain, certain, possible, ...all, limit, offset)
    const rows: readonly PlacedRow[] =
      others === 0
        ? []
        : database.sql
            .arrays(`${POSSIBLE} ${part} WHERE square > ? AND square <= ?`)
            .all(...all, limit, offset, certain, possible)
    return { passed, certain: JSON.parse(`[${rids ?? ''}]`), rows }
  }
}

const NEXT_LEVEL = 'SELECT min(level) AS level FROM entity_position WHERE property = ? AND level > ?'

function levelsOf({ sql: statements }: Queried, property: number): readonly number[] {
  const levels: number[] = []
  for (let last = -1; ; ) {
    const row: { level: number | null } = statements(NEXT_LEVEL).get(property, last)
    if (row.level === null) return levels
    levels.push(row.level)
    last = row.level
  }
}
