import fc from 'fast-check'
import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js'
import GeoJSONReader from 'jsts/org/locationtech/jts/io/GeoJSONReader.js'
import RelateOp from 'jsts/org/locationtech/jts/operation/relate/RelateOp.js'
import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js'
import { describe, expect, it } from 'vitest'
import type { Geometry } from './ast.ts'
import { geometryRelates } from './evaluate-geo.ts'
import { type Relation, relate } from './geometry-relate.ts'
import { isSound } from './geometry-sound.ts'

type Position = readonly [number, number]
type Ring = readonly Position[]
interface JtsGeometry {
  getDimension(): number
}

const RELATIONS = ['within', 'contains', 'intersects', 'disjoint', 'equals', 'overlaps'] as const
const reader = new GeoJSONReader(new GeometryFactory()) as { read(geometry: Geometry): JtsGeometry }
const isValid = (geometry: Geometry): boolean => new IsValidOp(reader.read(geometry)).isValid()

function byJts(target: Geometry, reference: Geometry, relation: Relation): boolean {
  const [a, b] = [reader.read(target), reader.read(reference)]
  const matrix = RelateOp.relate(a, b)
  switch (relation) {
    case 'within':
      return matrix.isWithin()
    case 'contains':
      return matrix.isContains()
    case 'intersects':
      return matrix.isIntersects()
    case 'disjoint':
      return matrix.isDisjoint()
    case 'equals':
      return matrix.isEquals(a.getDimension(), b.getDimension())
    case 'overlaps':
      return matrix.isOverlaps(a.getDimension(), b.getDimension())
  }
}

const byUs = (target: Geometry, geometry: Geometry, kind: Relation) =>
  geometryRelates(target, { relation: { kind }, geometry, property: '' })

/** On a grid so small that edges, corners and lines meet often. */
const position = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
const positions = (least: number) => fc.array(position, { minLength: least, maxLength: 6 })
const ring = positions(3).map((corners): Ring => [...corners, corners[0] ?? [0, 0]])
const holed = fc.tuple(position, position).map(([[x, y], [a, b]]): readonly Ring[] => [
  rectangle(x, y, 6, 6),
  [
    [x + 1, y + 1],
    [x + 1 + a / 2, y + 1],
    [x + 1 + a / 2, y + 1 + b / 2],
    [x + 1, y + 1],
  ],
])
const polygon = fc.oneof(
  ring.map((one): readonly Ring[] => [one]),
  holed,
)
const area = fc.oneof(
  polygon.map((coordinates): Geometry => ({ type: 'Polygon', coordinates })),
  fc
    .array(polygon, { minLength: 1, maxLength: 3 })
    .map((coordinates): Geometry => ({ type: 'MultiPolygon', coordinates })),
)
const point = position.map((coordinates): Geometry => ({ type: 'Point', coordinates }))
const geometry = fc.oneof(
  point,
  positions(1).map((coordinates): Geometry => ({ type: 'MultiPoint', coordinates })),
  positions(2).map((coordinates): Geometry => ({ type: 'LineString', coordinates })),
  fc
    .array(positions(2), { minLength: 1, maxLength: 3 })
    .map((coordinates): Geometry => ({ type: 'MultiLineString', coordinates })),
  { weight: 4, arbitrary: area },
)

function rectangle(x: number, y: number, width: number, height: number): Ring {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
    [x, y],
  ]
}

/** Valid for OGC simple features: areas whose rings do not cross, lines with a length. */
function isRegular({ type, coordinates }: Geometry): boolean {
  if (type.endsWith('Polygon')) return isValid({ type, coordinates })
  const lines = type === 'LineString' ? [coordinates] : type === 'MultiLineString' ? coordinates : []
  return (lines as readonly Ring[]).every((line) => new Set(line.map(String)).size > 1)
}

const numRuns = process.env.BOYA_TEST_LONG === undefined ? 500 : 200_000
const timeout = 600_000

