/** Environment → one typed tree of settings, checked as a whole before anything starts. */

import { readFileSync } from 'node:fs'
import type { RecordingRule } from '../core/history/recording-rules.ts'
import type { WrittenRule } from '../core/history/retention.ts'
import { nearestName } from '../core/model/nearest-name.ts'
import { network } from './kinds.ts'
import { settings, type Tolerance, type Values } from './settings.ts'

interface OutboundPolicy {
  readonly mode: 'public' | 'private' | 'networks'
  readonly networks: readonly string[]
}

export type StoreConfig =
  | { readonly kind: 'sqlite'; readonly directory: string; readonly synchronous: 'full' | 'normal' }
  /** A connection string of MongoDB, as its driver takes it. */
  | { readonly kind: 'mongo'; readonly uri: string }

export interface Config {
  readonly host: string
  readonly port: number
  /** Processes that serve. */
  readonly workers: number
  readonly publicUrl: string | undefined
  readonly store: StoreConfig
  readonly outbound: OutboundPolicy & { readonly concurrency: number }
  readonly cors: { readonly origins: readonly string[] }
  readonly log: { readonly level: string; readonly format: 'auto' | 'json' | 'pretty' }
  readonly contexts: {
    readonly default: string | undefined
    readonly preload: string | undefined
    readonly maxBytes: number
    readonly maxMembers: number
    readonly maxStored: number
    readonly maxNesting: number
    readonly timeoutMs: number
    readonly maxRedirects: number
  }
  /** Milliseconds, where it is a time. */
  readonly notifications: {
    readonly timeouts: { readonly defaultMs: number; readonly mostMs: number }
    readonly concurrency: number
    readonly delivery: {
      readonly maxAgeMs: number
      readonly maxBacklog: number
      readonly retry: { readonly firstMs: number; readonly mostMs: number }
    }
    readonly keep: { readonly deliveredMs: number; readonly deadMs: number }
    readonly streams: {
      readonly keepMs: number
      readonly heartbeatMs: number
      readonly most: number
      readonly mostLeft: number
    }
  }
  readonly limits: {
    readonly bodyBytes: number
    readonly uriBytes: number
    readonly jsonDepth: number
    readonly batchSize: number
    readonly entityBytes: number
    readonly pageBytes: number
    readonly attributes: number
    readonly geometryVertices: number
    readonly numberDigits: number
    readonly idLength: number
    readonly tenantLength: number
    readonly tenants: number
    /** Of a Tenant. */
    readonly subscriptions: number
    readonly selection: number
    readonly query: { readonly chars: number; readonly terms: number; readonly depth: number }
    readonly joinLevel: number
    readonly linkedEntities: number
    readonly pageDefault: number
    readonly pageMax: number
    readonly temporalInstances: number
    readonly temporalPeriods: number
    readonly sentInstances: number
    readonly requestMs: number
    readonly streamMs: number
    readonly answerCacheBytes: number
  }
  readonly history: {
    readonly rules: readonly RecordingRule[]
    readonly afterDeletion: 'keep' | 'delete'
    /** Types are IRIs. */
    readonly retention: readonly WrittenRule[]
    readonly schedule: string
    /** Types of which late, and repeated, observations are none of the current state. */
    readonly late: readonly string[]
    readonly repeated: readonly string[]
  }
  readonly purgeSchedule: string
  readonly alias: string | undefined
  readonly tolerate: readonly Tolerance[]
}

/** Every setting that keeps Boya from starting, a line each. */
export class ConfigError extends Error {
  readonly faults: readonly string[]
  /** Whether the settings may be right, and what they name could not be had now. */
  readonly isUnavailable: boolean

  constructor(faults: readonly string[], isUnavailable = false) {
    super(faults.join('\n'))
    this.name = 'ConfigError'
    this.faults = faults
    this.isUnavailable = isUnavailable
  }
}

export const version: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version

type Environment = Readonly<Record<string, string | undefined>>

