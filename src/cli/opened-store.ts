/** The store that the settings name, for a command that works on it without a broker. */

import { type Config, ConfigError, loadConfig } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { createLogger } from '../observability/logger.ts'
import { redact } from '../observability/redact.ts'
import { lookAtStore, openStore } from '../open-store.ts'
import type { Call, Log } from '../ports/call.ts'
import type { HistoryPolicy } from '../ports/history.ts'
import type { Store } from '../ports/store.ts'
import { StoreRefused, StoreUnavailable } from '../ports/unavailable.ts'
import { CommandError } from './command-error.ts'
import { TransferError } from './transfer/transfer-error.ts'

interface OpenedStore {
  readonly store: Store
  /** A call that nothing ends. */
  callIn(tenant: string): Call
}

/** Its log goes to standard error: a result may go to standard output. `history`: in the place of what the settings say. Throws CommandError where it cannot be opened. */
export async function openedStore(config: Config, history?: HistoryPolicy): Promise<OpenedStore> {
  const log: Log = await createLogger(config.log, {
    isTTY: process.stderr.isTTY === true,
    write: (text) => process.stderr.write(text),
  })
  const store = await openStore(config, { clock: Date, log, ...(history && { history }) }).catch((error: Error) => {
    throw new CommandError(error.message, error)
  })
  const { signal } = new AbortController()
  return { store, callIn: (tenant) => ({ tenant, signal: () => signal, log }) }
}

/** Throws ConfigError. */
export function settings(): Config {
  return loadConfig(environment())
}

/** Whether there is a store where the settings lead to. Throws CommandError where it would keep nothing, or cannot be asked. */
export async function isStoreThere(config: Config): Promise<boolean> {
  const { exists, lasts } = await lookAtStore(config).catch((error: Error) => {
    throw new CommandError(`${whereOf(config)}: ${saying(error)}`, error)
  })
  if (lasts) return exists
  throw new CommandError('BOYA_STORE keeps nothing; name the store that is meant, such as sqlite:./data')
}

/** As the setting names it, without who asks: a password that is written wrongly is not seen to be one. */
export function whereOf({ store }: Config): string {
  return store.kind === 'sqlite' ? `sqlite:${store.directory}` : store.uri.replace(/\/\/.*@/s, '//')
}

/** Runs a command; what keeps it from being done is told on standard error, with exit status 2. */
export async function orSayWhyNot(command: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    process.stderr.write(`boya ${command}: ${redact(why(error))}\n`)
    process.exitCode = 2
  }
}

const EXPECTED = [CommandError, TransferError, ConfigError, StoreUnavailable]

/** What nobody foresaw is told with the place where it happened. */
function why(error: unknown): string {
  if (EXPECTED.some((kind) => error instanceof kind)) return saying(error as Error)
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** That a database does not answer helps nobody who has to find out why. */
function saying(error: Error): string {
  if (!(error instanceof StoreUnavailable) || error instanceof StoreRefused) return error.message
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
