/** What the driver throws, and what it means. */

import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
  type WriteError,
} from 'mongodb'

const DUPLICATE_KEY = 11_000

export function isDuplicateKey({ code }: { readonly code?: number | string | undefined }): boolean {
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

/** Whether nobody answered, so that nobody knows what was done. */
export function isUnreachable(error: unknown): boolean {
  // A bulk wraps what broke it: what a server says has a code.
  if (error instanceof MongoBulkWriteError) return typeof error.code !== 'number' || error.err !== undefined
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError
  )
}

/** Whether it says what is wrong: that a connection was closed says only that there was another error before. */
export function tellsWhy(error: unknown): boolean {
  return !(error instanceof MongoTopologyClosedError)
}

export function isOfDriver(error: unknown): boolean {
  return error instanceof MongoError
}

/** What of a bulk was not done, where all the rest was; throws what is no such error. */
export function failedOf(error: unknown): { readonly failed: readonly WriteError[]; readonly matched: number } {
  if (!(error instanceof MongoBulkWriteError)) throw error
  const failed = [error.writeErrors].flat()
  if (failed.length === 0 || error.result.getWriteConcernError() !== undefined) throw error
  return { failed, matched: error.matchedCount }
}
