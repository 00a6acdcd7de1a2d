/** Environment → one typed tree of settings, checked as a whole before anything starts. */

import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import { parseSetting, type SettingValue } from './parse.ts'
import { settings } from './settings.ts'

export type Tolerance = 'ld-json-without-context' | 'merge-patch-on-post' | 'context-in-json-body'

export interface OutboundConfig {
  readonly mode: 'public' | 'private' | 'networks'
  readonly networks: readonly string[]
}

export interface Config {
  readonly host: string
  readonly port: number
  readonly publicUrl: string | undefined
  readonly store: { readonly kind: 'sqlite'; readonly directory: string; readonly synchronous: 'full' | 'normal' }
  readonly outbound: OutboundConfig
  readonly cors: { readonly origins: readonly string[] }
  readonly log: { readonly level: string; readonly format: 'auto' | 'json' | 'pretty' }
  readonly contexts: {
    readonly default: string | undefined
    readonly preload: string | undefined
    readonly maxBytes: number
    readonly maxStored: number
    readonly maxNesting: number
    readonly timeoutMs: number
    readonly maxRedirects: number
  }
  readonly limits: {
    readonly bodyBytes: number
    readonly uriBytes: number
    readonly jsonDepth: number
    readonly batchSize: number
    readonly entityBytes: number
    readonly attributes: number
    readonly geometryVertices: number
    readonly numberDigits: number
    readonly idLength: number
    readonly tenantLength: number
    readonly pageDefault: number
    readonly pageMax: number
    readonly requestMs: number
  }
  readonly purgeSchedule: string
  readonly alias: string | undefined
  readonly tolerate: readonly Tolerance[]
}

/** Every setting that keeps Boya from starting, a line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(faults.join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
  }
}

export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

/** Throws ConfigError, which names all that is wrong, unknown or contradictory. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const faults = [...unknownNames(env)]
  const values = new Map<string, SettingValue>()
  for (const setting of settings) {
    try {
      values.set(setting.name, parseSetting(setting, env[setting.name]))
    } catch (error) {
      faults.push(`${setting.name}: ${(error as Error).message}`)
    }
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return build(values)
}

function* unknownNames(env: Readonly<Record<string, string | undefined>>): Iterable<string> {
  const known = settings.map(({ name }) => name)
  for (const name of Object.keys(env)) {
    if (!name.startsWith('BOYA_') || known.includes(name) || name.startsWith('BOYA_TEST_')) continue
    const nearest = known.toSorted((a, b) => distance(a, name) - distance(b, name))[0]
    yield `${name}: there is no such setting; did you mean ${nearest}?`
  }
}

/** Levenshtein. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (char === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function build(values: ReadonlyMap<string, SettingValue>): Config {
  const faults: string[] = []
  const get = (name: string) => values.get(`BOYA_${name}`)
  const text = (name: string) => get(name) as string | undefined
  const number = (name: string) => get(name) as number
  const list = (name: string) => get(name) as readonly string[]
  const check = <T>(name: string, parse: () => T): T | undefined => {
    try {
      return parse()
    } catch (error) {
      faults.push(`BOYA_${name}: ${(error as Error).message}`)
      return undefined
    }
  }
  const host = text('HOST') ?? '127.0.0.1'
  const publicUrl = check('PUBLIC_URL', () => origin(text('PUBLIC_URL')))
  const directory = check('STORE', () => sqliteDirectory(text('STORE') ?? ''))
  const outbound = check('OUTBOUND', () => outboundOf(list('OUTBOUND'), host))
  const contextDefault = check('CONTEXT_DEFAULT', () => url(text('CONTEXT_DEFAULT')))
  if (number('PAGE_DEFAULT') > number('PAGE_MAX')) faults.push('BOYA_PAGE_DEFAULT: is larger than BOYA_PAGE_MAX')
  if (faults.length > 0 || directory === undefined || outbound === undefined) throw new ConfigError(faults)
  return {
    host,
    port: number('PORT'),
    publicUrl,
    store: { kind: 'sqlite', directory, synchronous: text('SQLITE_SYNCHRONOUS') === 'normal' ? 'normal' : 'full' },
    outbound,
    cors: { origins: list('CORS_ORIGINS') },
    log: { level: text('LOG_LEVEL') ?? 'info', format: (text('LOG_FORMAT') ?? 'auto') as 'auto' | 'json' | 'pretty' },
    contexts: {
      default: contextDefault,
      preload: text('CONTEXTS_PRELOAD'),
      maxBytes: number('CONTEXT_MAX_BYTES'),
      maxStored: number('CONTEXT_MAX_STORED'),
      maxNesting: number('CONTEXT_MAX_NESTING'),
      timeoutMs: number('CONTEXT_TIMEOUT'),
      maxRedirects: number('CONTEXT_MAX_REDIRECTS'),
    },
    limits: {
      bodyBytes: number('MAX_BODY_BYTES'),
      uriBytes: number('MAX_URI_BYTES'),
      jsonDepth: number('MAX_JSON_DEPTH'),
      batchSize: number('MAX_BATCH'),
      entityBytes: number('MAX_ENTITY_BYTES'),
      attributes: number('MAX_ATTRIBUTES'),
      geometryVertices: number('MAX_VERTICES'),
      numberDigits: number('MAX_NUMBER_DIGITS'),
      idLength: number('MAX_ID_LENGTH'),
      tenantLength: number('MAX_TENANT_LENGTH'),
      pageDefault: number('PAGE_DEFAULT'),
      pageMax: number('PAGE_MAX'),
      requestMs: number('REQUEST_TIMEOUT'),
    },
    purgeSchedule: text('PURGE_SCHEDULE') ?? '* * * * *',
    alias: text('ALIAS'),
    tolerate: list('TOLERATE') as readonly Tolerance[],
  }
}

function url(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new Error(`"${text}" is no http or https URL`)
  return text
}

/** The suite that checks conformance names the API's root; the origin of it is what counts. */
function origin(text: string | undefined): string | undefined {
  const checked = url(text)
  return checked === undefined ? undefined : new URL(checked).origin
}

function sqliteDirectory(text: string): string {
  if (text.startsWith('mongodb')) throw new Error('MongoDB comes in a later version; this one has sqlite: and a folder')
  const directory = /^sqlite:(.+)$/.exec(text)?.[1]
  if (directory === undefined) throw new Error(`"${text}" is no store; it looks like sqlite:./data`)
  return directory
}

function outboundOf(items: readonly string[], host: string): OutboundConfig {
  const [only] = items
  if (only === undefined) return { mode: isLoopback(host) ? 'private' : 'public', networks: [] }
  if (items.length === 1 && (only === 'public' || only === 'private')) return { mode: only, networks: [] }
  for (const network of items) checkNetwork(network)
  return { mode: 'networks', networks: items }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function checkNetwork(text: string): void {
  const [address = '', prefix] = text.split('/')
  const family = isIP(address)
  try {
    if (family === 0 || prefix === undefined) throw new Error('no CIDR')
    new BlockList().addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
  } catch {
    throw new Error(`"${text}" is no network; it looks like 10.1.0.0/16, or is the single word public or private`)
  }
}
