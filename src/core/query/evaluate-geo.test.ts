import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Entity, Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import type { Geometry, GeoQuery } from './ast.ts'
import { geometryRelates, matchesGeo } from './evaluate-geo.ts'
import { parseGeoQuery } from './parse-geo.ts'

const NOW = Date.UTC(2026, 0, 1)

function place(type: Geometry['type'], coordinates: Json, more: Partial<AttributeInstance> = {}): AttributeInstance {
  return { type: 'GeoProperty', value: { type, coordinates }, createdAt: NOW, modifiedAt: NOW, ...more }
}

function entity(attributes: Entity['attributes']): Entity {
  return { id: 'urn:x:1', types: ['urn:T:a'], createdAt: NOW, modifiedAt: NOW, attributes }
}

const geoQuery = (georel: string, geometry: string, coordinates: unknown, property = 'location'): GeoQuery =>
  parseGeoQuery({ georel, geometry, coordinates: JSON.stringify(coordinates), property }, 100)

const holds = (located: Entity, ...query: Parameters<typeof geoQuery>) => matchesGeo(located, geoQuery(...query))

const SQUARE = [
  [
    [100, 0],
    [101, 0],
    [101, 1],
    [100, 1],
    [100, 0],
  ],
]

describe('the Geoquery language (4.10)', () => {
  it('EXAMPLE 1: "has to be within the buffer geometric object", which its rim belongs to', () => {
    const near = entity({ observationSpace: [place('Point', [8, 40.01])] })
    expect(holds(near, 'near;maxDistance==2000', 'Point', [8, 40], 'observationSpace')).toBe(true)
    expect(holds(near, 'near;maxDistance==1000', 'Point', [8, 40], 'observationSpace')).toBe(false)
  })

  it('"has to be disjoint with the buffer geometric object"', () => {
    const near = entity({ location: [place('Point', [8, 40.01])] })
    expect(holds(near, 'near;minDistance==1000', 'Point', [8, 40])).toBe(true)
    expect(holds(near, 'near;minDistance==2000', 'Point', [8, 40])).toBe(false)
  })

  it('near with either modifier, but never with both, whatever the distance', () => {
    const target: Geometry = { type: 'Point', coordinates: [8, 40] }
    const geometry: Geometry = { type: 'Point', coordinates: [8, 41] }
    for (const metres of [1, 111_194, 111_195, 111_196, 1e9]) {
      const max = geometryRelates(target, { relation: { kind: 'maxDistance', metres }, geometry, property: '' })
      const min = geometryRelates(target, { relation: { kind: 'minDistance', metres }, geometry, property: '' })
      expect(min).toBe(!max)
    }
  })

  it('EXAMPLE 2: within a polygon; what is on its boundary is not, though it intersects', () => {
    const at = (x: number, y: number) => entity({ location: [place('Point', [x, y])] })
    expect(holds(at(100.5, 0.5), 'within', 'Polygon', SQUARE)).toBe(true)
    expect(holds(at(102, 0.5), 'within', 'Polygon', SQUARE)).toBe(false)
    expect(holds(at(100, 0.5), 'within', 'Polygon', SQUARE)).toBe(false)
    expect(holds(at(100, 0.5), 'intersects', 'Polygon', SQUARE)).toBe(true)
    expect(holds(at(100, 0.5), 'disjoint', 'Polygon', SQUARE)).toBe(false)
    expect(holds(at(102, 0.5), 'disjoint', 'Polygon', SQUARE)).toBe(true)
  })

  it('contains, equals and overlaps, which no point does with an area', () => {
    const located = entity({ location: [place('Point', [100.5, 0.5])] })
    for (const georel of ['contains', 'equals', 'overlaps'])
      expect(holds(located, georel, 'Polygon', SQUARE)).toBe(false)
    expect(holds(entity({ location: [place('Polygon', SQUARE)] }), 'contains', 'Point', [100.5, 0.5])).toBe(true)
    expect(holds(located, 'equals', 'Point', [100.5, 0.5])).toBe(true)
    expect(
      holds(located, 'equals', 'MultiPoint', [
        [100.5, 0.5],
        [100.5, 0.5],
      ]),
    ).toBe(true)
  })

  it('"Entities which do not convey the target GeoProperty of the query shall be considered as non-matching"', () => {
    const property: AttributeInstance = { ...place('Point', [0, 0]), type: 'Property' }
    for (const georel of ['disjoint', 'near;minDistance==1', 'intersects']) {
      expect(holds(entity({}), georel, 'Polygon', SQUARE)).toBe(false)
      expect(holds(entity({ location: [property] }), georel, 'Polygon', SQUARE)).toBe(false)
      expect(holds(entity({ observationSpace: [place('Point', [0, 0])] }), georel, 'Polygon', SQUARE)).toBe(false)
    }
  })

  it('5.7.2.4: "it is sufficient if any of these instances meets the geospatial restrictions"', () => {
    const twice = entity({ location: [place('Point', [0, 0]), place('Point', [100.5, 0.5], { datasetId: 'urn:d:1' })] })
    expect(holds(twice, 'within', 'Polygon', SQUARE)).toBe(true)
    expect(holds(twice, 'disjoint', 'Polygon', SQUARE)).toBe(true)
  })

  it('computes with numbers of any length, and with altitudes that it does not look at', () => {
    const long = new ExactNumber('100.50000000000000000001')
    expect(holds(entity({ location: [place('Point', [long, 0.5])] }), 'within', 'Polygon', SQUARE)).toBe(true)
    expect(
      holds(
        entity({
          location: [
            place('LineString', [
              [long, 0.5],
              [100.6, 0.5],
            ]),
          ],
        }),
        'within',
        'Polygon',
        SQUARE,
      ),
    ).toBe(true)
    expect(holds(entity({ location: [place('Point', [100.5, 0.5, 800])] }), 'equals', 'Point', [100.5, 0.5])).toBe(true)
    const solid = entity({
      location: [
        place('LineString', [
          [100, 0, 1],
          [101, 0, 2],
        ]),
      ],
    })
    expect(
      holds(solid, 'equals', 'LineString', [
        [100, 0],
        [101, 0],
      ]),
    ).toBe(true)
  })
})

