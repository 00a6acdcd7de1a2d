/** The composition root: reads top to bottom as what a running broker is made of. */

import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { type Config, ConfigError, version } from './config/config.ts'
import { localUrl } from './config/local-url.ts'
import { createContextResolver, type OpenContextResolver } from './contexts/context-resolver.ts'
import { ContextSettingError } from './contexts/context-setting-error.ts'
import { forTypes } from './core/history/recording-rules.ts'
import { type Duty, startDuties } from './duties/duties.ts'
import { keepLease } from './duties/keep.ts'
import { createLease } from './duties/lease.ts'
import { LEASE } from './duties/lease-document.ts'
import { MEMBERS } from './duties/members.ts'
import { createAnswerCache } from './http/answer-cache.ts'
import type { Api } from './http/api.ts'
import { createApp } from './http/app.ts'
import { answerClientError } from './http/client-error.ts'
import { inOrder } from './http/in-order.ts'
import { waitingForStore } from './http/unavailable.ts'
import { NOTICE_BELL } from './notifications/bells.ts'
import { type Notifications, openNotifications } from './notifications/open-notifications.ts'
import { createSubscribers } from './notifications/subscribers.ts'
import { openStore } from './open-store.ts'
import { createBuild, createBuildPeriodic, createShowChange } from './operations/build-notification.ts'
import type { Identity } from './operations/context-source-identity.ts'
import { keepIdentity } from './operations/kept-identity.ts'
import type { OperationContext } from './operations/operation-context.ts'
import { purgeExpired } from './operations/purge-expired.ts'
import { retainHistory } from './operations/retain-history.ts'
import { createOutbound, type Outbound } from './outbound/outbound.ts'
import type { Call, Log } from './ports/call.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'
import { StoreRefused, StoreUnavailable } from './ports/unavailable.ts'

export interface RunningBroker {
  /** Where it is reached from this machine. */
  readonly url: string
  /** What the start line shows, without secrets. */
  readonly store: string
  /** Takes no new connections, answers what is under way, closes the store. */
  close(): Promise<void>
}

interface BrokerOptions {
  readonly log: Log
  /** Replaced in tests, which make time pass. */
  readonly clock?: Clock
  /** Ends a start that waits for the store; it throws then. */
  readonly signal?: AbortSignal
}

/**
 * Resolves when requests are served. A store that does not answer is waited for: until then the process is live, and not
 * ready. Throws ConfigError where an @context of the settings cannot be had, or the store does not let Boya in; and where
 * the store cannot be opened or the port is taken.
 */
