/** What the driver throws, and what it means. */

import {
  MongoAPIError,
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoParseError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  MongoWriteConcernError,
  type WriteError,
} from 'mongodb'
import { StoreRefused, StoreUnavailable } from '../../ports/unavailable.ts'

const DUPLICATE_KEY = 11_000
const MAX_TIME_EXPIRED = 50

type Coded = { readonly code?: number | string | undefined }

export function isDuplicateKey({ code }: Coded): boolean {
  return code === DUPLICATE_KEY
}

/** For what may be made only once: false where another was faster. */
export function isMade(making: Promise<unknown>): Promise<boolean> {
  return making.then(
    () => true,
    (error: unknown) => {
      if (error instanceof MongoServerError && isDuplicateKey(error)) return false
      throw error
    },
  )
}

/** Whether the server ended it because it took longer than it was given. */
export function tookLonger(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === MAX_TIME_EXPIRED
}

/**
 * Errors of a server that is not the one to ask, ends, or cannot ask another: HostUnreachable, HostNotFound, CursorNotFound
 * (which went with the server that had it), NetworkTimeout, ShutdownInProgress, FailedToSatisfyReadPreference,
 * ReadConcernMajorityNotAvailableYet, PrimarySteppedDown, ExceededTimeLimit, SocketException, LegacyNotPrimary,
 * NotWritablePrimary, InterruptedAtShutdown, InterruptedDueToReplStateChange, NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary.
 */
const MOVING: ReadonlySet<unknown> = new Set([
  6, 7, 43, 89, 91, 133, 134, 189, 262, 9_001, 10_058, 10_107, 11_600, 11_602, 13_435, 13_436,
])
const RETRYABLE = ['RetryableWriteError', 'RetryableError']

/** Whether it is an error of a server that is moving: another answers soon, or it again. */
export function isMoving({ code }: Coded): boolean {
  return MOVING.has(code)
}

/** Not exported by the driver: a connection was waited for too long, or its server left the replica set meanwhile. */
const WAITED = 'MongoWaitQueueTimeoutError'
const NOT_CONNECTED: ReadonlySet<string> = new Set([WAITED, 'MongoPoolClosedError'])

/** Whether all connections of the pool were in use for as long as one was waited for. */
export function hasWaited(error: unknown): boolean {
  return error instanceof MongoError && error.name === WAITED
}

/** Whether the driver knows no server that can be asked, or has no connections: another way may be open. */
export function isNotFound(error: unknown): boolean {
  return NOT_FOUND.some((kind) => error instanceof kind)
}

const NOT_FOUND = [MongoServerSelectionError, MongoNotConnectedError, MongoTopologyClosedError]

/** Whether nobody answered, or one who cannot know: nobody knows what was done. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof MongoError)) return isNameUnknown(error)
  return (
    lacksMajority(error) ||
    isMoving(error) ||
    RETRYABLE.some((label) => error.hasErrorLabel(label)) ||
    NOT_CONNECTED.has(error.name) ||
    // A bulk wraps what broke it: what a server says has a code.
    (error instanceof MongoBulkWriteError && typeof error.code !== 'number') ||
    isNotFound(error) ||
    error instanceof MongoNetworkError ||
    error instanceof MongoServerClosedError
  )
}

/** Whether a write was done by one server, and not known in time to be done by as many as it has to be. */
function lacksMajority(error: MongoError): boolean {
  if (error instanceof MongoWriteConcernError) return true
  return error instanceof MongoBulkWriteError && error.result.getWriteConcernError() !== undefined
}

const QUERIES_OF_NAMES = /^(?:query|getaddrinfo)/

/** Names of `mongodb+srv` are looked up before there is a driver that wraps errors. */
function isNameUnknown(error: unknown): boolean {
  return QUERIES_OF_NAMES.test(syscallOf(error))
}

function syscallOf(error: unknown): string {
  return error instanceof Error && 'syscall' in error ? String(error.syscall) : ''
}

/** UserNotFound, Unauthorized, AuthenticationFailed, MechanismUnavailable, and all of these as Atlas says it. */
const REFUSALS: ReadonlySet<unknown> = new Set([11, 13, 18, 334, 8_000])

/** Whether a setting is wrong: a password, a right that is missing, an option, a file that one names. */
export function isRefusal(error: unknown): boolean {
  if (isUnreachable(error)) return false
  if (error instanceof MongoServerError) return REFUSALS.has(error.code) || error.hasErrorLabel('HandshakeError')
  return error instanceof MongoAPIError || error instanceof MongoParseError || syscallOf(error) === 'open'
}

/** What keeps a database from being asked, in Boya's own words; what is something else comes through. */
export function explained(error: unknown): unknown {
  if (isRefusal(error)) return new StoreRefused(error)
  return isUnreachable(error) ? new StoreUnavailable(error) : error
}

/** Whether it says what is wrong: that a connection was closed says only that there was another error before. */
export function tellsWhy(error: unknown): boolean {
  return isOfDriver(error) && !(error instanceof MongoTopologyClosedError)
}

export function isOfDriver(error: unknown): boolean {
  return error instanceof MongoError || syscallOf(error) !== ''
}

/** What of a bulk was not done, where all the rest was; throws what is no such error. */
export function failedOf(error: unknown): { readonly failed: readonly WriteError[]; readonly matched: number } {
  if (!(error instanceof MongoBulkWriteError)) throw error
  const failed = [error.writeErrors].flat()
  if (failed.length === 0 || lacksMajority(error)) throw error
  return { failed, matched: error.matchedCount }
}
