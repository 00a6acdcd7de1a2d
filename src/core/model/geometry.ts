/** GeoJSON geometries as values of GeoProperties (4.7.1): "All the Geometries defined by [8] are allowed except GeometryCollection." */

import type { Json, JsonObject } from './entity.ts'
import { ExactNumber } from './exact-number.ts'
import { show } from './show.ts'

/** How deep the positions lie in `coordinates`, by geometry type. */
const DEPTH: Readonly<Record<string, number>> = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
}

/** Whether a text names a geometry type that an Attribute can have. */
export function isGeometryType(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(DEPTH, name)
}

/** Whether a value reads as a geometry: what 4.7.3 lets infer a GeoProperty from. */
export function looksLikeGeometry(value: Json | undefined): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const members = value as JsonObject
  return isGeometryType(members.type) && Array.isArray(members.coordinates)
}

/**
 * What keeps a value from being a geometry, with a JSON pointer relative to it; undefined where nothing does.
 * @param maxVertices how many positions it may have
 */
export function geometryFault(
  value: Json,
  maxVertices = Number.POSITIVE_INFINITY,
): { at: string; detail: string } | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return {
      at: '',
      detail: 'a GeoProperty needs a GeoJSON geometry, such as {"type":"Point","coordinates":[-3.8,43.46]}',
    }
  }
  const { type, coordinates } = value as JsonObject
  if (!isGeometryType(type)) {
    return {
      at: '/type',
      detail: `expected a geometry type that an Attribute can have (${Object.keys(DEPTH).join(', ')}), found ${show(type)}`,
    }
  }
  const counter = { left: maxVertices, max: maxVertices }
  return coordinatesFault(type, coordinates, DEPTH[type] ?? 0, '/coordinates', counter)
}

interface Counter {
  left: number
  readonly max: number
}
type Fault = { at: string; detail: string } | undefined

function coordinatesFault(type: string, value: Json | undefined, depth: number, at: string, counter: Counter): Fault {
  if (!Array.isArray(value)) return { at, detail: `the coordinates of a ${type} are an array` }
  if (depth === 0) return positionFault(value, at, counter)
  for (let i = 0; i < value.length; i++) {
    const fault = coordinatesFault(type, value[i], depth - 1, `${at}/${i}`, counter)
    if (fault !== undefined) return fault
  }
  if (depth !== 1) return value.length === 0 ? { at, detail: `a ${type} needs coordinates` } : undefined
  return type.endsWith('Polygon') ? ringFault(value, at) : lineFault(type, value, at)
}

function positionFault(position: readonly Json[], at: string, counter: Counter): Fault {
  if (--counter.left < 0)
    return { at, detail: `the geometry has more than ${counter.max} positions (BOYA_MAX_VERTICES)` }
  if (position.length < 2 || !position.every((n) => typeof n === 'number' || n instanceof ExactNumber)) {
    return { at, detail: 'a position is an array of numbers: longitude, latitude and, if wanted, altitude' }
  }
  const longitude = toNumber(position[0])
  const latitude = toNumber(position[1])
  if (longitude >= -180 && longitude <= 180 && latitude >= -90 && latitude <= 90) return undefined
  return {
    at,
    detail: `[${longitude},${latitude}] is no place on Earth: longitude (-180 to 180) comes first, then latitude (-90 to 90)`,
  }
}

function toNumber(value: Json | undefined): number {
  return value instanceof ExactNumber ? value.toNumber() : Number(value)
}

function lineFault(type: string, line: readonly Json[], at: string): Fault {
  const least = type === 'MultiPoint' ? 1 : 2
  return line.length < least ? { at, detail: `a ${type} needs ${least} or more positions` } : undefined
}

/** RFC 7946, 3.1.6: "A linear ring is a closed LineString with four or more positions." */
function ringFault(ring: readonly Json[], at: string): Fault {
  if (ring.length < 4) return { at, detail: 'a ring of a polygon needs four or more positions' }
  const first = ring[0] as readonly Json[]
  const last = ring[ring.length - 1] as readonly Json[]
  const closed = first.length === last.length && first.every((n, i) => toNumber(n) === toNumber(last[i]))
  return closed
    ? undefined
    : { at, detail: 'a ring of a polygon ends where it begins: repeat its first position as its last' }
}

/** The value of a GeoProperty with numbers to compute with: the nearest doubles of those that are kept as text. */
export function withPlainNumbers<T extends Json>(geometry: T): T {
  return plain(geometry) as T
}

function plain(value: Json): Json {
  if (value instanceof ExactNumber) return value.toNumber()
  if (Array.isArray(value)) return value.some((item) => typeof item === 'object') ? value.map(plain) : value
  if (typeof value !== 'object' || value === null) return value
  const { coordinates = null, ...others } = value as JsonObject
  return { ...others, coordinates: plain(coordinates) }
}
