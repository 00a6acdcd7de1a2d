/** Entity ⇄ the document that is stored of it. */

import { BSON } from 'mongodb'
import type { AttributeInstance, AttributeType, Entity, Instant, Json } from '../../core/model/entity.ts'
import { earliestExpiry, withoutExpired } from '../../core/model/expiry.ts'
import { withPlainNumbers } from '../../core/model/geometry.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import { badRequest, entityTooLarge } from '../../core/model/problems.ts'
import type { Geometry } from '../../core/query/ast.ts'
import { boundsOf } from '../../core/query/bounds.ts'
import { attributeValues, entityValues } from '../../core/query/index-values.ts'
import { cover } from './cover.ts'
import { hashOf, keyOf, markOf } from './index-keys.ts'
import type { EntityDocument, IndexKey, Place, Shape } from './stored.ts'

/** What reading an entity needs. */
export type EntityRow = Pick<
  EntityDocument,
  '_id' | 'version' | 'seq' | 'body' | 'exact' | 'expiresAt' | 'attributeExpiresAt'
>

export const READ_FIELDS = { version: 1, seq: 1, body: 1, exact: 1, expiresAt: 1, attributeExpiresAt: 1 } as const

/** Of a document all that is made of its entity. Absent is what it has not. */
export type Encoded = Pick<
  EntityDocument,
  'body' | 'exact' | 'types' | 'attributes' | 'kinds' | 'values' | 'places' | 'expiresAt' | 'attributeExpiresAt'
>

/**
 * Bytes of a document that are left for what stands beside the body: MongoDB takes 16 MiB for a document, and
 * BOYA_MAX_ENTITY_BYTES is 12 MiB at most.
 */
const MOST_BESIDE = 3_500_000
/** Keys of one entity; MongoDB takes 100,000 for an index. */
const MOST_KEYS = 20_000

/** Throws BadRequestData where the entity is larger than `maxBytes`. */
export function encode(entity: Entity, maxBytes: number): Encoded {
  const { text, exact } = stringifyJson(entity)
  // A character is three bytes of UTF-8 at most, so that most entities need not be measured.
  const bytes = text.length * 3 > maxBytes ? Buffer.byteLength(text) : 0
  if (bytes > maxBytes) throw entityTooLarge(entity.id, bytes, maxBytes)
  const expiry = earliestExpiry(entity)
  const places = placesOf(entity)
  const encoded: Encoded = {
    body: text,
    ...shapeOf(entity),
    values: keysOf(entity),
    ...(exact && { exact }),
    ...(places.length > 0 && { places }),
    ...(expiry.entity !== undefined && { expiresAt: new Date(expiry.entity) }),
    ...(expiry.attributes !== undefined && { attributeExpiresAt: new Date(expiry.attributes) }),
  }
  if (text.length > MEASURED) checkSize(entity.id, encoded)
  return encoded
}

/** Characters of a body from which on the whole document is measured. */
const MEASURED = 250_000
/** Bytes of a document, but for what is kept with it of its past; keys of it in an index. */
const MOST_BYTES = 16_500_000
const MOST_INDEXED = 99_000

/** What a store of documents has no room for, though the body would have. */
function checkSize(id: string, encoded: Encoded): void {
  const bytes = BSON.calculateObjectSize(encoded)
  if (bytes > MOST_BYTES) throw entityTooLarge(id, bytes, MOST_BYTES)
  const keys = Math.max(encoded.values?.length ?? 0, encoded.attributes?.length ?? 0, encoded.types?.length ?? 0)
  if (keys > MOST_INDEXED)
    throw badRequest(`the entity ${id} has ${keys} names or scopes; at most ${MOST_INDEXED} are stored`)
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

/** Where there are too many, none is kept but that there are more. */
function keysOf(entity: Entity): readonly IndexKey[] {
  const keys = new Set(entityValues(entity).map(keyOf))
  let bytes = 0
  for (const name in entity.attributes) {
    for (const value of attributeValues(name, entity.attributes[name] ?? [])) {
      const key = keyOf(value)
      keys.add(key)
      bytes += key.length * 3
    }
    if (bytes > MOST_BESIDE || keys.size > MOST_KEYS) return marksOf(entity)
  }
  return [...keys]
}

function marksOf(entity: Entity): readonly IndexKey[] {
  return [...entityValues(entity).map(keyOf), ...Object.keys(entity.attributes).map((name) => markOf(name, 'more'))]
}

/** Once for each place of a GeoProperty. */
function placesOf({ attributes }: Entity): readonly Place[] {
  return Object.keys(attributes).flatMap((name) =>
    (attributes[name] ?? []).flatMap((instance) => (isPlaced(instance) ? placesIn(hashOf(name), instance.value) : [])),
  )
}

function isPlaced({ type }: AttributeInstance): boolean {
  return type === 'GeoProperty'
}

function placesIn(property: string, value: Json): readonly Place[] {
  const geometry = withPlainNumbers(value) as unknown as Geometry
  const box = boundsOf(geometry)
  if (geometry.type === 'Point') {
    return [{ property, point: true, at: { type: 'Point', coordinates: [box.west, box.south] } }]
  }
  return cover(box).map((at) => ({ property, point: false, at }))
}