export async function startBroker(config: Config, options: BrokerOptions): Promise<RunningBroker> {
  const opened: Opened = []
  try {
    return await start(config, options, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** `opened` gets what has to be closed again, in the order in which it was opened. */
async function start(config: Config, options: BrokerOptions, opened: Opened): Promise<RunningBroker> {
  const { log, clock = Date } = options
  const subscribers = createSubscribers()
  const store = await openStore(config, { clock, log, notices: subscribers.source, ofRunning: OF_RUNNING }).catch(
    asConfigError,
  )
  opened.push(store.close)
  const postConcurrency = config.notifications.concurrency
  const { concurrency } = config.outbound
  const outbound = createOutbound({ policy: config.outbound, concurrency, postConcurrency, log })
  opened.push(outbound.close)
  const server = createHttpServer(config)
  const address = (): string => addressOf(server, config)
  const made: { contexts?: OpenContextResolver; notifications?: Notifications } = {}
  // Closed after the server, whose last requests need them; and what these have changed is told still.
  opened.push(async () => made.contexts?.close())
  opened.push(async () => made.notifications?.close())
  let handle: RequestListener = waitingForStore
  server.on('request', (request, response) => handle(request, response))
  const serve = async (): Promise<void> => {
    await listen(server, config)
    opened.push(() => drain(server, config.limits.requestMs))
  }
  if (!(await isThere(store))) {
    await serve()
    log.warn({ store: store.description }, `live on ${address()}; ready when the store answers`)
    while (!(await isThere(store))) await pause(STORE_MS * (0.5 + Math.random()), undefined, { signal: options.signal })
  }
  made.contexts = await openContexts(config, { store, outbound, clock, log, address })
  const notifications = await openNotifications({
    ...{ subscribers, store, outbound, clock, instance: instanceName(), settings: config.notifications },
    callOf: (tenant) => ownCall(log, tenant),
  })
  made.notifications = notifications
  const { notifier, streams } = notifications
  const { late, repeated, retention } = config.history
  const messages = { late: forTypes(late), repeated: forTypes(repeated) }
  const operations = { store, clock, messages, retention, limits: config.limits, notifier, streams }
  const building = { operations, contexts: made.contexts }
  const identity = await identityOf(store, config, clock, log)
  handle = inOrder(createApp(apiOf(config, { operations, identity, contexts: made.contexts, log })).callback())
  notifications.start({
    ...{ build: createBuild(building), buildPeriodic: createBuildPeriodic(building) },
    showChange: createShowChange(building),
  })
  if (!server.listening) await serve()
  // Before the server, which waits for its connections.
  opened.push(streams.close)
  opened.push(startDutiesOf(operations, notifications, config, log))
  return { url: address(), store: store.description, close: () => closeAll(opened) }
}

/** By which instances agree while they are running. */
const OF_RUNNING = [LEASE, MEMBERS, NOTICE_BELL]

type Opened = (() => Promise<unknown>)[]

function createHttpServer({ limits }: Config): Server {
  const server = createServer({
    maxHeaderSize: limits.uriBytes + HEADERS_BYTES,
    requestTimeout: limits.requestMs,
    headersTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, limits.requestMs),
    keepAliveTimeout: IDLE_MS,
  })
  return server.on('clientError', answerClientError)
}

/**
 * Milliseconds that a connection waits for another request. Longer than the minute that load balancers keep an idle one:
 * who closes first must be the side that sends, or a request that is on its way to a connection that closes is lost.
 */
const IDLE_MS = 75_000

interface ContextSurroundings {
  readonly store: Store
  readonly outbound: Outbound
  readonly clock: Clock
  readonly log: Log
  readonly address: () => string
}

async function openContexts(config: Config, { outbound, address, ...rest }: ContextSurroundings) {
  const settings = { ...config.contexts, maxDepth: config.limits.jsonDepth, maxUrlLength: config.limits.idLength }
  const publicUrl = () => config.publicUrl ?? address()
  return createContextResolver({ ...rest, fetch: outbound.fetch, settings, publicUrl }).catch((error) => {
    throw error instanceof ContextSettingError ? new ConfigError(error.faults, error.isUnavailable) : error
  })
}

function apiOf(config: Config, made: Pick<Api, 'operations' | 'identity' | 'contexts' | 'log'>): Api {
  return {
    ...made,
    version,
    limits: config.limits,
    answers: createAnswerCache(config.limits.answerCacheBytes),
    tolerate: new Set(config.tolerate),
    corsOrigins: config.cors.origins,
  }
}

/** Milliseconds, about, between two looks at a store that does not answer. */
const STORE_MS = 1_000

/** Whether the store answers. Throws where it answers that it cannot be used, ConfigError where a setting is why. */
async function isThere(store: Store): Promise<boolean> {
  try {
    await store.check()
    return true
  } catch (error) {
    if (error instanceof StoreUnavailable && !(error instanceof StoreRefused)) return false
    return asConfigError(error)
  }
}

/** Always throws. */
function asConfigError(error: unknown): never {
  throw error instanceof StoreRefused ? new ConfigError([`BOYA_STORE: ${error.message}`]) : error
}

/** Closes all, also where one of them fails. Throws the first failure. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** What one of the instances on the store does from time to time; returns how to end it, which waits for what is under way. */
function startDutiesOf(
  context: OperationContext,
  notifications: Pick<Notifications, 'forget'>,
  { purgeSchedule, history }: Config,
  log: Log,
): () => Promise<void> {
  const lease = createLease({ documents: context.store.documents, call: ownCall(log), instance: instanceName() })
  const purge: Duty = {
    name: 'purge of what has expired',
    schedule: purgeSchedule,
    run: (signal) => purgeExpired(context, log, signal),
  }
  const forget: Duty = {
    name: 'removal of what subscribers were told long ago',
    schedule: purgeSchedule,
    run: notifications.forget,
  }
  const retain: Duty = {
    name: 'removal of history that is too old',
    schedule: history.schedule,
    run: (signal) => retainHistory({ ...context, retention: history.retention }, log, signal),
  }
  return startDuties([purge, forget, retain], { lease: keepLease(lease, log), log }).close
}

/** Room for headers beside the URI. */
const HEADERS_BYTES = 16_384

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Where the server is reached from this machine; before it listens, where it is going to be. */
function addressOf(server: Server, { host, port }: Config): string {
  return localUrl(host, (server.address() as AddressInfo | null)?.port ?? port)
}

/** In-flight requests are answered, for as long as a request may take; connections that wait for another request are closed. */
async function drain(server: Server, requestMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
  const idle = setInterval(() => server.closeIdleConnections(), 20)
  const late = setTimeout(() => server.closeAllConnections(), requestMs)
  await closed
  clearInterval(idle)
  clearTimeout(late)
}

/** 5.2.40: the same id over restarts and in all processes on one store; the first start makes it. */
async function identityOf(store: Store, { alias }: Config, clock: Clock, log: Log): Promise<Identity> {
  const id = await keepIdentity(store.documents, ownCall(log), `urn:uuid:${randomUUID()}`)
  return { id, alias: alias ?? `boya-${id.slice(-12)}`, startedAt: clock.now() }
}

/** For what the broker asks of the store by itself: nobody gives up waiting for it. */
function ownCall(log: Log, tenant = ''): Call {
  const { signal } = new AbortController()
  return { tenant, signal: () => signal, log }
}

/** For people. */
function instanceName(): string {
  return `${hostname()}:${process.pid}`
}
