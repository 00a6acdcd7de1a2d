/** The composition root: reads top to bottom as what a running broker is made of. */

import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { schedule } from 'node-cron'
import { type Config, ConfigError, version } from './config/config.ts'
import { localUrl } from './config/local-url.ts'
import { createContextResolver } from './contexts/context-resolver.ts'
import { ContextSettingError } from './contexts/context-setting-error.ts'
import { createAnswerCache } from './http/answer-cache.ts'
import { createApp } from './http/app.ts'
import { answerClientError } from './http/client-error.ts'
import { inOrder } from './http/in-order.ts'
import { openStore } from './open-store.ts'
import type { Identity } from './operations/context-source-identity.ts'
import type { OperationContext } from './operations/operation-context.ts'
import { purgeExpired } from './operations/purge-expired.ts'
import { createOutbound } from './outbound/outbound.ts'
import type { Call, Log } from './ports/call.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'

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
}

/** Throws ConfigError where an @context of the settings cannot be had; and where the store cannot be opened or the port is taken. */
export async function startBroker(config: Config, options: BrokerOptions): Promise<RunningBroker> {
  const opened: (() => Promise<unknown>)[] = []
  try {
    return await start(config, options, opened)
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** `opened` gets what has to be closed again, in the order in which it was opened. */
async function start(
  config: Config,
  { log, clock = Date }: BrokerOptions,
  opened: (() => Promise<unknown>)[],
): Promise<RunningBroker> {
  const store = await openStore(config, { clock, log })
  opened.push(store.close)
  const outbound = createOutbound({ policy: config.outbound, concurrency: config.outbound.concurrency, log })
  opened.push(outbound.close)
  const server = createServer({
    maxHeaderSize: config.limits.uriBytes + HEADERS_BYTES,
    requestTimeout: config.limits.requestMs,
    headersTimeout: config.limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, config.limits.requestMs),
  })
  const contexts = await createContextResolver({
    store,
    fetch: outbound.fetch,
    clock,
    log,
    settings: { ...config.contexts, maxDepth: config.limits.jsonDepth, maxUrlLength: config.limits.idLength },
    publicUrl: () => config.publicUrl ?? addressOf(server, config),
  }).catch((error) => {
    throw error instanceof ContextSettingError ? new ConfigError(error.faults, error.isUnavailable) : error
  })
  opened.push(contexts.close)
  const operations: OperationContext = { store, clock, limits: config.limits }
  const app = createApp({
    operations,
    contexts,
    identity: await identityOf(store, config, clock, log),
    version,
    log,
    limits: config.limits,
    answers: createAnswerCache(config.limits.answerCacheBytes),
    tolerate: new Set(config.tolerate),
    corsOrigins: config.cors.origins,
  })
  server.on('request', inOrder(app.callback()))
  server.on('clientError', answerClientError)
  await listen(server, config)
  opened.push(() => drain(server, config.limits.requestMs))
  opened.push(schedulePurge(operations, config, log))
  return { url: addressOf(server, config), store: store.description, close: () => closeAll(opened) }
}

/** Closes all, also where one of them fails. Throws the first failure. */
async function closeAll(opened: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** Purges on schedule; returns how to end it, which waits for a purge under way. */
function schedulePurge(context: OperationContext, { purgeSchedule }: Config, log: Log): () => Promise<void> {
  const ending = new AbortController()
  let running = Promise.resolve()
  const purge = async () => {
    running = purgeExpired(context, log, ending.signal).catch((error: unknown) =>
      log.error({ error }, 'a purge failed'),
    )
    await running
  }
  const task = schedule(purgeSchedule, purge, { noOverlap: true })
  return async () => {
    ending.abort()
    await task.destroy()
    await running
  }
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
  const call: Call = { tenant: '', signal: () => new AbortController().signal, log }
  const made = `urn:uuid:${randomUUID()}`
  const id = await store.documents.change(call, 'identity', 'broker', (kept) =>
    typeof kept === 'string' ? { result: kept } : { document: made, result: made },
  )
  return { id, alias: alias ?? `boya-${id.slice(-12)}`, startedAt: clock.now() }
}
