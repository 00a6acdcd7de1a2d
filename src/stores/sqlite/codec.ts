/** Entity ⇄ row of the table `entity`. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { earliestExpiry, withoutExpired } from '../../core/model/expiry.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import { entityTooLarge } from '../../core/model/problems.ts'

/** The columns that reading an entity needs, as {@link READ_COLUMNS} names them. */
export interface EntityRow {
  readonly rid: number
  readonly version: number
  readonly body: string
  readonly exact: number
  readonly expires_at: Instant | null
  readonly attribute_expires_at: Instant | null
}

export const READ_COLUMNS = 'e.rid, e.version, e.body, e.exact, e.expires_at, e.attribute_expires_at'

/** The columns of an entity, but for its `rid`. */
export interface Encoded {
  readonly id: string
  readonly body: string
  readonly exact: 0 | 1
  readonly expires_at: Instant | null
  readonly attribute_expires_at: Instant | null
}

/** Throws BadRequestData where the entity is larger than `maxBytes`. */
export function encode(entity: Entity, maxBytes: number): Encoded {
  const { text, exact } = stringifyJson(entity)
  // A character is three bytes of UTF-8 at most, so that most entities need not be measured.
  const bytes = text.length * 3 > maxBytes ? Buffer.byteLength(text) : 0
  if (bytes > maxBytes) throw entityTooLarge(entity.id, bytes, maxBytes)
  const expiry = earliestExpiry(entity)
  return {
    id: entity.id,
    body: text,
    exact: exact ? 1 : 0,
    expires_at: expiry.entity ?? null,
    attribute_expires_at: expiry.attributes ?? null,
  }
}

/** The entity as it was stored, whatever of it has expired since. */
export function decode({ body, exact }: EntityRow): Entity {
  return parseStoredJson(body, exact === 1) as unknown as Entity
}

/** The entity as it is at `now`; undefined where it has expired. */
export function present(row: EntityRow, entity: Entity, now: Instant): Entity | undefined {
  return hasCome(row.expires_at, now) || hasCome(row.attribute_expires_at, now) ? withoutExpired(entity, now) : entity
}

function hasCome(instant: Instant | null, now: Instant): boolean {
  return instant !== null && instant <= now
}
