/** Entity ⇄ the document that is stored of it. */

import type { AttributeType, Entity, Instant } from '../../core/model/entity.ts'
import { earliestExpiry, withoutExpired } from '../../core/model/expiry.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import { attributeValues, entityValues } from '../../core/query/index-values.ts'
import { keyOf, markOf } from './index-keys.ts'
import { placesOf } from './places.ts'
import { checkBody, checkDocument, isSmall, MOST_KEYS, roomForKeys } from './sizes.ts'
import type { EntityDocument, IndexKey, Shape } from './stored.ts'

/** What reading an entity needs. */
export type EntityRow = Pick<
  EntityDocument,
  '_id' | 'version' | 'seq' | 'body' | 'exact' | 'expiresAt' | 'attributeExpiresAt'
>

export const READ_FIELDS = { version: 1, seq: 1, body: 1, exact: 1, expiresAt: 1, attributeExpiresAt: 1 } as const

/** Of a document all that is made of its entity. Absent is what it has not. */
export type Encoded = { readonly body: string } & Pick<
  EntityDocument,
  'exact' | 'types' | 'attributes' | 'kinds' | 'values' | 'places' | 'expiresAt' | 'attributeExpiresAt'
>

/**
 * Throws BadRequestData where the entity is larger than `maxBytes`, or one document cannot hold what has to be kept of it,
 * whatever it has been before.
 */
export function encode(entity: Entity, maxBytes: number): Encoded {
  const json = stringifyJson(entity)
  checkBody(entity.id, json.text, maxBytes)
  const encoded = encodedOf(entity, json)
  if (!isSmall(json.text.length)) checkDocument(entity.id, encoded, maxBytes)
  return encoded
}

/** Of an entity that has become smaller, which is never refused. */
export function encodeLeft(entity: Entity): Encoded {
  return encodedOf(entity, stringifyJson(entity))
}

function encodedOf(entity: Entity, { text, exact }: ReturnType<typeof stringifyJson>): Encoded {
  const expiry = earliestExpiry(entity)
  const places = placesOf(entity)
  return {
    body: text,
    ...shapeOf(entity),
    values: keysOf(entity, roomForKeys(text)),
    ...(exact && { exact }),
    ...(places.length > 0 && { places }),
    ...(expiry.entity !== undefined && { expiresAt: new Date(expiry.entity) }),
    ...(expiry.attributes !== undefined && { attributeExpiresAt: new Date(expiry.attributes) }),
  }
}

/** The entity as it was stored, whatever of it has expired since. */
export function decode({ body = '', exact = false }: Pick<EntityRow, 'body' | 'exact'>): Entity {
  return parseStoredJson(body, exact) as unknown as Entity
}

/** The entity of a row as it is at `now`; undefined where it has expired. */
export function present(row: EntityRow, entity: Entity, now: Instant): Entity | undefined {
  return hasCome(row.expiresAt, now) || hasCome(row.attributeExpiresAt, now) ? withoutExpired(entity, now) : entity
}

export function hasCome(date: Date | undefined, now: Instant): boolean {
  return date !== undefined && date.getTime() <= now
}

const LETTERS: Readonly<Record<AttributeType, string>> = {
  Property: 'P',
  GeoProperty: 'G',
  LanguageProperty: 'L',
  VocabProperty: 'V',
  JsonProperty: 'J',
  ListProperty: 'I',
  Relationship: 'R',
  ListRelationship: 'S',
}
const TYPES = new Map(Object.entries(LETTERS).map(([type, letter]) => [letter, type as AttributeType]))

/** What of an entity is counted. */
export function shapeOf({ types, attributes }: Entity): Shape {
  const names = Object.keys(attributes)
  const kinds = names.map((name) => (attributes[name] ?? []).map(({ type }) => LETTERS[type]).join(''))
  return { types, attributes: names, kinds }
}

/** The types of an Attribute's instances. */
export function typesIn(kinds: string): readonly AttributeType[] {
  return [...kinds].flatMap((letter) => TYPES.get(letter) ?? [])
}

/** Where there are too many, or more than `room` bytes of them, none is kept but that there are more. */
function keysOf(entity: Entity, room: number): readonly IndexKey[] {
  const keys = new Set(entityValues(entity).map(keyOf))
  let bytes = 0
  for (const name in entity.attributes) {
    for (const value of attributeValues(name, entity.attributes[name] ?? [])) {
      const key = keyOf(value)
      keys.add(key)
      bytes += key.length * 3
    }
    if (bytes > room || keys.size > MOST_KEYS) return marksOf(entity)
  }
  return [...keys]
}

function marksOf(entity: Entity): readonly IndexKey[] {
  return [...entityValues(entity).map(keyOf), ...Object.keys(entity.attributes).map((name) => markOf(name, 'more'))]
}
