import { describe, expect, it } from 'vitest'
import { parseMethods, parseTemporalQuery, type TemporalParameters } from './parse-temporal.ts'

const AT = '2026-01-01T00:00:00Z'
const LATER = '2026-01-01T00:00:00.000001Z'
const micros = Date.parse(AT) * 1_000

describe('parseTemporalQuery (4.11)', () => {
  it.each<[TemporalParameters, object]>([
    [{}, { timeProperty: 'observedAt' }],
    [{ timeproperty: 'modifiedAt' }, { timeProperty: 'modifiedAt' }],
    [
      { timerel: 'before', timeAt: AT },
      { timeProperty: 'observedAt', relation: 'before', until: micros },
    ],
    [
      { timerel: 'after', timeAt: AT, timeproperty: 'deletedAt' },
      { timeProperty: 'deletedAt', relation: 'after', from: micros },
    ],
    [
      { timerel: 'between', timeAt: AT, endTimeAt: LATER },
      { timeProperty: 'observedAt', relation: 'between', from: micros, until: micros + 1 },
    ],
  ])('%j', (sent, query) => {
    expect(parseTemporalQuery(sent)).toEqual(query)
  })

  it.each<[TemporalParameters, string]>([
    [{ timeAt: AT }, 'timeAt'],
    [{ endTimeAt: AT }, 'endTimeAt'],
    [{ timerel: 'during', timeAt: AT }, 'timerel'],
    [{ timerel: 'before' }, 'timeAt'],
    [{ timerel: 'before', timeAt: '2026-01-01' }, 'timeAt'],
    [{ timerel: 'after', timeAt: AT, endTimeAt: AT }, 'endTimeAt'],
    [{ timerel: 'between', timeAt: AT }, 'endTimeAt'],
    [{ timerel: 'between', timeAt: AT, endTimeAt: 'x' }, 'endTimeAt'],
    [{ timeproperty: 'expiresAt' }, 'timeproperty'],
  ])('refuses %j', (sent, at) => {
    expect(() => parseTemporalQuery(sent)).toThrow(expect.objectContaining({ kind: 'BadRequestData', at }))
  })
})

describe('parseMethods (4.5.19)', () => {
  it('takes each once, and refuses what is none', () => {
    expect(parseMethods(['avg', 'max', 'avg'], 'aggrMethods')).toEqual(['avg', 'max'])
    expect(() => parseMethods(['avg', 'mean'], 'aggrMethods')).toThrow(/no aggregation method/)
  })
})
