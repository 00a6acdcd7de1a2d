/**
 * Versions of a document that tell of the last changes which they were. A bulk of writes says how many of its documents
 * were there as they were expected, and not which: of the others, each tells.
 */

import { randomBytes } from 'node:crypto'

/** Characters of one change, and changes that are told. */
const LENGTH = 8
const TOLD = 6

/** The version after a change to a document with this one, undefined where it is new. */
export function nextVersion(before: string | undefined): string {
  return randomBytes((LENGTH * 6) / 8).toString('base64url') + (before ?? '').slice(0, LENGTH * (TOLD - 1))
}

/** Whether a document came to its version `found` by way of the version `made`; undefined where that is too long ago to tell. */
export function hasBeen(made: string, found: string): boolean | undefined {
  const [change, before] = [made.slice(0, LENGTH), made.slice(LENGTH, 2 * LENGTH)]
  for (let at = 0; at < found.length; at += LENGTH) {
    const told = found.slice(at, at + LENGTH)
    if (told === change) return true
    if (told === before) return false
  }
  // What was new with that version tells of no change before; what is found tells of its first one, unless it is cut.
  return made.length === LENGTH && found.length < LENGTH * TOLD ? false : undefined
}