/** Of ETSI's test suite (019_10, 019_11), as its targets are. Two of its rings cross themselves. */
describe('what ETSI expects', () => {
  const points = [
    [13.3986, 52.5547],
    [13.509818, 52.363457],
    [13.215983, 52.470441],
  ].map((coordinates) => entity({ location: [place('Point', coordinates)] }))
  const polygons = [
    [
      [13.2865906, 52.5648645],
      [13.2879639, 52.5648645],
      [13.2797241, 52.4988679],
      [13.477478, 52.4712703],
      [13.5049438, 52.5373084],
      [13.2865906, 52.5648645],
    ],
    [
      [13.315773, 52.4757209],
      [13.339119, 52.4443421],
      [13.3892441, 52.4669371],
      [13.315773, 52.4757209],
    ],
  ].map((ring) => entity({ location: [place('Polygon', [ring])] }))
  const count = (entities: readonly Entity[], ...query: Parameters<typeof geoQuery>) =>
    entities.filter((one) => holds(one, ...query)).length

  it.each([
    ['equals', [13.3986, 52.5547], 1],
    ['disjoint', [13.3986, 52.5547], 2],
    ['contains', [13.3986, 52.5547], 1],
    ['intersects', [13.3986, 52.5547], 1],
    ['near;maxDistance==15000', [13.38893, 52.534473], 2],
    ['near;minDistance==15000', [13.38893, 52.534473], 1],
  ])('of points: %s %j', (georel, coordinates, expected) => {
    expect(count(points, georel, 'Point', coordinates)).toBe(expected)
  })

  it.each([
    [
      'equals',
      [
        [13.2865906, 52.5648645],
        [13.2879639, 52.5648645],
        [13.2797241, 52.4988679],
        [13.477478, 52.4712703],
        [13.5049438, 52.5373084],
        [13.2865906, 52.5648645],
      ],
      1,
    ],
    [
      'intersects',
      [
        [13.3456421, 52.4794848],
        [13.3641815, 52.4428773],
        [13.4177399, 52.4730023],
        [13.3459854, 52.479903],
        [13.3456421, 52.4794848],
      ],
      1,
    ],
    [
      'contains',
      [
        [13.3844376, 52.5356966],
        [13.3844376, 52.5356966],
        [13.381691, 52.5123012],
        [13.4235764, 52.5100027],
        [13.4331894, 52.5273425],
        [13.3844376, 52.5356966],
      ],
      1,
    ],
    [
      'contains',
      [
        [13.1369019, 52.5198225],
        [13.1365585, 52.5200314],
        [13.131752, 52.4980907],
        [13.1832504, 52.5026887],
        [13.1369019, 52.5198225],
      ],
      0,
    ],
    [
      'disjoint',
      [
        [13.1369019, 52.5198225],
        [13.1365585, 52.5200314],
        [13.131752, 52.4980907],
        [13.1832504, 52.5026887],
        [13.1369019, 52.5198225],
      ],
      2,
    ],
    [
      'within',
      [
        [13.3023834, 52.4903066],
        [13.3027267, 52.4905156],
        [13.2745743, 52.465632],
        [13.3343124, 52.4185447],
        [13.4311295, 52.47107],
        [13.3023834, 52.4903066],
      ],
      1,
    ],
    [
      'overlaps',
      [
        [13.3456421, 52.4794848],
        [13.3641815, 52.4428773],
        [13.4177399, 52.4730023],
        [13.3459854, 52.479903],
        [13.3456421, 52.4794848],
      ],
      1,
    ],
  ])('of polygons: %s', (georel, ring, expected) => {
    expect(count(polygons, georel, 'Polygon', [ring])).toBe(expected)
  })

  it.each([
    ['within', 2],
    ['disjoint', 1],
  ])('of points: %s a polygon', (georel, expected) => {
    const ring = [
      [13.1616211, 52.5438124],
      [13.597641, 52.4840224],
      [13.5948944, 52.3402782],
      [13.142395, 52.386428],
      [13.1616211, 52.5438124],
    ]
    expect(count(points, georel, 'Polygon', [ring])).toBe(expected)
  })

  it('of polygons: contains a point', () => {
    expect(count(polygons, 'contains', 'Point', [13.3442688, 52.4650045])).toBe(1)
  })
})
