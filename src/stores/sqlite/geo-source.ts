/** Entities by the places of a GeoProperty. */

import type { Geometry, GeoQuery } from '../../core/query/ast.ts'
import { type Box, searchBoxes } from '../../core/query/bounds.ts'
import { geometryRelates } from '../../core/query/evaluate-geo.ts'
import { type CellRange, POINT_LEVEL, rangesOf } from './cells.ts'
import type { Queried } from './database.ts'
import { NO_PLACE } from './index-rows.ts'
import type { Source } from './source.ts'
import { sql } from './sql.ts'

export interface PlacedRow {
  readonly rid: number
  /** {@link NO_PLACE} where it is larger than a point. */
  readonly longitude: number
  readonly latitude: number
}

const IN_CELLS = `SELECT rid, longitude, latitude FROM entity_position
  WHERE property = ? AND level = ? AND cell BETWEEN ? AND ? LIMIT ?`
const NEXT_LEVEL = 'SELECT min(level) AS level FROM entity_position WHERE property = ? AND level > ?'

/**
 * Undefined where nearly all places would have to be looked at. Where there are `bound` rows or more none is given: its
 * `rows` say so.
 */
export function geoSource(database: Queried, geo: GeoQuery, bound: number): Source | undefined {
  const boxes = searchBoxes(geo)
  const property = database.names.find(geo.property)
  if (boxes === undefined) return undefined
  const rows = property === undefined ? [] : rowsIn(database, property, boxes, bound)
  const full = rows.length >= bound
  // Of a point the index knows all there is to know.
  const matching = full ? [] : rows.filter((row) => row.longitude === NO_PLACE || geometryRelates(pointOf(row), geo))
  const rids = [...new Set(matching.map(({ rid }) => rid))]
  return {
    selects: [sql('SELECT c.rid FROM (SELECT value AS rid FROM json_each(?)) c WHERE true', JSON.stringify(rids))],
    exact: matching.every(({ longitude }) => longitude !== NO_PLACE),
    ordered: false,
    rows: full ? bound : rids.length,
    via: `places of ${geo.property}`,
    parts: 1,
  }
}

function pointOf({ longitude, latitude }: PlacedRow): Geometry {
  return { type: 'Point', coordinates: [longitude, latitude] }
}

/** What has a part in one of the boxes, and what is so large that it might; `bound` rows at most, then it may be more. */
export function rowsIn(
  database: Queried,
  property: number,
  boxes: readonly Box[],
  bound: number,
): readonly PlacedRow[] {
  const found: PlacedRow[] = []
  for (const level of levelsOf(database, property)) {
    for (const box of boxes) {
      for (const range of rangesOf(box, level)) addRows(database, property, { range, box }, bound, found)
      if (found.length >= bound) return found
    }
  }
  return found
}

function addRows(
  { sql: statements }: Queried,
  property: number,
  { range, box }: { readonly range: CellRange; readonly box: Box },
  bound: number,
  into: PlacedRow[],
): void {
  const { level, first, last } = range
  if (into.length >= bound) return
  const rows: PlacedRow[] = statements(IN_CELLS).all(property, level, first, last, bound)
  for (const row of rows) if (level !== POINT_LEVEL || isIn(row, box)) into.push(row)
}

function isIn({ longitude, latitude }: PlacedRow, { west, south, east, north }: Box): boolean {
  return longitude >= west && longitude <= east && latitude >= south && latitude <= north
}

function levelsOf({ sql: statements }: Queried, property: number): readonly number[] {
  const levels: number[] = []
  for (let last = -1; ; ) {
    const row: { level: number | null } = statements(NEXT_LEVEL).get(property, last)
    if (row.level === null) return levels
    levels.push(row.level)
    last = row.level
  }
}
