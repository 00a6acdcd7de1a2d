/** The form in which entities are stored (core/model/entity.ts), where it comes as JSON from elsewhere. */

import type { AttributeInstance, Entity, Instant, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { attributeType, attributeTypeNames } from './attribute-members.ts'
import { below, fault, type Path } from './path.ts'

/** The value as it is kept; throws BadRequestData where it is none of that kind. */
export type Reader = (json: Json, path: Path) => Json

/** In their order in the text, which is that of core/model/build.ts: what is equal has equal bytes, however it came about. */
const ENTITY = {
  id: text,
  types: texts,
  scopes: texts,
  expiresAt: text,
  createdAt: instant,
  modifiedAt: instant,
  attributes: attributesOf,
} satisfies Record<keyof Entity, Reader>

export const INSTANCE = {
  type: typeOf,
  value: (json) => json,
  datasetId: text,
  observedAt: text,
  expiresAt: text,
  unitCode: text,
  valueType: text,
  objectType: texts,
  entityIdSealed: text,
  entityTypeSealed: text,
  createdAt: instant,
  modifiedAt: instant,
  attributes: attributesOf,
} satisfies Record<keyof AttributeInstance, Reader>

const NEEDED_OF_ENTITY = ['id', 'types', 'createdAt', 'modifiedAt', 'attributes']
const NEEDED_OF_INSTANCE = ['type', 'value', 'createdAt', 'modifiedAt']

/**
 * The Entity with its members, and those of its attributes, in one order. Throws BadRequestData, with a JSON pointer,
 * where a member is missing, unknown, or not of its kind; whether it is one that a client could have created is for
 * creatable.ts to say.
 */
export function readStoredForm(json: Json): Entity {
  return membersOf(json, ENTITY, NEEDED_OF_ENTITY, undefined) as unknown as Entity
}

export function membersOf(
  json: Json,
  readers: Readonly<Record<string, Reader>>,
  needed: readonly string[],
  path: Path,
): JsonObject {
  if (!isObject(json)) throw fault(path, `expected an object, found ${show(json)}`)
  const missing = needed.find((name) => json[name] === undefined)
  if (missing !== undefined) throw fault(below(path, missing), 'is missing')
  for (const name in json)
    if (!Object.hasOwn(readers, name))
      throw fault(below(path, name), 'is no member of the form in which entities are kept')
  const members: Record<string, Json> = {}
  for (const name in readers) {
    const value = json[name]
    if (value !== undefined) members[name] = readers[name]?.(value, below(path, name)) ?? null
  }
  return members
}

function attributesOf(json: Json, path: Path): Json {
  if (!isObject(json)) throw fault(path, `expected attributes by their names, found ${show(json)}`)
  const attributes: Record<string, Json> = {}
  for (const name in json) {
    // A name of no IRI that could be set here means another thing to JavaScript.
    if (name === '__proto__') throw fault(below(path, name), 'is no name of an Attribute')
    attributes[name] = instancesOf(json[name] ?? null, below(path, name))
  }
  return attributes
}

function instancesOf(json: Json, path: Path): Json {
  if (!Array.isArray(json) || json.length === 0) throw fault(path, `expected attribute instances, found ${show(json)}`)
  return json.map((item: Json, i) => membersOf(item, INSTANCE, NEEDED_OF_INSTANCE, below(path, i)))
}

function typeOf(json: Json, path: Path): Json {
  if (attributeType(json) === json) return json
  throw fault(path, `expected a type of Attributes (${attributeTypeNames}), found ${show(json)}`)
}

export function text(json: Json, path: Path): Json {
  if (typeof json === 'string') return json
  throw fault(path, `expected a text, found ${show(json)}`)
}

export function texts(json: Json, path: Path): Json {
  if (!Array.isArray(json)) throw fault(path, `expected an array of texts, found ${show(json)}`)
  return json.map((item: Json, i) => text(item, below(path, i)))
}

/** The end of the year 9999, after which there is no DateTime (4.6.3). */
const LAST_INSTANT: Instant = 253_402_300_799_999

export function instant(json: Json, path: Path): Json {
  if (Number.isInteger(json) && Number(json) >= 0 && Number(json) <= LAST_INSTANT) return json
  throw fault(path, `expected a number of milliseconds since 1970, found ${show(json)}`)
}
