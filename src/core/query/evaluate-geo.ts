/** Whether a GeoProperty of an Entity meets a geoquery (4.10): relations "as specified by" OGC simple features. */

import type { Entity, Json } from '../model/entity.ts'
import { withPlainNumbers } from '../model/geometry.ts'
import type { Geometry, GeoQuery } from './ast.ts'
import { distanceBetween, type Position } from './distance.ts'
import { locate } from './planar.ts'
import { relate } from './relate.ts'

/** 5.7.2.4: "it is sufficient if any of these instances meets the geospatial restrictions". */
export function matchesGeo(entity: Entity, geo: GeoQuery): boolean {
  if (!Object.hasOwn(entity.attributes, geo.property)) return false
  const instances = entity.attributes[geo.property] ?? []
  return instances.some(({ type, value }) => type === 'GeoProperty' && geometryRelates(geometryOf(value), geo))
}

/** The value of a GeoProperty. */
export function geometryOf(value: Json): Geometry {
  return withPlainNumbers(value) as unknown as Geometry
}

export function geometryRelates(target: Geometry, { relation, geometry }: GeoQuery): boolean {
  switch (relation.kind) {
    case 'maxDistance':
      return distanceBetween(target, geometry) <= relation.metres
    case 'minDistance':
      // "it has to be disjoint with the buffer geometric object", to which its rim belongs.
      return distanceBetween(target, geometry) > relation.metres
    default:
      return isPoint(target) && isArea(geometry)
        ? pointRelates(target, geometry, relation.kind)
        : relate(target, geometry, relation.kind)
  }
}

function isPoint({ type }: Geometry): boolean {
  return type === 'Point'
}

function isArea({ type }: Geometry): boolean {
  return type === 'Polygon'
}

type Relation = 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps'

/** Most questions are of points in an area: what JTS would say of them, in a fiftieth of the time. */
function pointRelates(point: Geometry, area: Geometry, relation: Relation): boolean {
  switch (relation) {
    case 'within':
      return locationIn(area, point) === 'interior'
    case 'intersects':
      return locationIn(area, point) !== 'exterior'
    case 'disjoint':
      return locationIn(area, point) === 'exterior'
    case 'contains':
    case 'equals':
    case 'overlaps':
      return false
  }
}

function locationIn({ coordinates }: Geometry, point: Geometry) {
  return locate(coordinates as unknown as readonly (readonly Position[])[], point.coordinates as unknown as Position)
}
