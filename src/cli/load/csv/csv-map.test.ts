import { describe, expect, it } from 'vitest'
import type { CsvMap } from './csv-map.ts'
import { checkedMap } from './read-csv-map.ts'
import { createRowReader } from './row-entity.ts'

const MAP = {
  id: 'urn:ngsi-ld:Sensor:{station}',
  type: 'Sensor',
  attributes: { level: { column: 'level', as: 'number' } },
}

const check = (map: object) => checkedMap('map.json', JSON.stringify(map))
const withAttribute = (attribute: object) => ({ ...MAP, attributes: { level: attribute } })

describe('a map that is wrong is told where, and how to put it right', () => {
  it.each([
    ['has no id', { ...MAP, id: undefined }, /map\.json: "id" is missing/],
    ['has a name that is none', { ...MAP, delimeter: ';' }, /there is no "delimeter" here; did you mean "delimiter"\?/],
    [
      'has an unknown kind',
      withAttribute({ column: 'x', as: 'integer' }),
      /\/attributes\/level\/as: expected one of "text", "number".*found "integer"/,
    ],
    [
      'has a kind in another place',
      withAttribute({ column: 1 }),
      /\/attributes\/level\/column: expected string, found 1/,
    ],
    ['has no Attributes', { ...MAP, attributes: {} }, /\/attributes: must NOT have fewer than 1/],
    [
      'has an Attribute of nothing',
      withAttribute({ as: 'number' }),
      /\/attributes\/level: say either "column".*"template"/,
    ],
    ['has an Attribute of two', withAttribute({ column: 'x', template: '{x}' }), /\/attributes\/level: say either/],
    [
      'is wrong in one of several',
      withAttribute([{ column: 'x' }, { as: 'point', longitude: 'x' }] as object),
      /\/attributes\/level\/1: a point needs/,
    ],
    [
      'has a zone that is none',
      { ...MAP, observedAt: { column: 't', zone: 'Europe/Santander' } },
      /\/observedAt\/zone: .*"Europe\/Madrid"/,
    ],
    [
      'has a format that is none',
      { ...MAP, observedAt: { column: 't', format: 'DD/MM' } },
      /\/observedAt\/format: "DD\/MM" is no format/,
    ],
    ['has thousands that are decimals', { ...MAP, thousands: '.' }, /\/thousands: .*say "decimal"/],
  ])('which %s', async (_, map, message) => {
    await expect(check(map)).rejects.toThrow(message)
  })
  it('which is no JSON', async () => {
    await expect(checkedMap('map.json', '{')).rejects.toThrow(/map\.json is no JSON/)
  })
})

describe('columns that a file does not have', () => {
  it.each([
    [
      'are told with those that there are',
      ['station', 'height'],
      /\/attributes\/level\/column: there is no column "level"; the file has "station", "height"/,
    ],
    ['are told with the one that was meant', ['station', 'Level '], /did you mean "Level "\?/],
    [
      'are told with the delimiter, where there is one column',
      ['station;level'],
      /\/id: there is no column "station".*"delimiter"/,
    ],
    ['are those that there are several of', ['station', 'level', 'level'], /several columns "level"/],
  ])('%s', (_, names, message) => {
    expect(() => createRowReader(MAP as CsvMap, names)).toThrow(message)
  })
})

/** What becomes of a row whose columns are named a, b, c … */
function entityOf(attribute: object, cells: readonly string[], others: object = {}): unknown {
  const map = { id: 'urn:ngsi-ld:Sensor:1', type: 'Sensor', attributes: { level: attribute }, ...others } as CsvMap
  return JSON.parse(createRowReader(map, ['a', 'b', 'c'])([...cells, '', '', ''].slice(0, 3)).text)
}

const levelOf = (...given: Parameters<typeof entityOf>) => (entityOf(...given) as { level?: unknown }).level
const number = { column: 'a', as: 'number' }

