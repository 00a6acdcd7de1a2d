/** Whether a GeoProperty of an Entity meets a geoquery (4.10). */

import type { Entity, Json, JsonObject } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { withPlainNumbers } from '../model/geometry.ts'
import type { Geometry, GeoQuery } from './ast.ts'
import { distanceBetween } from './distance.ts'
import { type Relation, relate } from './geometry-relate.ts'
import { locate, shapeOf } from './geometry-shape.ts'

/** 5.7.2.4: "it is sufficient if any of these instances meets the geospatial restrictions". */
export function matchesGeo(entity: Entity, geo: GeoQuery): boolean {
  // 4.10: "Entities which do not convey the target GeoProperty of the query shall be considered as non-matching."
  if (!Object.hasOwn(entity.attributes, geo.property)) return false
  const instances = entity.attributes[geo.property] ?? []
  return instances.some(({ type, value }) => type === 'GeoProperty' && geometryRelates(geometryOf(value), geo))
}

/** The value of a GeoProperty; the same object where it has no numbers with more digits than can be computed with. */
export function geometryOf(value: Json): Geometry {
  const { coordinates = null } = value as JsonObject
  return (isPlain(coordinates) ? value : withPlainNumbers(value)) as unknown as Geometry
}

function isPlain(coordinates: Json): boolean {
  return Array.isArray(coordinates) ? coordinates.every(isPlain) : !(coordinates instanceof ExactNumber)
}

/**
 * Whether a geometry has the relation to that of the query. What is computed of either is remembered by the object, so
 * ask with the same one. Throws TooComplexQuery where they have millions of edges over one another.
 */
export function geometryRelates(target: Geometry, { relation, geometry }: GeoQuery): boolean {
  switch (relation.kind) {
    case 'maxDistance':
      // 4.10: "it has to be within the buffer geometric object …, with distance (in meters) equal to the number conveyed".
      return distanceBetween(target, geometry) <= relation.metres
    case 'minDistance':
      // 4.10: "it has to be disjoint with the buffer geometric object", to which its rim belongs.
      return distanceBetween(target, geometry) > relation.metres
    default:
      if (target.type === 'Point' && geometry.type.endsWith('Polygon')) {
        return pointRelates(target, geometry, relation.kind)
      }
      return relate(target, geometry, relation.kind)
  }
}

/** What is asked most, of points in an area, without a detour. */
function pointRelates({ coordinates }: Geometry, area: Geometry, relation: Relation): boolean {
  const [x, y] = coordinates as readonly [number, number]
  switch (relation) {
    case 'within':
      return locate(shapeOf(area), x, y) === 'interior'
    case 'intersects':
      return locate(shapeOf(area), x, y) !== 'exterior'
    case 'disjoint':
      return locate(shapeOf(area), x, y) === 'exterior'
    case 'contains':
    case 'equals':
    case 'overlaps':
      return false
  }
}
