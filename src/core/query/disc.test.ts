import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesOf } from '../../../test/support/long.ts'
import type { Geometry, GeoQuery } from './ast.ts'
import { discOf } from './disc.ts'
import { distanceBetween } from './distance.ts'

const point = (longitude: number, latitude: number): Geometry => ({ type: 'Point', coordinates: [longitude, latitude] })
const near = (geometry: Geometry, metres: number): GeoQuery => ({
  relation: { kind: 'maxDistance', metres },
  geometry,
  property: 'location',
})
const unit = fc.double({ min: -1, max: 1, noNaN: true })

describe('the surroundings of a point on the plane', () => {
  /** Places about as far from a centre as is asked, and centres all over the Earth. */
  const cases = fc.record({
    longitude: unit.map((x) => x * 180),
    latitude: unit.map((y) => y * 80),
    metres: fc.double({ min: 0, max: 50_000, noNaN: true }),
    bearing: unit.map((turn) => turn * Math.PI),
    far: fc.oneof(
      unit.map(Math.abs),
      unit.map((more) => 1 + more * 1e-7),
      fc.constant(1),
    ),
  })

  it('agree with distances on the sphere', () => {
    let told = 0
    let asked = 0
    fc.assert(
      fc.property(cases, ({ longitude, latitude, metres, bearing, far }) => {
        const disc = discOf(near(point(longitude, latitude), metres))
        fc.pre(disc !== undefined)
        const degrees = (metres * far) / 111_195
        const x = longitude + (degrees * Math.sin(bearing)) / Math.cos((latitude * Math.PI) / 180)
        const y = latitude + degrees * Math.cos(bearing)
        const square = (x - disc.longitude) ** 2 * disc.across + (y - disc.latitude) ** 2
        const isNear = distanceBetween(point(x, y), point(longitude, latitude)) <= metres
        if (square <= disc.certain) expect(isNear).toBe(true)
        if (square > disc.possible) expect(isNear).toBe(false)
        asked++
        if (square <= disc.certain || square > disc.possible) told++
      }),
      { numRuns: casesOf(5_000) },
    )
    expect(told / asked).toBeGreaterThan(0.35)
  })

  it('leave little open', () => {
    const disc = discOf(near(point(-3.8, 43.46), 500))
    expect((disc?.possible ?? 0) / (disc?.certain ?? 0)).toBeLessThan(1.001)
  })

  it.each([
    ['at the antimeridian', near(point(179.999, 0), 500)],
    ['at a pole', near(point(0, 89), 500)],
    ['of hundreds of kilometres', near(point(0, 0), 200_000)],
    [
      'of a line',
      near(
        {
          type: 'LineString',
          coordinates: [
            [0, 0],
            [1, 1],
          ],
        },
        500,
      ),
    ],
    ['outside of a circle', { ...near(point(0, 0), 500), relation: { kind: 'minDistance', metres: 500 } } as const],
  ])('are not known %s', (_, geo) => {
    expect(discOf(geo)).toBeUndefined()
  })
})
