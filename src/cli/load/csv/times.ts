/** Times as exports have them → DateTimes (4.6.3): in UTC, with the fraction of a second that was written. */

import { normalizeDateTime } from '../../../core/model/date-time.ts'
import { CellError } from './cell-error.ts'
import { createZone } from './zones.ts'

type TimeParser = (text: string) => string

interface TimeForm {
  readonly format?: string
  readonly zone?: string
}

/** What is thrown at rows that have no such time is CellError. */
export function timeParser({ format = 'iso', zone }: TimeForm): TimeParser {
  switch (format) {
    case 'seconds':
      return sinceEpoch(/^(\d{1,11})(?:[.,](\d+))?$/, 'seconds')
    case 'milliseconds':
      return sinceEpoch(/^(\d{1,11})(\d{3})(?:\.\d+)?$/, 'milliseconds')
    case 'iso':
      return partsParser(ISO, 'ISO 8601', zone)
    default:
      return partsParser(patternOf(format), format, zone)
  }
}

const ISO =
  /^(?<yyyy>\d{4})-(?<MM>\d\d)-(?<dd>\d\d)(?:[T ](?<HH>\d\d):?(?<mm>\d\d)(?::?(?<ss>\d\d)(?:[.,](?<S>\d+))?)?)?\s*(?<X>Z|[+-]\d\d(?::?\d\d)?)?$/

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: '(?<yyyy>\\d{4})',
  MM: '(?<MM>\\d\\d)',
  M: '(?<MM>\\d\\d?)',
  dd: '(?<dd>\\d\\d)',
  d: '(?<dd>\\d\\d?)',
  HH: '(?<HH>\\d\\d)',
  H: '(?<HH>\\d\\d?)',
  mm: '(?<mm>\\d\\d)',
  ss: '(?<ss>\\d\\d)',
  S: '(?<S>\\d+)',
  X: '(?<X>Z|[+-]\\d\\d(?::?\\d\\d)?)',
}
const TOKEN = /yyyy|MM?|dd?|HH?|mm|ss|S+|X+|[^A-Za-z]/g
const WHOLE = /^(?:yyyy|MM?|dd?|HH?|mm|ss|S+|X+|[^A-Za-z])+$/

/** Why a format is none; undefined where it is one. */
export function formatFault(format: string): string | undefined {
  if (['iso', 'seconds', 'milliseconds'].includes(format)) return undefined
  const tokens = format.match(TOKEN)?.map(tokenOf) ?? []
  const names = tokens.filter((token) => Object.hasOwn(TOKENS, token)).map((token) => token[0])
  if (!WHOLE.test(format))
    return 'it is made of yyyy, MM, dd, HH, mm, ss, S (fraction), X (offset) and what stands between them'
  if (new Set(names).size < names.length) return 'something stands in it twice'
  return ['y', 'M', 'd'].every((part) => names.includes(part)) ? undefined : 'it has to have yyyy, MM and dd'
}

function tokenOf(token: string): string {
  return token.startsWith('S') || token.startsWith('X') ? token.slice(0, 1) : token
}

function patternOf(format: string): RegExp {
  const parts = format
    .match(TOKEN)
    ?.map((token) => TOKENS[tokenOf(token)] ?? token.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&'))
  return new RegExp(`^${parts?.join('')}$`)
}

function sinceEpoch(pattern: RegExp, unit: string): TimeParser {
  return (text) => {
    const [, seconds, fraction = ''] = pattern.exec(text) ?? []
    if (seconds === undefined) throw new CellError(`is no number of ${unit} since 1970`)
    return dateTime(Number(seconds) * 1000, fraction)
  }
}

function partsParser(pattern: RegExp, name: string, zone: string | undefined): TimeParser {
  const toUtc = zone === undefined ? undefined : createZone(zone)
  return (text) => {
    const parts = pattern.exec(text)?.groups
    if (parts === undefined) throw new CellError(`is no time such as ${name} has`)
    const { yyyy = '', MM = '', dd = '', HH = '', mm = '', ss = '', S: fraction = '', X: offset } = parts
    const [month, day, hour, minute, second] = [MM, dd, HH, mm, ss].map((part) => part.padStart(2, '0'))
    const local = `${yyyy}-${month}-${day}T${hour}:${minute}:${second}Z`
    if (normalizeDateTime(local) === undefined) throw new CellError('names a day or hour that does not exist')
    return dateTime(utcOf(Date.parse(local), offset, toUtc), fraction)
  }
}

function utcOf(local: number, offset: string | undefined, toUtc: ((local: number) => number) | undefined): number {
  if (offset === 'Z') return local
  if (offset !== undefined) return local - offsetMs(offset)
  if (toUtc !== undefined) return toUtc(local)
  throw new CellError('says no time zone; say "zone" in the map, such as "Europe/Madrid", or "UTC"')
}

function offsetMs(offset: string): number {
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000
}

/** Microseconds are the smallest that a DateTime has. */
const FRACTION_DIGITS = 6

function dateTime(instant: number, fraction: string): string {
  const digits = fraction.slice(0, FRACTION_DIGITS)
  const isFraction = /[1-9]/.test(digits)
  return `${new Date(instant).toISOString().slice(0, 19)}${isFraction ? `.${digits}` : ''}Z`
}
