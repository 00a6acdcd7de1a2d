/** The NGSI-LD Geoquery Language (4.10): texts → AST. */

import type { Json } from '../model/entity.ts'
import { geometryFault, isGeometryType, withPlainNumbers } from '../model/geometry.ts'
import { JsonTextError, parseJson } from '../model/json-text.ts'
import { badRequest, Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { Geometry, GeoQuery, GeoRelation } from './ast.ts'

/** As they were sent; `property` is an IRI. */
interface GeoTexts {
  readonly georel?: Json | undefined
  readonly geometry?: Json | undefined
  /** JSON text or, in a body, an array. */
  readonly coordinates?: Json | undefined
  readonly property: string
}

/**
 * Throws BadRequestData where one of them is missing or wrong, with the parameter that it is of; TooComplexQuery where
 * the geometry has more than `maxVertices` positions.
 */
export function parseGeoQuery({ georel, geometry, coordinates, property }: GeoTexts, maxVertices: number): GeoQuery {
  const sent = { georel, geometry, coordinates }
  for (const [name, value] of Object.entries(sent)) {
    if (value === undefined) throw badRequest('is missing; georel, geometry and coordinates go together', name)
  }
  const places = { type: 'geometry', coordinates: 'coordinates' }
  return {
    relation: parseRelation(georel, 'georel'),
    geometry: parseGeometry(geometry, coordinates, places, maxVertices),
    property,
  }
}

const RELATIONS = ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps'] as const
/** RFC 8259, "excluding the 'minus' symbol". */
const NEAR = /^near;(maxDistance|minDistance)==((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function parseRelation(georel: Json | undefined, at: string): GeoRelation {
  const kind = RELATIONS.find((relation) => relation === georel)
  if (kind !== undefined) return { kind }
  const text = typeof georel === 'string' ? georel : ''
  const [, modifier, number] = NEAR.exec(text) ?? []
  const metres = Number(number)
  // 4.10: "PositiveNumber shall be a non-zero positive number".
  if (modifier !== undefined && metres > 0 && Number.isFinite(metres)) {
    return { kind: modifier as 'maxDistance' | 'minDistance', metres }
  }
  const near = /^near(?!\w)/.test(text) ? 'near has one distance, a number of metres above 0: ' : ''
  throw badRequest(
    `${near}expected near;maxDistance==500, near;minDistance==500 or ${RELATIONS.join(', ')}; found ${show(georel)}`,
    at,
  )
}

/** Where in a request the two parts of a geometry stand. */
interface GeometryPlaces {
  readonly type: string
  readonly coordinates: string
}

/** A reference geometry. `coordinates` as JSON text or as an array. Throws as {@link parseGeoQuery} does. */
export function parseGeometry(
  type: Json | undefined,
  coordinates: Json | undefined,
  places: GeometryPlaces,
  maxVertices: number,
): Geometry {
  if (!isGeometryType(type)) {
    throw badRequest(
      `expected Point, MultiPoint, LineString, MultiLineString, Polygon or MultiPolygon, found ${show(type)}`,
      places.type,
    )
  }
  const parsed = typeof coordinates === 'string' ? parseCoordinates(coordinates, places) : (coordinates ?? null)
  checkSize(parsed, places, maxVertices)
  const value = { type, coordinates: parsed }
  const fault = geometryFault(value)
  if (fault !== undefined) throw wrong(fault, type, places)
  return withPlainNumbers(value) as unknown as Geometry
}

/** Arrays in one another: no geometry needs more. */
const DEPTH = 8
/** Characters of a number. */
const DIGITS = 400

function parseCoordinates(text: string, { coordinates }: GeometryPlaces): Json {
  try {
    return parseJson(text, { depth: DEPTH, digits: DIGITS })
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    const where = `${error.message} at character ${error.position + 1}`
    throw badRequest(`expected coordinates as JSON, such as [-3.8,43.46] for a Point: ${where}`, coordinates)
  }
}

function checkSize(value: Json, { coordinates }: GeometryPlaces, most: number): void {
  const positions = positionsIn(value, DEPTH)
  if (positions <= most) return
  const detail = `the geometry has ${positions} positions; at most ${most} are taken (BOYA_MAX_VERTICES)`
  throw new Problem('TooComplexQuery', detail, coordinates)
}

function positionsIn(value: Json, depth: number): number {
  if (!Array.isArray(value) || depth === 0) return 0
  if (!Array.isArray(value[0])) return 1
  return value.reduce((sum: number, inner: Json) => sum + positionsIn(inner, depth - 1), 0)
}

const EXAMPLES: Readonly<Record<string, string>> = {
  Point: '[-3.8,43.46]',
  MultiPoint: '[[-3.8,43.46],[-3.7,43.5]]',
  LineString: '[[-3.8,43.46],[-3.7,43.5]]',
  MultiLineString: '[[[-3.8,43.46],[-3.7,43.5]]]',
  Polygon: '[[[-3.9,43.4],[-3.7,43.4],[-3.7,43.5],[-3.9,43.4]]]',
  MultiPolygon: '[[[[-3.9,43.4],[-3.7,43.4],[-3.7,43.5],[-3.9,43.4]]]]',
}

function wrong(
  { at, detail }: { readonly at: string; readonly detail: string },
  type: string,
  { coordinates }: GeometryPlaces,
): Problem {
  const where = at.replace(/^\/coordinates/, '')
  const place = where === '' ? '' : ` (${where} of the coordinates)`
  return badRequest(`${detail}${place}; those of a ${type} look like ${EXAMPLES[type]}`, coordinates)
}
