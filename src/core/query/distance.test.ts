import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Geometry } from './ast.ts'
import { boundsOf, searchBoxes } from './bounds.ts'
import { distanceBetween } from './distance.ts'

type Position = readonly [number, number]
const point = (...coordinates: Position): Geometry => ({ type: 'Point', coordinates })
const line = (...coordinates: readonly Position[]): Geometry => ({ type: 'LineString', coordinates })
const polygon = (...coordinates: readonly (readonly Position[])[]): Geometry => ({ type: 'Polygon', coordinates })
const square = (west: number, south: number, size: number): readonly Position[] => [
  [west, south],
  [west + size, south],
  [west + size, south + size],
  [west, south + size],
  [west, south],
]
/** A degree of a great circle. */
const DEGREE = (6_371_008.8 * Math.PI) / 180

/** Also where the Earth is sewn together. */
const longitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 0, 180))
const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 0, 89.9, 90))
const position = fc.tuple(longitude, latitude)
/** Lines of all sizes, everywhere. */
const segment = fc
  .tuple(
    position,
    fc.oneof(fc.double({ min: -3, max: 2.3, noNaN: true }), fc.constant(-14)),
    fc.tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true })),
  )
  .map(([[x, y], size, [dx, dy]]): readonly [Position, Position] => {
    const end: Position = [
      Math.max(-180, Math.min(180, x + dx * 10 ** size)),
      Math.max(-90, Math.min(90, y + dy * 10 ** size)),
    ]
    return [[x, y], end]
  })

function along([[ax, ay], [bx, by]]: readonly [Position, Position], share: number): Position {
  return [ax + share * (bx - ax), ay + share * (by - ay)]
}

