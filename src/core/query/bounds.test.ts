import { describe, expect, it } from 'vitest'
import type { Geometry, GeoQuery } from './ast.ts'
import { searchBoxes } from './bounds.ts'

const point = (longitude: number, latitude: number): Geometry => ({ type: 'Point', coordinates: [longitude, latitude] })
const near = (geometry: Geometry, metres: number): GeoQuery => ({
  relation: { kind: 'maxDistance', metres },
  geometry,
  property: 'location',
})

describe('boxes around', () => {
  it('the antimeridian have both sides, however near', () => {
    for (const metres of [0, 1e-6, 10]) {
      for (const longitude of [-180, 180]) {
        const boxes = searchBoxes(near(point(longitude, 10), metres)) ?? []
        for (const side of [-180, 180]) {
          expect(boxes.some(({ west, east }) => west <= side && side <= east)).toBe(true)
        }
      }
    }
  })
})
