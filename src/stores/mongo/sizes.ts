/**
 * How large a document may be. MongoDB takes 16 MiB, as it is stored and as it is sent. In it are the body, of at most
 * BOYA_MAX_ENTITY_BYTES, what it is looked up by, its names (Shape) and those that it had when it was counted: what is
 * refused must not depend on what was there before, so for those as much is left free as the largest may take.
 */

import { BSON } from 'mongodb'
import { badRequest, entityTooLarge, type Problem } from '../../core/model/problems.ts'
import type { EntityDocument } from './stored.ts'

type Sized = Pick<EntityDocument, 'body' | 'types' | 'attributes' | 'kinds' | 'values' | 'places'>

/** Bytes of a document, but for its id and what else is of one size, or nearly. */
const ROOM = 16_500_000
/** Bytes for what is looked up of the largest entity: its places (places.ts) and its keys. */
const FOR_INDEXES = 1_000_000
const MOST_FOR_KEYS = 3_000_000

/** Bytes of a Shape of each byte of the body that it is of, at most: a name stands among much else there. */
const NAMES_OF_BODY = 1.25

/** Keys of one entity that are kept; and that an index takes of one document: MongoDB 100,000. */
export const MOST_KEYS = 20_000
const MOST_INDEXED = 99_000

/** Characters of a body with which a document is surely small enough, whatever stands in the body. */
const SMALL = 400_000

/** Whether a body of so many characters need not be measured, but for its own limit. */
export function isSmall(characters: number): boolean {
  return characters <= SMALL
}

/** Whether a body of so many characters is surely not refused. A character is three bytes of UTF-8 at most. */
export function isSurelyStored(characters: number, maxBytes: number): boolean {
  return isSmall(characters) && characters * 3 <= maxBytes
}

/** Throws BadRequestData where the body has more than `maxBytes`. */
export function checkBody(id: string, body: string, maxBytes: number): void {
  const bytes = body.length * 3 > maxBytes ? Buffer.byteLength(body) : 0
  if (bytes > maxBytes) throw entityTooLarge(id, bytes, maxBytes)
}

/** Bytes that keys may take beside a body. */
export function roomForKeys(body: string): number {
  if (isSmall(body.length)) return MOST_FOR_KEYS
  // Names stand in the body, in the Shape and perhaps in the one before.
  const left = ROOM - 3 * Buffer.byteLength(body)
  return Math.min(Math.max(left, FOR_INDEXES / 2), MOST_FOR_KEYS)
}

/** What a document has no room for, though the body would have. Throws BadRequestData. */
export function checkDocument(id: string, document: Sized, maxBytes: number): void {
  const { types = [], attributes = [], kinds = [], values = [] } = document
  const mostNames = mostForNames(maxBytes)
  const names = BSON.calculateObjectSize({ types, attributes, kinds })
  if (names > mostNames) {
    throw badRequest(
      `the names of types and Attributes of the entity ${id} take ${names} bytes; at most ${mostNames} are stored: divide it into several entities`,
    )
  }
  const bytes = BSON.calculateObjectSize(document)
  const most = ROOM - mostNames
  if (bytes > most)
    throw documentTooLarge(id, `${bytes} bytes with what it is looked up by; at most ${most} are stored`)
  const keys = Math.max(values.length, attributes.length, types.length)
  if (keys > MOST_INDEXED) throw documentTooLarge(id, `${keys} names or scopes; at most ${MOST_INDEXED} are stored`)
}

/** Of one Shape. Where entities are of 4 MiB, as they are unless told otherwise, no body has that many. */
function mostForNames(maxBytes: number): number {
  return Math.floor(Math.min((ROOM - FOR_INDEXES - maxBytes) / 2, maxBytes * NAMES_OF_BODY))
}

/** `why`: what it would have, and how much it may have. */
export function documentTooLarge(id: string, why: string): Problem {
  return badRequest(`the entity ${id} would have ${why}: divide it into several entities`)
}
