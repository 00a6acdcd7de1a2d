/** Where an entity is: what it is looked up by in the index of places. */

import type { AttributeInstance, Entity, Json } from '../../core/model/entity.ts'
import { withPlainNumbers } from '../../core/model/geometry.ts'
import type { Geometry } from '../../core/query/ast.ts'
import { boundsOf } from '../../core/query/bounds.ts'
import { cover, EVERYWHERE, type Polygon } from './cover.ts'
import { hashOf } from './index-keys.ts'
import type { Place } from './stored.ts'

/** Places of one entity: each is several keys of an index, of which MongoDB takes 100,000 of a document. */
const MOST = 1_000
/** Bytes of all of them. What is as long as the equator alone takes 24,000. */
const MOST_PLACES_BYTES = 300_000
/** Bytes of a position, and of a place beside its positions; rather more than less. */
const POSITION = 34
const BESIDE = 120

/**
 * Once for each place of a GeoProperty. Where there are too many, none is kept but that the entity may be anywhere: the
 * evaluator looks at it whatever area is asked for, as it does at all that an area finds.
 */
export function placesOf({ attributes }: Entity): readonly Place[] {
  const places: Place[] = []
  let bytes = 0
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      if (!isPlaced(instance)) continue
      for (const place of placesIn(hashOf(name), instance.value)) {
        places.push(place)
        bytes += bytesOf(place)
      }
      if (places.length > MOST || bytes > MOST_PLACES_BYTES) return anywhere(hashOf(name))
    }
  }
  return places
}

function isPlaced({ type }: AttributeInstance): boolean {
  return type === 'GeoProperty'
}

function placesIn(property: string, value: Json): readonly Place[] {
  const geometry = withPlainNumbers(value) as unknown as Geometry
  const box = boundsOf(geometry)
  if (geometry.type === 'Point') {
    return [{ property, point: true, at: { type: 'Point', coordinates: [box.west, box.south] } }]
  }
  return cover(box).map((at) => areaOf(property, at))
}

function anywhere(property: string): readonly Place[] {
  return EVERYWHERE.map((at) => areaOf(property, at))
}

function areaOf(property: string, at: Polygon): Place {
  return { property, point: false, at }
}

function bytesOf({ at }: Place): number {
  const [ring] = at.coordinates
  return BESIDE + (Array.isArray(ring) ? ring.length * POSITION : 0)
}
