import { describe, expect, it } from 'vitest'
import { formatFault, timeParser } from './times.ts'

describe('a time is read', () => {
  it.each([
    ['iso', undefined, '2021-11-15T22:03:18Z', '2021-11-15T22:03:18Z'],
    ['iso', undefined, '2021-11-15 22:03:18.250+01:00', '2021-11-15T21:03:18.250Z'],
    ['iso', undefined, '2021-11-15T22:03:18,1234567-0330', '2021-11-16T01:33:18.123456Z'],
    ['iso', undefined, '2021-11-15T22:03+02', '2021-11-15T20:03:00Z'],
    ['iso', 'UTC', '2021-11-15', '2021-11-15T00:00:00Z'],
    ['iso', 'Europe/Madrid', '2021-11-15T22:03:18Z', '2021-11-15T22:03:18Z'],
    ['iso', 'Europe/Madrid', '2021-11-15 22:03', '2021-11-15T21:03:00Z'],
    ['seconds', undefined, '1637013798', '2021-11-15T22:03:18Z'],
    ['seconds', undefined, '1637013798.5', '2021-11-15T22:03:18.5Z'],
    ['milliseconds', undefined, '1637013798250', '2021-11-15T22:03:18.250Z'],
    ['milliseconds', undefined, '1637013798000', '2021-11-15T22:03:18Z'],
    ['dd/MM/yyyy HH:mm', 'Europe/Madrid', '15/07/2021 22:03', '2021-07-15T20:03:00Z'],
    ['d.M.yyyy H:mm:ss.SSS', 'UTC', '5.7.2021 9:03:18.007', '2021-07-05T09:03:18.007Z'],
    ['yyyyMMddHHmmssX', undefined, '20210715220318+02:00', '2021-07-15T20:03:18Z'],
    ['MM/dd/yyyy', 'UTC', '07/15/2021', '2021-07-15T00:00:00Z'],
  ])('%s in %s: %s', (format, zone, text, expected) => {
    expect(timeParser({ format, ...(zone !== undefined && { zone }) })(text)).toBe(expected)
  })
})

describe('a local time', () => {
  const madrid = timeParser({ zone: 'Europe/Madrid' })
  it.each([
    ['before the clocks go forward', '2021-03-28T01:59:59', '2021-03-28T00:59:59Z'],
    ['in the hour that is left out', '2021-03-28T02:30:00', '2021-03-28T01:30:00Z'],
    ['after the clocks went forward', '2021-03-28T03:00:00', '2021-03-28T01:00:00Z'],
    ['before the clocks go back', '2021-10-31T01:59:59', '2021-10-30T23:59:59Z'],
    ['in the hour that is there twice', '2021-10-31T02:30:00', '2021-10-31T00:30:00Z'],
    ['after the clocks went back', '2021-10-31T03:00:00', '2021-10-31T02:00:00Z'],
  ])('%s', (_, local, expected) => expect(madrid(local)).toBe(expected))

  it('is right on both sides of the world', () => {
    expect(timeParser({ zone: 'America/St_Johns' })('2021-01-15 12:00')).toBe('2021-01-15T15:30:00Z')
    expect(timeParser({ zone: 'Pacific/Kiritimati' })('2021-01-15 12:00')).toBe('2021-01-14T22:00:00Z')
  })
})

describe('no time', () => {
  it.each([
    ['iso', '15/11/2021', /no time such as ISO 8601/],
    ['iso', '2021-02-29T00:00:00Z', /does not exist/],
    ['iso', '2021-11-15T25:00:00Z', /does not exist/],
    ['iso', '2021-11-15T22:03:18', /no time zone; say "zone"/],
    ['seconds', 'yesterday', /no number of seconds/],
    ['seconds', '1637013798250', /no number of seconds/],
    ['dd/MM/yyyy', '2021-11-15', /no time such as dd\/MM\/yyyy/],
  ])('is, as %s: %s', (format, text, reason) => expect(() => timeParser({ format })(text)).toThrow(reason))
})

describe('a format', () => {
  it.each(['iso', 'seconds', 'milliseconds', 'dd/MM/yyyy', 'yyyy-MM-dd HH:mm:ss.SSSXXX'])('may be %s', (format) =>
    expect(formatFault(format)).toBeUndefined(),
  )
  it.each([
    ['HH:mm', /has to have/],
    ['dd/dd/yyyy', /twice/],
    ['dd MMM yyyy', /twice/],
    ['dd/MM/YYYY', /made of/],
  ])('may not be %s', (format, reason) => expect(formatFault(format)).toMatch(reason))
})