describe('distances (4.10, 4.23.1)', () => {
  it('are in metres on a sphere', () => {
    expect(distanceBetween(point(0, 0), point(1, 0))).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(point(0, 0), point(0, 1))).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(point(0, 60), point(1, 60))).toBeCloseTo(55_597, 0)
    expect(distanceBetween(point(0, 0), point(180, 0))).toBeCloseTo(180 * DEGREE, 3)
    // Nashville to Los Angeles: 2,887.26 km where the radius is 6,372.8 km.
    const expected = (2887.25995 * 6371.0088) / 6372.8
    expect(distanceBetween(point(-86.67, 36.12), point(-118.4, 33.94)) / 1000).toBeCloseTo(expected, 3)
  })

  it('are short across the antimeridian', () => {
    expect(distanceBetween(point(179.5, 0), point(-179.5, 0))).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(line([179, 0], [179.5, 0]), line([-179.5, 0], [-179, 0]))).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(point(-180, 5), line([180, 0], [180, 10]))).toBe(0)
    expect(distanceBetween(point(-175, 1), polygon(square(170, 0, 9)))).toBeCloseTo(6 * DEGREE, -3)
  })

  it('to the same place are the same to the last bit, however it is written', () => {
    for (const longitude of [-170, -170.3, 12.7]) {
      const to = (...coordinates: [number, number]) =>
        distanceBetween({ type: 'Point', coordinates: [longitude, 43.46] }, { type: 'Point', coordinates })
      expect(to(-180, 10)).toBe(to(180, 10))
      expect(new Set([30, -75, 0, 180].map((meridian) => to(meridian, 90))).size).toBe(1)
    }
  })

  it('are short at the poles', () => {
    expect(distanceBetween(point(0, 90), point(135, 90))).toBeCloseTo(0, 6)
    expect(distanceBetween(point(0, 89), point(180, 89))).toBeCloseTo(2 * DEGREE, 3)
    expect(distanceBetween(point(90, 90), line([-10, 80], [10, 80]))).toBeCloseTo(10 * DEGREE, 3)
  })

  it('are those of the nearest points of two geometries', () => {
    expect(distanceBetween(point(5, 1), line([0, 0], [10, 0]))).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(point(5, 3), polygon(square(0, 0, 2)))).toBeCloseTo(
      distanceBetween(point(5, 3), point(2, 2)),
      3,
    )
    expect(
      distanceBetween(
        {
          type: 'MultiPoint',
          coordinates: [
            [0, 0],
            [50, 0],
          ],
        },
        point(49, 0),
      ),
    ).toBeCloseTo(DEGREE, 3)
    expect(
      distanceBetween({ type: 'MultiPolygon', coordinates: [[square(0, 0, 1)], [square(5, 0, 1)]] }, point(7, 0)),
    ).toBeCloseTo(DEGREE, 3)
    expect(distanceBetween(point(0, 60.009), line([-5, 60], [5, 60]))).toBeCloseTo(0.009 * DEGREE, 1)
  })

  it('at high latitudes go to what is near in metres, not in degrees', () => {
    const probe = line([0, 85.6], [1, 85])
    expect(distanceBetween(point(0, 85), probe)).toBeLessThan(9700)
    expect(distanceBetween(point(0, 85), probe)).toBeGreaterThan(9000)
  })

  it('are 0 where geometries touch or one lies in the other, not where it lies in a hole', () => {
    const ring = polygon(square(0, 0, 10), square(4, 4, 2))
    expect(distanceBetween(point(1, 1), ring)).toBe(0)
    expect(distanceBetween(ring, point(10, 5))).toBe(0)
    expect(distanceBetween(line([1, 1], [2, 2]), ring)).toBe(0)
    expect(distanceBetween(line([-5, 5], [5, 20]), line([0, 20], [0, 0]))).toBe(0)
    expect(distanceBetween(point(5, 5), ring)).toBeCloseTo(distanceBetween(point(5, 5), point(6, 5)), 0)
  })

  it('of a place to itself are 0, and the same in both directions', () => {
    fc.assert(
      fc.property(segment, segment, (a, b) => {
        expect(distanceBetween(line(...a), line(...a))).toBe(0)
        const there = distanceBetween(line(...a), line(...b))
        expect(distanceBetween(line(...b), line(...a))).toBeCloseTo(there, 3)
      }),
    )
  })

  it('are never longer over a third place', () => {
    fc.assert(
      fc.property(position, position, position, (a, b, c) => {
        const direct = distanceBetween(point(...a), point(...c))
        const detour = distanceBetween(point(...a), point(...b)) + distanceBetween(point(...b), point(...c))
        // On the other side of the Earth the formula is exact to some decimetres.
        expect(direct).toBeLessThanOrEqual(detour + 1)
      }),
    )
  })

  it('are not longer than from any place of one to any of the other, and as long as from one of them', () => {
    const shares = Array.from({ length: 401 }, (_, i) => i / 400)
    fc.assert(
      fc.property(segment, position, (a, b) => {
        const found = distanceBetween(line(...a), point(...b))
        const sampled = shares.map((share) => distanceBetween(point(...along(a, share)), point(...b)))
        const gap = distanceBetween(point(...a[0]), point(...along(a, 1 / 400)))
        expect(found).toBeLessThanOrEqual(Math.min(...sampled) + 1)
        expect(found).toBeGreaterThanOrEqual(Math.min(...sampled) - gap - 1)
      }),
      { numRuns: 1000 },
    )
  })

  it('are no less than the boxes allow in which a store looks for what is near', () => {
    fc.assert(
      fc.property(segment, segment, fc.double({ min: 0.9, max: 1, noNaN: true }), (a, b, share) => {
        const metres = distanceBetween(line(...a), line(...b)) / share + 1e-3
        const boxes = searchBoxes({ relation: { kind: 'maxDistance', metres }, geometry: line(...b), property: '' })
        const { west, south, east, north } = boundsOf(line(...a))
        const isFound = boxes?.some(
          (box) => box.west <= east && west <= box.east && box.south <= north && south <= box.north,
        )
        expect(isFound).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('to a line along a meridian on the other side of the Earth go over the pole that is nearer', () => {
    const meridian = line([1.4210854715202007e-14, -90], [0, 0])
    expect(distanceBetween(point(-180, 45), meridian) / DEGREE).toBeCloseTo(135, 6)
    expect(distanceBetween(point(-180, -45), meridian) / DEGREE).toBeCloseTo(45, 6)
  })

  it.each<[readonly [Position, Position], Position]>([
    [
      [
        [0.6466, -53.9215],
        [-180, 90],
      ],
      [177.0347, 88.2514],
    ],
    [
      [
        [-24.1681, 66.7455],
        [159.305, 90],
      ],
      [157.8717, -76.0117],
    ],
    [
      [
        [-170, 80],
        [170, 85],
      ],
      [0, 89],
    ],
  ])('of long lines that come near a pole are exact: %j to %j', (long, place) => {
    const sampled = Array.from({ length: 50_001 }, (_, i) =>
      distanceBetween(point(...along(long, i / 50_000)), point(...place)),
    )
    const found = distanceBetween(line(...long), point(...place))
    expect(found).toBeLessThanOrEqual(Math.min(...sampled) + 1)
    expect(found).toBeGreaterThan(Math.min(...sampled) - 500)
  })

  it('between many edges are those of the nearest pair', () => {
    const wave = (x: number, n: number) =>
      line(...Array.from({ length: n }, (_, i): Position => [x + Math.sin(i) * 3 + i / n, i / n]))
    const edges = (geometry: Geometry) =>
      geometry.coordinates.slice(1).map((end, i) => line(geometry.coordinates[i] as Position, end as Position))
    const [a, b] = [wave(0, 60), wave(9, 45)]
    const each = edges(a).flatMap((one) => edges(b).map((other) => distanceBetween(one, other)))
    expect(distanceBetween(a, b)).toBeCloseTo(Math.min(...each), 6)
  })

  it('between many edges are found across the antimeridian, too, where others are near elsewhere', () => {
    const row = (from: number, step: number, latitude: number) =>
      Array.from({ length: 8 }, (_, i): Position => [from + step * i, latitude])
    const west: Geometry = { type: 'MultiPoint', coordinates: [...row(-180, 4, 0), ...row(0, 0.01, 40)] }
    const east: Geometry = { type: 'MultiPoint', coordinates: [...row(179.9, -4, 0), ...row(0, 0.01, 20)] }
    expect(distanceBetween(west, east) / DEGREE).toBeCloseTo(0.1, 6)
  })

  it('between geometries of twenty thousand points are computed in less than a second', () => {
    const circle = (x: number) =>
      polygon(
        Array.from(
          { length: 20_001 },
          (_, i): Position => [x + 3 * Math.cos((i % 20_000) / 3183), 3 * Math.sin((i % 20_000) / 3183)],
        ),
      )
    const [a, b] = [circle(0), circle(50)]
    const start = performance.now()
    expect(distanceBetween(a, b) / DEGREE).toBeCloseTo(44, 1)
    expect(performance.now() - start).toBeLessThan(2000)
  })

  it('that would take too long are refused', () => {
    const zigzag = (x: number) =>
      line(...Array.from({ length: 20_000 }, (_, i): Position => [x + (i % 2) * 10 + i / 2e8, (i % 2) * 10]))
    expect(() => distanceBetween(zigzag(0), zigzag(1))).toThrow('too many edges')
  })
})
