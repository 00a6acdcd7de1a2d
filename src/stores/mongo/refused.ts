/** Writes that the driver or the server does not take, because of what is to be written. */

import { BSON, MongoBulkWriteError, MongoInvalidArgumentError } from 'mongodb'

/**
 * Whether a bulk has failed because of one of its documents, so that nobody knows of which: the driver throws before
 * anything is sent, a server may refuse a command as a whole.
 */
export function isOfOne(error: unknown): boolean {
  if (error instanceof MongoBulkWriteError) return [error.writeErrors].flat().length === 0 && isTooLarge(error)
  return error instanceof MongoInvalidArgumentError || error instanceof RangeError || error instanceof BSON.BSONError
}

/** BSONObjectTooLarge, its like for what a document would become, CannotBuildIndexKeys. */
const TOO_LARGE: readonly unknown[] = [10_334, 17_419, 17_420, 201]
/** What servers say that have other numbers for it, and the driver. */
const SAYS_SO = /larger than (the maximum size|MaxDocumentSize)|BSONObj.* too large|too many (index )?keys/i

interface Said {
  readonly code?: unknown
  readonly message?: string | undefined
  readonly errmsg?: string | undefined
}

/** Whether a document is larger than what a server takes, as it is or in an index. */
export function isTooLarge(error: Said): boolean {
  return TOO_LARGE.includes(error.code) || SAYS_SO.test(error.errmsg ?? error.message ?? '') || isBeyondBuffer(error)
}

/** The driver writes into a buffer that is a little larger than the largest document. */
function isBeyondBuffer(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE'
}
