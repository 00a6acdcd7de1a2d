/** Kinds of settings: what the text of one becomes, and what is said where it cannot. */

import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'
import { validateDetailed } from 'node-cron'
import { parseRecordingRule, parseTypeName, typeNamed } from '../core/history/recording-rules.ts'
import { parseRetentionRule, type WrittenRule } from '../core/history/retention.ts'
import { refuseVain } from '../core/history/vain-rules.ts'
import { asWrittenRule } from '../core/history/written-rule.ts'
import type { Json } from '../core/model/entity.ts'

export interface Kind<T> {
  /** With its bounds, for the reference. */
  readonly name: string
  /** Throws an Error whose message says what would be right. */
  parse(text: string): T
}

export const text: Kind<string> = { name: 'text', parse: (given) => given }

interface Bounds {
  readonly min: number
  readonly max?: number
}

export function integer(bounds: Bounds): Kind<number> {
  return measure('whole number', bounds, /^(\d+)$/, {})
}

/** Bytes. */
export function size(bounds: Bounds): Kind<number> {
  return measure('size', bounds, /^(\d+) ?(KiB|MiB)?$/, { KiB: 1024, MiB: 1_048_576 })
}

/** Milliseconds. */
export function duration(bounds: Bounds): Kind<number> {
  return measure('duration', bounds, /^(\d+) ?(ms|s|min|h)?$/, { ms: 1, s: 1000, min: 60_000, h: 3_600_000 })
}

function measure(
  name: string,
  { min, max }: Bounds,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
): Kind<number> {
  const write = (value: number) => inLargestUnit(value, units)
  const range = max === undefined ? `at least ${write(min)}` : `${write(min)} to ${write(max)}`
  return {
    name: `${name}, ${range}`,
    parse: (given) => {
      const [whole, digits, unit = ''] = pattern.exec(given) ?? []
      const value = whole === undefined ? Number.NaN : Number(digits) * (units[unit] ?? 1)
      if (value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER)) return value
      throw new Error(`"${given}" is no ${name}, ${range}`)
    },
  }
}

function inLargestUnit(value: number, units: Readonly<Record<string, number>>): string {
  const fits = Object.entries(units).filter(([, factor]) => value >= factor && value % factor === 0)
  const [unit, factor] = fits.at(-1) ?? ['', 1]
  return `${value / factor}${unit}`
}

const processes = integer({ min: 1, max: 256 })

/** How many processes; `auto` is one for each processor that this process may use. */
export const workers: Kind<number> = {
  name: `${processes.name}, or \`auto\``,
  parse: (given) => (given === 'auto' ? Math.min(availableParallelism(), 256) : processes.parse(given)),
}

export function choice<const T extends string>(...values: readonly T[]): Kind<T> {
  const names = values.map((value) => `\`${value}\``).join(', ')
  return {
    name: `one of ${names}`,
    parse: (given) => {
      const found = values.find((value) => value === given)
      if (found === undefined) throw new Error(`"${given}" is none of ${values.join(', ')}`)
      return found
    },
  }
}

/** Separated by commas. */
export function list<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    name: `list: ${kind.name}`,
    parse: (given) => given.split(',').flatMap((item) => (item.trim() === '' ? [] : [kind.parse(item.trim())])),
  }
}

export const httpUrl: Kind<string> = {
  name: 'URL',
  parse: (given) => {
    if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given
    throw new Error(`"${given}" is no http or https URL`)
  },
}

/** Without a slash at the end. The root of the API is taken for its origin: it is what other settings name. */
export const origin: Kind<string> = {
  name: 'origin',
  parse: (given) => {
    const { origin: found, pathname, search, hash, username } = new URL(httpUrl.parse(given))
    if (/^\/(ngsi-ld\/v1\/?)?$/.test(pathname) && `${search}${hash}${username}` === '') return found
    throw new Error(`"${given}" is more than an origin; it looks like ${found}`)
  },
}

export const allowedOrigin: Kind<string> = {
  name: 'origin or `*`',
  parse: (given) => (given === '*' ? given : origin.parse(given)),
}

export const network: Kind<string> = {
  name: 'network',
  parse: (given) => {
    const [address = '', prefix = '', ...others] = given.split('/')
    const bits = isIP(address) === 4 ? 32 : 128
    if (isIP(address) !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits && others.length === 0) return given
    throw new Error(`"${given}" is no network; it looks like 10.1.0.0/16`)
  },
}

/** `sqlite:` and a folder, or a connection string of MongoDB, which is not looked into: its driver knows what is in it. */
export const store: Kind<
  { readonly kind: 'sqlite'; readonly directory: string } | { readonly kind: 'mongo'; readonly uri: string }
> = {
  name: '`sqlite:` and a folder, or a MongoDB URI',
  parse: (given) => {
    if (/^mongodb(\+srv)?:\/\/./.test(given)) return { kind: 'mongo', uri: given }
    const directory = /^sqlite:(.+)$/.exec(given)?.[1]
    if (directory !== undefined) return { kind: 'sqlite', directory }
    throw new Error(`"${given}" is no store; it looks like sqlite:./data or mongodb://host:27017/boya`)
  },
}

export const recordingRule: Kind<ReturnType<typeof parseRecordingRule>> = {
  name: 'rule',
  parse: parseRecordingRule,
}

/** The name of one, or `*` for all. */
export const entityType: Kind<string> = { name: 'entity type', parse: (given) => parseTypeName(given) }

/** What is written, once each rule can be read. */
export const retention: Kind<readonly WrittenRule[]> = {
  name: 'JSON array of rules',
  parse: (given) => {
    const rules = rulesIn(given)
    const parsed = rules.map((rule, i) =>
      parseRetentionRule(rule, `/${i}`, (type) => parseTypeName(type, `/${i}/type`)),
    )
    refuseVain(parsed, '')
    return rules.map(({ type, ...rest }) => ({
      ...rest,
      ...(type !== undefined && type !== '*' && { type: typeNamed(type) }),
    }))
  },
}

function rulesIn(given: string): readonly WrittenRule[] {
  const example = '[{"type":"Bus","raw":"P30D","summaries":{"every":"PT1H","keep":"P5Y"}}]'
  const rules = jsonIn(given)
  if (Array.isArray(rules)) return rules.map((rule, i) => asWrittenRule(rule, `/${i}`))
  throw new Error(`"${given}" is no list of rules; it looks like ${example}`)
}

function jsonIn(given: string): Json | undefined {
  try {
    return JSON.parse(given)
  } catch {
    return undefined
  }
}

export const cron: Kind<string> = {
  name: 'cron expression',
  parse: (given) => {
    const { valid, errors } = validateDetailed(given)
    if (valid) return given
    throw new Error(`"${given}" is no cron expression: ${errors.map(({ message }) => message).join('; ')}`)
  },
}

/** 5.2.40: "Pseudonym field as defined in IETF RFC 7230", a token. */
export const token: Kind<string> = {
  name: 'token',
  parse: (given) => {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(given)) return given
    throw new Error(`"${given}" is no token (RFC 7230): letters, digits and -._~ are, spaces and slashes are not`)
  },
}
