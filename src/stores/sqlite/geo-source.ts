/** Entities by the places of a GeoProperty. */

import type { Geometry, GeoQuery } from '../../core/query/ast.ts'
import { type Box, searchBoxes } from '../../core/query/bounds.ts'
import { geometryRelates } from '../../core/query/evaluate-geo.ts'
import { type CellRange, POINT_LEVEL, rangesOf } from './cells.ts'
import type { Queried } from './database.ts'
import type { Reading } from './index-reading.ts'
import { NO_PLACE } from './index-rows.ts'
import type { Source } from './source.ts'

/** Longitude and latitude are {@link NO_PLACE} where it is larger than a point. */
type PlacedRow = readonly [rid: number, longitude: number, latitude: number]

const IN_CELLS = `SELECT rid, longitude, latitude FROM entity_position
  WHERE property = ? AND level = ? AND cell BETWEEN ? AND ?`
/** In the statement, so that what it leaves out is no part of its LIMIT. */
const IN_BOX = 'longitude BETWEEN ? AND ? AND latitude BETWEEN ? AND ?'
const NEXT_LEVEL = 'SELECT min(level) AS level FROM entity_position WHERE property = ? AND level > ?'

/** As many rows could be counted in the time that it takes to read a place, and to relate it to one vertex. */
const READ = 8
const RELATED = 4

/**
 * Undefined where nearly all places would have to be looked at. Where there are more than may be counted none is given:
 * its `rows` say so.
 */
export function geoSource(database: Queried, geo: GeoQuery, reading: Reading): Source | undefined {
  const boxes = searchBoxes(geo)
  const property = database.names.find(geo.property)
  if (boxes === undefined) return undefined
  const most = Math.min(reading.bound, Math.floor(reading.left / READ))
  const rows = property === undefined ? [] : rowsIn(database, property, boxes, most)
  reading.left -= rows.length * READ
  if (rows.length >= most) return { ...placesSource(geo, [], false), rows: reading.bound, rids: undefined }
  const work = rows.length * verticesOf(geo.geometry) * RELATED
  if (work > reading.left) return placesSource(geo, rows, false)
  reading.left -= work
  // Of a point the index knows all there is to know.
  const matching = rows.filter((row) => row[1] === NO_PLACE || geometryRelates(pointOf(row), geo))
  return placesSource(
    geo,
    matching,
    matching.every(([, longitude]) => longitude !== NO_PLACE),
  )
}

function placesSource(geo: GeoQuery, places: readonly PlacedRow[], exact: boolean): Source {
  const rids = places.map(([rid]) => rid)
  return { ranges: [], rids, rows: rids.length, exact, ordered: false, via: `places of ${geo.property}`, parts: 1 }
}

function verticesOf(geometry: Geometry): number {
  const { coordinates } = geometry
  return (coordinates as readonly unknown[]).flat(Number.POSITIVE_INFINITY).length / 2
}

function pointOf([, longitude, latitude]: PlacedRow): Geometry {
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
  const left = bound - into.length
  const rows: readonly PlacedRow[] =
    level === POINT_LEVEL
      ? statements.arrays(`${IN_CELLS} AND ${IN_BOX} LIMIT ?`).all(property, level, first, last, ...sidesOf(box), left)
      : statements.arrays(`${IN_CELLS} LIMIT ?`).all(property, level, first, last, left)
  for (const row of rows) into.push(row)
}

function sidesOf({ west, south, east, north }: Box): readonly number[] {
  return [west, east, south, north]
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
