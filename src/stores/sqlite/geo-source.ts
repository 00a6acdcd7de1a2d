/** Entities by the places of a GeoProperty. */

import type { Geometry, GeoQuery } from '../../core/query/ast.ts'
import { type Box, searchBoxes } from '../../core/query/bounds.ts'
import { geometryRelates } from '../../core/query/evaluate-geo.ts'
import { POINT_LEVEL, rangesOf } from './cells.ts'
import type { Queried } from './database.ts'
import { inOrder, type Reading } from './index-reading.ts'
import { NO_PLACE } from './index-rows.ts'
import type { Source } from './source.ts'
import { type Sql, sql, where } from './sql.ts'

/** Longitude and latitude are {@link NO_PLACE} where it is larger than a point. */
type PlacedRow = readonly [rid: number, longitude: number, latitude: number]

/**
 * The box stands in the statement, so that what it leaves out is no part of the LIMIT. Only points have their place in
 * the index; the others have the same box and are looked at.
 */
const IN_CELLS = `SELECT p.rid, p.longitude, p.latitude FROM json_each(?) range CROSS JOIN entity_position p
  WHERE p.property = ? AND p.level = ? AND p.cell BETWEEN range.value ->> 0 AND range.value ->> 1`
const IN_BOX = 'p.longitude BETWEEN ? AND ? AND p.latitude BETWEEN ? AND ?'
const NEXT_LEVEL = 'SELECT min(level) AS level FROM entity_position WHERE property = ? AND level > ?'

/** As many rows could be counted in the time that it takes to read a place, and to relate it to one vertex. */
const READ = 8
const RELATED = 4

/** Finds by the places of a GeoProperty. Undefined where nearly all would have to be looked at. */
export function geoSearch(database: Queried, geo: GeoQuery): ((reading: Reading) => Source) | undefined {
  const boxes = searchBoxes(geo)
  const property = database.names.find(geo.property)
  if (boxes === undefined) return undefined
  const places = property === undefined ? NOWHERE : placesIn(database, property, boxes)
  let known = 0
  return (reading) => {
    const most = Math.min(reading.bound, known + Math.floor(reading.left / READ))
    const rows = places.first(most)
    reading.left -= (rows.length - known) * READ
    known = rows.length
    return rows.length < most ? relating(geo, rows, reading) : tooMany(geo, reading)
  }
}

const NOWHERE: Places = { first: () => [] }

function tooMany(geo: GeoQuery, { bound }: Reading): Source {
  return { ...placesSource(geo, [], false), rows: bound, rids: undefined }
}

function relating(geo: GeoQuery, rows: readonly PlacedRow[], reading: Reading): Source {
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
  const rids = inOrder(places.map(([rid]) => rid))
  return { ranges: [], rids, rows: rids.length, exact, ordered: false, via: `places of ${geo.property}`, parts: 1 }
}

function verticesOf(geometry: Geometry): number {
  const { coordinates } = geometry
  return (coordinates as readonly unknown[]).flat(Number.POSITIVE_INFINITY).length / 2
}

function pointOf([, longitude, latitude]: PlacedRow): Geometry {
  return { type: 'Point', coordinates: [longitude, latitude] }
}

/** What has a part in one of the boxes, and what is so large that it might. */
export interface Places {
  /** The first of them, `bound` at most; where there are as many, there may be more. What is read is not read again. */
  first(bound: number): readonly PlacedRow[]
}

export function placesIn(database: Queried, property: number, boxes: readonly Box[]): Places {
  const searches = levelsOf(database, property).flatMap((level) => boxes.map((box) => searchOf(property, level, box)))
  const found: PlacedRow[] = []
  const read = (search: Search, wanted: number): void => {
    const { text, values } = search.select
    const rows: readonly PlacedRow[] = database.sql.arrays(text).all(...values, wanted, search.passed)
    for (const row of rows) found.push(row)
    search.passed += rows.length
    search.ended = rows.length < wanted
  }
  return {
    first: (bound) => {
      for (const search of searches) {
        if (found.length >= bound) break
        if (!search.ended) read(search, bound - found.length)
      }
      return found
    },
  }
}

/** Along the cells of one level. */
interface Search {
  readonly select: Sql
  /** Rows that have been read. */
  passed: number
  ended: boolean
}

function searchOf(property: number, level: number, box: Box): Search {
  const ranges = JSON.stringify(rangesOf(box, level).map(({ first, last }) => [first, last]))
  const cells = sql(IN_CELLS, ranges, property, level)
  const { text, values } = level === POINT_LEVEL ? where(cells, sql(IN_BOX, ...sidesOf(box))) : cells
  return { select: sql(`${text} LIMIT ? OFFSET ?`, ...values), passed: 0, ended: false }
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
