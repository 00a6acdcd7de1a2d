/** The NGSI-LD Geoquery Language (4.10): texts → AST. */

import type { Json } from '../model/entity.ts'
import { geometryFault, isGeometryType, withPlainNumbers } from '../model/geometry.ts'
import { JsonTextError, parseJson } from '../model/json-text.ts'
import { badRequest, Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { Geometry, GeoQuery, GeoRelation } from './ast.ts'

/** As they were sent; `property` is an IRI. */
export interface GeoTexts {
  readonly georel?: string | undefined
  readonly geometry?: string | undefined
  readonly coordinates?: string | undefined
  readonly property: string
}

/**
 * Throws BadRequestData where one of them is missing or wrong, with the parameter that it is of; TooComplexQuery where
 * the geometry has more than `maxVertices` positions.
 */
export function parseGeoQuery({ georel, geometry, coordinates, property }: GeoTexts, maxVertices: number): GeoQuery {
  const sent = { georel, geometry, coordinates }
  for (const [name, value] of Object.entries(sent)) {
    if (value === undefined) throw badRequest(`is missing; georel, geometry and coordinates go together`, name)
  }
  const places = { type: 'geometry', coordinates: 'coordinates' }
  return {
    relation: parseRelation(georel ?? ''),
    geometry: parseGeometry(geometry ?? '', coordinates ?? '', places, maxVertices),
    property,
  }
}

const RELATIONS = ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps'] as const
/** RFC 8259, "excluding the 'minus' symbol". */
const NEAR = /^near;(maxDistance|minDistance)==((?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function parseRelation(georel: string): GeoRelation {
  const kind = RELATIONS.find((relation) => relation === georel)
  if (kind !== undefined) return { kind }
  const [, modifier, number] = NEAR.exec(georel) ?? []
  const metres = Number(number)
  // 4.10: "PositiveNumber shall be a non-zero positive number".
  if (modifier !== undefined && metres > 0 && Number.isFinite(metres)) {
    return { kind: modifier as 'maxDistance' | 'minDistance', metres }
  }
  const near = georel.startsWith('near') ? 'near needs one distance in metres, a number above 0: ' : ''
  throw badRequest(
    `${near}expected near;maxDistance==500, near;minDistance==500, ${RELATIONS.join(', ')}; found ${show(georel)}`,
    'georel',
  )
}

/** Where in a request the two parts of a geometry stand. */
interface Places {
  readonly type: string
  readonly coordinates: string
}

/** `coordinates` as JSON text. Throws as {@link parseGeoQuery} does. */
export function parseGeometry(type: string, coordinates: string, places: Places, maxVertices: number): Geometry {
  if (!isGeometryType(type)) {
    throw badRequest(
      `expected Point, MultiPoint, LineString, MultiLineString, Polygon or MultiPolygon, found ${show(type)}`,
      places.type,
    )
  }
  const value = { type, coordinates: parseCoordinates(coordinates, places) }
  const fault = geometryFault(value, maxVertices)
  if (fault !== undefined) throw wrong(fault, places, maxVertices)
  return withPlainNumbers(value) as unknown as Geometry
}

/** Arrays in one another: no geometry needs more. */
const DEPTH = 8
const DIGITS = 400

function parseCoordinates(text: string, { coordinates }: Places): Json {
  try {
    return parseJson(text, { depth: DEPTH, digits: DIGITS })
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    const detail = `expected coordinates as JSON, such as [-3.8,43.46]: ${error.message} at character ${error.position + 1}`
    throw badRequest(detail, coordinates)
  }
}

function wrong(
  { at, detail }: { readonly at: string; readonly detail: string },
  places: Places,
  maxVertices: number,
): Problem {
  const where = at.replace(/^\/coordinates/, '')
  const text = where === '' ? detail : `${detail} (at ${where} of the coordinates)`
  return detail.includes(`more than ${maxVertices} positions`)
    ? new Problem('TooComplexQuery', text, places.coordinates)
    : badRequest(text, places.coordinates)
}
