/**
 * Areas on the sphere that surely cover boxes of longitude and latitude. The edges of a GeoJSON polygon in a spherical
 * index are great circles, which leave the parallels; so an edge is divided into short ones, and moved out by as much as
 * these may leave it.
 */

import type { Box } from '../../core/query/bounds.ts'

export interface Polygon {
  readonly type: 'Polygon'
  readonly coordinates: readonly [readonly Position[]]
}

type Position = readonly [longitude: number, latitude: number]

/** Degrees of longitude of a polygon: less than half of the Earth, of which it would be unclear which half is meant. */
const WIDEST = 60
/** Degrees of longitude of an edge. */
const EDGE = 1
/** Degrees that are added around everything, a metre or so; more than rounding may take away. */
const MARGIN = 1e-5
/** Degrees by which a great circle leaves a parallel, of the square of the degrees that it is long: twice the most there is. */
const BULGE = 0.0022
/** Degrees of latitude up to which parallels are long enough to be divided; beyond, it is a cap around the pole. */
const CAP = 89

interface Columns {
  readonly west: number
  readonly east: number
}

/** What is in the box is in one of the areas. */
export function cover({ west, south, east, north }: Box): readonly Polygon[] {
  const rows = { south: Math.max(south, -CAP), north: Math.min(north, CAP) }
  const columns = onEarth(west - MARGIN, east + MARGIN).flatMap(piecesOf)
  const bands = rows.south <= rows.north ? columns.map((each) => band({ ...rows, ...each })) : []
  return [...bands, ...(north > CAP - MARGIN ? [cap(1)] : []), ...(south < MARGIN - CAP ? [cap(-1)] : [])]
}

/** What lies beyond the antimeridian begins on the other side: no area crosses it, because not all know how. */
function onEarth(west: number, east: number): readonly Columns[] {
  return [
    { west: Math.max(west, -180), east: Math.min(east, 180) },
    ...(west < -180 ? [{ west: west + 360, east: 180 }] : []),
    ...(east > 180 ? [{ west: -180, east: east - 360 }] : []),
  ]
}

function piecesOf({ west, east }: Columns): readonly Columns[] {
  const count = Math.max(1, Math.ceil((east - west) / WIDEST))
  const width = (east - west) / count
  return Array.from({ length: count }, (_, i) => ({ west: west + i * width, east: west + (i + 1) * width }))
}

/** Anticlockwise. */
function band({ west, south, east, north }: Box): Polygon {
  const edges = Math.max(1, Math.ceil((east - west) / EDGE))
  const edge = (east - west) / edges
  const out = MARGIN + BULGE * edge ** 2
  const along = (latitude: number) =>
    Array.from({ length: edges + 1 }, (_, i): Position => [i === edges ? east : west + i * edge, latitude])
  return closed([...along(south - out), ...along(north + out).toReversed()])
}

/** The whole Earth in few corners: its eighths, of which every edge, on the equator or a meridian, is a great circle. */
export const EVERYWHERE: readonly Polygon[] = [-180, -90, 0, 90].flatMap((west) => {
  const east = west + 90
  return [
    closed([
      [west, 0],
      [east, 0],
      [east, 90],
    ]),
    closed([
      [west, 0],
      [east, -90],
      [east, 0],
    ]),
  ]
})

function cap(side: 1 | -1): Polygon {
  const corners = [0, 45, 90, 135, 180, 225, 270, 315].map(
    (longitude): Position => [longitude > 180 ? longitude - 360 : longitude, side * (CAP - 0.5)],
  )
  return closed(side === 1 ? corners : corners.toReversed())
}

function closed(ring: readonly Position[]): Polygon {
  const [first] = ring
  return { type: 'Polygon', coordinates: [first === undefined ? ring : [...ring, first]] }
}
