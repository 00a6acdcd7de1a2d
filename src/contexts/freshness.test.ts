import { describe, expect, it } from 'vitest'
import { freshFor, SHORTEST_MS } from './freshness.ts'

const YEAR_MS = 365 * 86_400_000
const now = new Date()
const date = now.toUTCString()
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000).toUTCString()
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toUTCString()

describe('freshFor', () => {
  it.each<[string, Record<string, string>, number]>([
    ['max-age', { 'cache-control': 'max-age=300' }, 300_000],
    ['s-maxage before max-age', { 'cache-control': 'max-age=300, s-maxage=60' }, 60_000],
    ['the age it already has', { 'cache-control': 'max-age=300', age: '100' }, 200_000],
    ['Expires', { date, expires: inMinutes(10) }, 600_000],
    ['max-age before Expires', { date, expires: inMinutes(10), 'cache-control': 'max-age=60' }, 60_000],
    ['no-store: hardly at all', { 'cache-control': 'no-store' }, SHORTEST_MS],
    ['no-cache: hardly at all', { 'cache-control': 'no-cache' }, SHORTEST_MS],
    ['max-age=0: hardly at all', { 'cache-control': 'max-age=0' }, SHORTEST_MS],
    ['more than a date can tell: a year', { 'cache-control': 'max-age=99999999999999' }, YEAR_MS],
    ['past the year 9999: a year', { 'cache-control': 's-maxage=1000000000000' }, YEAR_MS],
    ['Expires in the year 9999: a year', { date, expires: 'Fri, 31 Dec 9999 23:59:59 GMT' }, YEAR_MS],
    [
      'fresh for a day, and for ever where there are errors: a year',
      { 'cache-control': 'max-age=86400, stale-if-error=99999999999999' },
      YEAR_MS,
    ],
    ['nothing: an hour', {}, 3_600_000],
    ['an old document: a tenth of its age', { date, 'last-modified': daysAgo(5) }, 43_200_000],
    ['a very old document: a day', { date, 'last-modified': daysAgo(500) }, 86_400_000],
  ])('%s', (_, headers, expected) => {
    const fresh = freshFor(headers)
    expect(Math.abs(fresh - expected)).toBeLessThanOrEqual(1_500)
  })
})