/** Throws ConfigError, which names all that is wrong, unknown or contradictory. */
export function loadConfig(env: Environment): Config {
  const faults = [...unknownNames(env)]
  const attempt = <T>(name: string, read: () => T): T | undefined => {
    try {
      return read()
    } catch (error) {
      faults.push(`${name}: ${(error as Error).message}`)
      return undefined
    }
  }
  const read = Object.entries(settings).map(([name, each]) => [name, attempt(name, () => each.read(env[name]))])
  // Complete and of these types where there was no fault; else it is not handed out.
  const values = Object.fromEntries(read) as Values
  const outbound = attempt('BOYA_OUTBOUND', () => outboundOf(values.BOYA_OUTBOUND ?? [], values.BOYA_HOST ?? ''))
  faults.push(...contradictions(values))
  if (faults.length > 0 || outbound === undefined) throw new ConfigError(faults)
  return configOf(values, outbound)
}

/** Names for the tests of Boya itself are not settings. */
const NOT_SETTINGS = 'BOYA_TEST_'

function* unknownNames(env: Environment): Iterable<string> {
  for (const name of Object.keys(env)) {
    if (!name.startsWith('BOYA_') || name in settings || name.startsWith(NOT_SETTINGS)) continue
    const nearest = nearestName(name, Object.keys(settings), 8)
    yield `${name}: there is no such setting; ${nearest === undefined ? 'docs/configuration.md has them all' : `did you mean ${nearest}?`}`
  }
}

/** A value that could not be read is undefined here, and contradicts nothing. */
function* contradictions(values: Partial<Values>): Iterable<string> {
  const {
    BOYA_PAGE_DEFAULT: page = 0,
    BOYA_PAGE_MAX: max = Number.POSITIVE_INFINITY,
    BOYA_CORS_ORIGINS: origins = [],
    BOYA_MAX_ENTITY_BYTES: entityBytes = 0,
    BOYA_MAX_PAGE_BYTES: pageBytes = Number.POSITIVE_INFINITY,
    BOYA_STORE: store,
    BOYA_WORKERS: workers = 1,
  } = values
  if (page > max) yield `BOYA_PAGE_DEFAULT: ${page} is more than BOYA_PAGE_MAX, ${max}`
  // A page is asked for with one entity more, which says whether there is another.
  if (pageBytes < 2 * entityBytes)
    yield `BOYA_MAX_PAGE_BYTES: ${pageBytes} is less than twice BOYA_MAX_ENTITY_BYTES, ${entityBytes}`
  if (origins.includes('*') && origins.length > 1)
    yield 'BOYA_CORS_ORIGINS: `*` is any origin; name it alone, or name the others'
  if (workers > 1 && store?.kind === 'sqlite' && store.directory === ':memory:')
    yield `BOYA_WORKERS: ${workers} processes cannot share BOYA_STORE=sqlite::memory:, each would have data of its own; keep them in a folder, or set BOYA_WORKERS to 1`
}

function outboundOf(items: readonly string[], host: string): OutboundPolicy {
  const [only, ...others] = items
  if (only === undefined) return { mode: isLoopback(host) ? 'private' : 'public', networks: [] }
  if (others.length === 0 && (only === 'public' || only === 'private')) return { mode: only, networks: [] }
  return { mode: 'networks', networks: items.map(networkOf) }
}