describe('relations of OGC simple features (4.10)', () => {
  it('are those that JTS finds, between any two geometries', { timeout }, () => {
    fc.assert(
      fc.property(geometry, geometry, (a, b) => {
        fc.pre(isRegular(a) && isRegular(b))
        for (const relation of RELATIONS)
          expect([relation, byUs(a, b, relation)]).toEqual([relation, byJts(a, b, relation)])
      }),
      { numRuns },
    )
  })

  it('of a point in an area are those that JTS finds, also on its edges', { timeout }, () => {
    const fine = fc.double({ min: -1, max: 12, noNaN: true })
    const anywhere = fc.tuple(fine, fine).map((coordinates): Geometry => ({ type: 'Point', coordinates }))
    fc.assert(
      fc.property(fc.oneof(point, anywhere), area, (a, b) => {
        fc.pre(isValid(b))
        for (const relation of RELATIONS)
          expect([relation, byUs(a, b, relation)]).toEqual([relation, byJts(a, b, relation)])
      }),
      { numRuns },
    )
  })

  it('follow from one another, even where rings cross', { timeout }, () => {
    fc.assert(
      fc.property(geometry, geometry, (a, b) => {
        const [within, contains, intersects, disjoint, equals, overlaps] = RELATIONS.map((relation) =>
          byUs(a, b, relation),
        )
        expect(disjoint).toBe(!intersects)
        expect(byUs(b, a, 'within')).toBe(contains)
        for (const relation of ['intersects', 'equals', 'overlaps'] as const) {
          expect([relation, byUs(b, a, relation)]).toEqual([relation, byUs(a, b, relation)])
        }
        if (within || contains || equals || overlaps) expect(intersects).toBe(true)
        if (equals) expect(within && contains).toBe(true)
        expect(overlaps && (within || contains)).toBe(false)
      }),
      { numRuns },
    )
  })

  it('of a geometry to itself are those of equals', () => {
    fc.assert(
      fc.property(geometry, (a) => {
        const copy = structuredClone(a)
        fc.pre(isRegular(a))
        expect(RELATIONS.map((relation) => byUs(a, copy, relation))).toEqual([true, true, true, false, true, false])
      }),
    )
  })

  it('do not depend on where a ring begins, or on its direction', () => {
    const turned: Geometry = {
      type: 'Polygon',
      coordinates: [
        [
          [6, 6],
          [0, 6],
          [0, 0],
          [6, 0],
          [6, 6],
        ],
      ],
    }
    const square: Geometry = { type: 'Polygon', coordinates: [rectangle(0, 0, 6, 6)] }
    expect(relate(turned, square, 'equals')).toBe(true)
    expect(relate({ type: 'Polygon', coordinates: [[...rectangle(0, 0, 6, 6)].reverse()] }, square, 'equals')).toBe(
      true,
    )
    expect(relate({ type: 'MultiPolygon', coordinates: [[rectangle(0, 0, 6, 6)]] }, square, 'equals')).toBe(true)
  })

  it('take a hole for no part of an area, also where no edges meet', () => {
    const ring: Geometry = { type: 'Polygon', coordinates: [rectangle(0, 0, 6, 6), rectangle(2, 2, 2, 2)] }
    const around: Geometry = { type: 'Polygon', coordinates: [rectangle(1, 1, 4, 4)] }
    const inside: Geometry = { type: 'Polygon', coordinates: [rectangle(2.5, 2.5, 1, 1)] }
    expect(RELATIONS.map((relation) => relate(around, ring, relation))).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ])
    expect(RELATIONS.map((relation) => relate(inside, ring, relation))).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
    ])
  })

  it('of many polygons at once are found as well', () => {
    const grid = Array.from({ length: 400 }, (_, i) => [rectangle(3 * (i % 20), 3 * Math.floor(i / 20), 2, 2)])
    const town: Geometry = { type: 'MultiPolygon', coordinates: grid }
    expect(byUs({ type: 'Point', coordinates: [31, 31] }, town, 'within')).toBe(true)
    expect(byUs({ type: 'Point', coordinates: [32.5, 31] }, town, 'intersects')).toBe(false)
    expect(byUs({ type: 'Point', coordinates: [30, 31] }, town, 'within')).toBe(false)
    expect(relate({ type: 'Polygon', coordinates: [rectangle(30, 30, 1, 1)] }, town, 'within')).toBe(true)
    expect(relate(town, { type: 'Polygon', coordinates: [rectangle(-1, -1, 99, 99)] }, 'within')).toBe(true)
  })
})

const BOW: Geometry = {
  type: 'Polygon',
  coordinates: [
    [
      [0, 0],
      [10, 10],
      [10, 0],
      [0, 10],
      [0, 0],
    ],
  ],
}
const SQUARE: Geometry = { type: 'Polygon', coordinates: [rectangle(0, 0, 10, 10)] }