describe('a cell becomes', () => {
  it.each([
    ['a text', { column: 'a' }, ' Él "mismo" ', { type: 'Property', value: 'Él "mismo"' }],
    ['a text of several', { template: '{a}, {b}' }, 'x', undefined],
    ['a boolean', { column: 'a', as: 'boolean' }, 'TRUE', { type: 'Property', value: true }],
    [
      'a boolean of its own',
      { column: 'a', as: 'boolean', true: ['sí'], false: ['no'] },
      'No',
      { type: 'Property', value: false },
    ],
    [
      'a time',
      { column: 'a', as: 'date-time', format: 'dd/MM/yyyy', zone: 'UTC' },
      '01/02/2026',
      { type: 'Property', value: { '@type': 'DateTime', '@value': '2026-02-01T00:00:00Z' } },
    ],
    [
      'a Relationship',
      { template: 'urn:ngsi-ld:Street:{a}', as: 'relationship' },
      'Calle Alta ñ',
      { type: 'Relationship', object: 'urn:ngsi-ld:Street:Calle%20Alta%20%C3%B1' },
    ],
    [
      'a Relationship that is named',
      { column: 'a', as: 'relationship' },
      'urn:a:b',
      { type: 'Relationship', object: 'urn:a:b' },
    ],
    ['JSON', { column: 'a', as: 'json' }, '{"x":[1]}', { type: 'Property', value: { x: [1] } }],
    [
      'a geometry',
      { column: 'a', as: 'geojson' },
      '{"type":"Point","coordinates":[1,2]}',
      { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
    ],
    [
      'a quantity',
      { ...number, unitCode: 'CEL', datasetId: 'urn:d:{a}' },
      '7',
      { type: 'Property', value: 7, unitCode: 'CEL', datasetId: 'urn:d:7' },
    ],
  ])('%s', (_, attribute, cell, expected) => expect(levelOf(attribute, [cell])).toEqual(expected))

  it('a point, of two', () => {
    const point = { as: 'point', longitude: 'a', latitude: 'b' }
    expect(levelOf(point, ['-3.8', '43.46'])).toEqual({
      type: 'GeoProperty',
      value: { type: 'Point', coordinates: [-3.8, 43.46] },
    })
    expect(levelOf(point, ['-3.8', ''])).toBeUndefined()
  })

  it('an instance of a dataset each', () => {
    const two = [
      { ...number, datasetId: 'urn:d:a' },
      { ...number, column: 'b', datasetId: 'urn:d:b' },
    ]
    expect(levelOf(two, ['1', '2'])).toMatchObject([
      { value: 1, datasetId: 'urn:d:a' },
      { value: 2, datasetId: 'urn:d:b' },
    ])
    expect(levelOf(two, ['', ''])).toBeUndefined()
  })

  it('nothing where it is empty, or what says so', () => {
    expect(levelOf(number, [' '])).toBeUndefined()
    expect(levelOf(number, ['-'], { empty: ['-', 'NA'] })).toBeUndefined()
  })
})

describe('numbers', () => {
  const read = (cell: string, form: object = {}) => {
    const map = { id: 'urn:a:b', type: 'Sensor', attributes: { level: number }, ...form } as CsvMap
    return /"value":([^}]*)\}/.exec(createRowReader(map, ['a'])([cell]).text)?.[1]
  }
  it.each([
    ['12345678901234567890.10', '12345678901234567890.10'],
    ['+007', '7'],
    ['-0.50', '-0.50'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.5E-7', '1.5E-7'],
    ['000', '0'],
  ])('keep their digits: %s', (cell, expected) => expect(read(cell)).toBe(expected))

  it('may have a comma, and thousands', () => {
    expect(read('-1.234.567,80', { decimal: ',', thousands: '.' })).toBe('-1234567.80')
    expect(read('12,5', { decimal: ',' })).toBe('12.5')
    expect(read('1 234', { thousands: ' ' })).toBe('1234')
  })

  it.each([
    ['abc', {}, /column "a": "abc" is no number$/],
    ['12,5', {}, /"12,5" is no number; say "decimal": ","/],
    ['1.234,5', { decimal: ',' }, /say "thousands": "\."/],
    ['.', {}, /is no number/],
    ['0x1F', {}, /is no number/],
    ['e5', {}, /is no number/],
  ])('are not %s', (cell, form, message) => expect(() => read(cell, form)).toThrow(message))
})

describe('a row', () => {
  it('has its id, type, scope and time', () => {
    const others = { id: 'urn:ngsi-ld:Sensor:{b}', type: ['Sensor', 'Device'], scope: '/City/{b}', observedAt: 'c' }
    expect(entityOf(number, ['1', 'x y', '2026-01-01T00:00:00Z'], others)).toEqual({
      id: 'urn:ngsi-ld:Sensor:x%20y',
      type: ['Sensor', 'Device'],
      scope: '/City/x y',
      level: { type: 'Property', value: 1, observedAt: '2026-01-01T00:00:00Z' },
    })
  })
  it('may have times of several columns, and one of an Attribute', () => {
    const observedAt = { template: '{b} {c}', zone: 'Europe/Madrid' }
    const cells = ['1', '2026-01-01', '12:00']
    expect(levelOf(number, cells, { observedAt })).toMatchObject({ observedAt: '2026-01-01T11:00:00Z' })
    const own = { ...number, observedAt: { column: 'b', zone: 'UTC' } }
    expect(levelOf(own, cells, { observedAt })).toMatchObject({ observedAt: '2026-01-01T00:00:00Z' })
  })
  it('needs an id', () => {
    expect(() => entityOf(number, ['1'], { id: 'urn:a:{b}' })).toThrow(/a cell that the id is made of is empty/)
  })
})