function networkOf(item: string): string {
  if (item !== 'public' && item !== 'private') return network.parse(item)
  throw new Error(`"${item}" stands alone; the networks of a list are allowed beside the public ones`)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

function storeOf({ BOYA_STORE: store, BOYA_SQLITE_SYNCHRONOUS: synchronous }: Values): StoreConfig {
  return store.kind === 'sqlite' ? { ...store, synchronous } : store
}

function configOf(values: Values, outbound: OutboundPolicy): Config {
  return {
    host: values.BOYA_HOST,
    port: values.BOYA_PORT,
    workers: values.BOYA_WORKERS,
    publicUrl: values.BOYA_PUBLIC_URL,
    store: storeOf(values),
    outbound: { ...outbound, concurrency: values.BOYA_OUTBOUND_CONCURRENCY },
    cors: { origins: values.BOYA_CORS_ORIGINS },
    log: { level: values.BOYA_LOG_LEVEL, format: values.BOYA_LOG_FORMAT },
    contexts: {
      default: values.BOYA_CONTEXT_DEFAULT,
      preload: values.BOYA_CONTEXTS_PRELOAD,
      maxBytes: values.BOYA_CONTEXT_MAX_BYTES,
      maxMembers: values.BOYA_CONTEXT_MAX_MEMBERS,
      maxStored: values.BOYA_CONTEXT_MAX_STORED,
      maxNesting: values.BOYA_CONTEXT_MAX_NESTING,
      timeoutMs: values.BOYA_CONTEXT_TIMEOUT,
      maxRedirects: values.BOYA_CONTEXT_MAX_REDIRECTS,
    },
    notifications: {
      timeouts: { defaultMs: values.BOYA_NOTIFICATION_TIMEOUT, mostMs: values.BOYA_NOTIFICATION_MAX_TIMEOUT },
      concurrency: values.BOYA_NOTIFICATION_CONCURRENCY,
      delivery: {
        maxAgeMs: values.BOYA_NOTIFICATION_MAX_AGE,
        maxBacklog: values.BOYA_NOTIFICATION_MAX_BACKLOG,
        retry: { firstMs: values.BOYA_NOTIFICATION_RETRY_FIRST, mostMs: values.BOYA_NOTIFICATION_RETRY_MOST },
      },
      keep: {
        deliveredMs: values.BOYA_NOTIFICATION_KEEP_DELIVERED,
        deadMs: values.BOYA_NOTIFICATION_KEEP_DEAD,
      },
      streams: {
        keepMs: values.BOYA_STREAM_KEEP,
        heartbeatMs: values.BOYA_STREAM_HEARTBEAT,
        most: values.BOYA_MAX_STREAMS,
        mostLeft: values.BOYA_MAX_STREAMS_LEFT,
      },
    },
    limits: {
      bodyBytes: values.BOYA_MAX_BODY_BYTES,
      uriBytes: values.BOYA_MAX_URI_BYTES,
      jsonDepth: values.BOYA_MAX_JSON_DEPTH,
      batchSize: values.BOYA_MAX_BATCH,
      entityBytes: values.BOYA_MAX_ENTITY_BYTES,
      pageBytes: values.BOYA_MAX_PAGE_BYTES,
      attributes: values.BOYA_MAX_ATTRIBUTES,
      geometryVertices: values.BOYA_MAX_VERTICES,
      numberDigits: values.BOYA_MAX_NUMBER_DIGITS,
      idLength: values.BOYA_MAX_ID_LENGTH,
      tenantLength: values.BOYA_MAX_TENANT_LENGTH,
      tenants: values.BOYA_MAX_TENANTS,
      subscriptions: values.BOYA_MAX_SUBSCRIPTIONS,
      selection: values.BOYA_MAX_SELECTION,
      query: {
        chars: values.BOYA_MAX_QUERY_CHARS,
        terms: values.BOYA_MAX_QUERY_TERMS,
        depth: values.BOYA_MAX_QUERY_DEPTH,
      },
      joinLevel: values.BOYA_MAX_JOIN_LEVEL,
      linkedEntities: values.BOYA_MAX_LINKED_ENTITIES,
      pageDefault: values.BOYA_PAGE_DEFAULT,
      pageMax: values.BOYA_PAGE_MAX,
      temporalInstances: values.BOYA_TEMPORAL_INSTANCES,
      temporalPeriods: values.BOYA_TEMPORAL_PERIODS,
      sentInstances: values.BOYA_MAX_INSTANCES,
      requestMs: values.BOYA_REQUEST_TIMEOUT,
      streamMs: values.BOYA_STREAM_TIMEOUT,
      answerCacheBytes: values.BOYA_ANSWER_CACHE_BYTES,
    },
    history: {
      rules: values.BOYA_HISTORY,
      afterDeletion: values.BOYA_HISTORY_AFTER_DELETION,
      retention: values.BOYA_HISTORY_RETENTION,
      schedule: values.BOYA_HISTORY_SCHEDULE,
      late: values.BOYA_LATE_OBSERVATIONS,
      repeated: values.BOYA_REPEATED_OBSERVATIONS,
    },
    purgeSchedule: values.BOYA_PURGE_SCHEDULE,
    alias: values.BOYA_ALIAS,
    tolerate: values.BOYA_TOLERATE,
  }
}