describe('areas with rings that cross', () => {
  it.each<[string, Geometry, Position, boolean]>([
    ['in a wing', BOW, [9, 5], true],
    ['between the wings', BOW, [5, 9], false],
    ['where they cross', BOW, [5, 5], true],
  ])('hold what is inside of an odd number of rings: %s', (_, area, coordinates, expected) => {
    expect(byUs({ type: 'Point', coordinates }, area, 'intersects')).toBe(expected)
  })

  it('have all relations nevertheless', () => {
    expect(relate(BOW, SQUARE, 'within')).toBe(true)
    expect(relate(SQUARE, BOW, 'within')).toBe(false)
    expect(relate(SQUARE, BOW, 'contains')).toBe(true)
    expect(relate(BOW, structuredClone(BOW), 'equals')).toBe(true)
    expect(relate(BOW, { type: 'Polygon', coordinates: [rectangle(4, 4, 20, 3)] }, 'overlaps')).toBe(true)
    expect(relate(BOW, { type: 'Polygon', coordinates: [rectangle(4, 8, 2, 1)] }, 'disjoint')).toBe(true)
  })

  it('are told from others', { timeout }, () => {
    fc.assert(
      fc.property(area, (one) => {
        if (isValid(one)) expect(isSound(one)).toBe(true)
      }),
      { numRuns },
    )
    const square = rectangle(0, 0, 2, 2)
    const unsound: readonly (readonly Ring[])[] = [
      BOW.coordinates as readonly Ring[],
      // Crossing at a corner, with spikes, and with another ring.
      [
        [
          [0, 0],
          [2, 2],
          [4, 4],
          [4, 0],
          [2, 2],
          [0, 4],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [8, 0],
          [4, 0],
          [0, 4],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [4, 0],
          [8, 0],
          [4, 0],
          [0, 4],
          [0, 0],
        ],
      ],
      [rectangle(0, 0, 4, 4), rectangle(2, 2, 4, 4)],
    ]
    for (const coordinates of unsound) expect(isSound({ type: 'Polygon', coordinates })).toBe(false)
    for (const other of [rectangle(1, 1, 2, 2), rectangle(0, 0, 2, 2)]) {
      expect(isSound({ type: 'MultiPolygon', coordinates: [[square], [other]] })).toBe(false)
    }
    // Touching at a corner, from within and from without.
    expect(
      isSound({
        type: 'Polygon',
        coordinates: [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [2, 0],
            [0, 4],
            [0, 0],
          ],
        ],
      }),
    ).toBe(true)
    expect(isSound({ type: 'MultiPolygon', coordinates: [[square], [rectangle(2, 2, 2, 2)]] })).toBe(true)
    expect(
      isSound({
        type: 'LineString',
        coordinates: [
          [0, 0],
          [10, 10],
          [10, 0],
          [0, 10],
        ],
      }),
    ).toBe(true)
  })
})

/** Teeth to the east, one above the other: JTS compares each with each. */
function comb(teeth: number): readonly Position[] {
  return Array.from(
    { length: 2 * teeth },
    (_, i): Position => (i % 2 === 0 ? [10, (5 * i) / teeth] : [0.1, (5 * i) / teeth]),
  )
}

describe('geometries that are made to take long', () => {
  const corners: Ring = [...comb(9990), [10, 10], [0, 10], [0, 0]]
  const closed = (turn: number): Geometry => {
    const turned = [...corners.slice(turn), ...corners.slice(0, turn)]
    return { type: 'Polygon', coordinates: [[...turned, turned[0]]] }
  }

  it('have an answer within some seconds', () => {
    const [a, b] = [closed(0), closed(1)]
    const start = performance.now()
    expect(RELATIONS.map((relation) => relate(a, b, relation))).toEqual([true, true, true, false, true, false])
    expect(relate(a, SQUARE, 'within')).toBe(true)
    expect(relate(SQUARE, a, 'within')).toBe(false)
    expect(performance.now() - start).toBeLessThan(15_000)
  })

  it('or are refused', () => {
    const zigzag = (x: number): Geometry => ({
      type: 'LineString',
      coordinates: Array.from({ length: 20_000 }, (_, i) => [x + (i % 2) * 10 + i / 2e8, (i % 2) * 10]),
    })
    expect(() => relate(zigzag(0), zigzag(1), 'intersects')).toThrow('too many edges')
  })
})
