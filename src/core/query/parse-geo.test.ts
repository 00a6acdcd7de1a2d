import { describe, expect, it } from 'vitest'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, parametersOf, samplesOf } from '../../../test/support/samples.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { parseGeometry, parseGeoQuery } from './parse-geo.ts'

const parse = (sample: string) => parseGeoQuery({ ...parametersOf(sample), property: 'urn:A:location' }, 10)
const places = { type: 'orderGeometry', coordinates: 'orderFrom' }

describe('geoqueries (4.10)', () => {
  it.each(samplesOf('geo-valid.txt'))('%s', (sample) => {
    const { geometry, coordinates = '' } = parametersOf(sample)
    expect(parse(sample).geometry).toEqual({ type: geometry, coordinates: JSON.parse(coordinates) })
    expect(parse(sample).property).toBe('urn:A:location')
  })

  it.each(faultsOf('geo-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe(says.includes('at most') ? 'TooComplexQuery' : 'BadRequestData')
    expect(`${problem?.at}: ${problem?.detail}`).toContain(says)
  })

  it.each([
    ['near;maxDistance==2000', { kind: 'maxDistance', metres: 2000 }],
    ['near;minDistance==0.5', { kind: 'minDistance', metres: 0.5 }],
    ['near;maxDistance==2.5E+2', { kind: 'maxDistance', metres: 250 }],
    ['within', { kind: 'within' }],
    ['contains', { kind: 'contains' }],
    ['intersects', { kind: 'intersects' }],
    ['equals', { kind: 'equals' }],
    ['disjoint', { kind: 'disjoint' }],
    ['overlaps', { kind: 'overlaps' }],
  ])('%s', (georel, relation) => {
    expect(parse(`georel=${georel}&geometry=Point&coordinates=[8,40]`).relation).toEqual(relation)
  })
})

describe('geoqueries in a body (5.2.13)', () => {
  const parseBody = (sent: object) => parseGeoQuery({ ...sent, property: 'urn:A:location' }, 10)

  it('have coordinates as an array or as a text', () => {
    const point = { type: 'Point', coordinates: [8, 40] }
    expect(parseBody({ georel: 'within', geometry: 'Point', coordinates: [8, 40] }).geometry).toEqual(point)
    expect(parseBody({ georel: 'within', geometry: 'Point', coordinates: '[8,40]' }).geometry).toEqual(point)
    const exact = [new ExactNumber('8.00000000000000000001'), 40]
    expect(parseBody({ georel: 'within', geometry: 'Point', coordinates: exact }).geometry).toEqual(point)
  })

  it.each([
    ['georel', { geometry: 'Point', coordinates: [8, 40] }],
    ['georel', { georel: 5, geometry: 'Point', coordinates: [8, 40] }],
    ['georel', { georel: ['within'], geometry: 'Point', coordinates: [8, 40] }],
    ['geometry', { georel: 'within', geometry: 5, coordinates: [8, 40] }],
    ['geometry', { georel: 'within', geometry: null, coordinates: [8, 40] }],
    ['coordinates', { georel: 'within', geometry: 'Point' }],
    ['coordinates', { georel: 'within', geometry: 'Point', coordinates: { 0: 8, 1: 40 } }],
    ['coordinates', { georel: 'within', geometry: 'Point', coordinates: null }],
    ['coordinates', { georel: 'within', geometry: 'Point', coordinates: [8, 140] }],
  ])('are refused at %s', (at, sent) => {
    const problem = problemOf(() => parseBody(sent))
    expect(problem?.at).toBe(at)
    expect(problem?.kind).toBe('BadRequestData')
  })
})

describe('reference geometries', () => {
  it('are told to have longitude first', () => {
    const problem = problemOf(() => parseGeometry('Point', '[43.46,-103.8]', places, 10))
    expect(problem?.at).toBe('orderFrom')
    expect(problem?.detail).toBe(
      '[43.46,-103.8] is no place on Earth: longitude (-180 to 180) comes first, then latitude (-90 to 90); those of a Point look like [-3.8,43.46]',
    )
  })

  it('may have as many positions as are taken', () => {
    const line = (positions: number) => JSON.stringify(Array.from({ length: positions }, (_, i) => [i, i]))
    expect(parseGeometry('LineString', line(10), places, 10).coordinates).toHaveLength(10)
    expect(problemOf(() => parseGeometry('LineString', line(11), places, 10))?.kind).toBe('TooComplexQuery')
    expect(problemOf(() => parseGeometry('MultiLineString', `[${line(6)},${line(5)}]`, places, 10))?.kind).toBe(
      'TooComplexQuery',
    )
  })

  it('are no deeper than any geometry, however deep what was sent is', () => {
    let deep: unknown[] = []
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(problemOf(() => parseGeometry('Point', deep as never, places, 10))?.kind).toBe('BadRequestData')
    expect(problemOf(() => parseGeometry('Point', '['.repeat(100_000), places, 10))?.kind).toBe('BadRequestData')
  })
})
