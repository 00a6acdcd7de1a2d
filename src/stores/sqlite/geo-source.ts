/** Entities by the places of a GeoProperty. */

import type { Geometry, GeoQuery } from '../../core/query/ast.ts'
import { searchBoxes } from '../../core/query/bounds.ts'
import { discOf } from '../../core/query/disc.ts'
import { geometryRelates } from '../../core/query/evaluate-geo.ts'
import type { Queried } from './database.ts'
import { inOrder, type Reading } from './index-reading.ts'
import { NO_PLACE } from './index-rows.ts'
import { type Placed, type PlacedRow, placesIn } from './places.ts'
import type { Source } from './source.ts'

/** As many rows of values could be read in the time that it takes to compare a place, to read it, to relate it to one vertex. */
const ROWS = { compared: 3, read: 8, related: 4 }

const NOWHERE: Placed = { passed: 0, certain: [], rows: [] }

/** Finds by the places of a GeoProperty, with ever more to read. Undefined where nearly all would have to be looked at. */
export function geoSearch(database: Queried, geo: GeoQuery): (reading: Reading) => Source | undefined {
  const boxes = searchBoxes(geo)
  const property = database.names.find(geo.property)
  if (boxes === undefined) return () => undefined
  const disc = discOf(geo)
  const effort = disc === undefined ? ROWS.read : ROWS.compared
  const places = property === undefined ? undefined : placesIn(database, property, boxes, disc)
  let known = 0
  return (reading) => {
    const most = Math.min(reading.bound, known + Math.floor(reading.left / effort))
    const placed = places?.first(most) ?? NOWHERE
    reading.left -= (placed.passed - known) * effort
    known = placed.passed
    return placed.passed < most ? relating(geo, placed, reading) : tooMany(geo, reading)
  }
}

function tooMany(geo: GeoQuery, { bound }: Reading): Source {
  return { ...placesSource(geo, [], false), rows: bound, rids: undefined }
}

function relating(geo: GeoQuery, { certain, rows }: Placed, reading: Reading): Source {
  const work = rows.length * verticesOf(geo.geometry) * ROWS.related
  const all = (placed: readonly PlacedRow[]): readonly number[] => [...certain, ...placed.map(([rid]) => rid)]
  if (work > reading.left) return placesSource(geo, all(rows), false)
  reading.left -= work
  // Of a point the index knows all there is to know.
  const matching = rows.filter((row) => row[1] === NO_PLACE || geometryRelates(pointOf(row), geo))
  const exact = matching.every(([, longitude]) => longitude !== NO_PLACE)
  return placesSource(geo, all(matching), exact)
}

function placesSource(geo: GeoQuery, found: readonly number[], exact: boolean): Source {
  const rids = inOrder(found)
  return { ranges: [], rids, rows: rids.length, exact, ordered: false, via: `places of ${geo.property}`, parts: 1 }
}

function verticesOf({ coordinates }: Geometry): number {
  return (coordinates as readonly unknown[]).flat(Number.POSITIVE_INFINITY).length / 2
}

function pointOf([, longitude, latitude]: PlacedRow): Geometry {
  return { type: 'Point', coordinates: [longitude, latitude] }
}
