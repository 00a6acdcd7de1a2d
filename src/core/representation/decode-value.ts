/** The value of an Attribute, by the type that the Attribute has: each checked as its clause wants it. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import type { Removal } from '../model/fragment.ts'
import { geometryFault } from '../model/geometry.ts'
import { isObject } from '../model/json-object.ts'
import { JsonTextError, parseJson } from '../model/json-text.ts'
import { isLanguageTag } from '../model/language-tag.ts'
import { show } from '../model/show.ts'
import { CORE, NGSI_LD_NULL } from '../model/uri.ts'
import { type Decoder, decodeUri, removal } from './decoder.ts'
import { below, fault, type Path } from './path.ts'

/** The IRI of the one Attribute whose value the standard prescribes. */
export const PROOF = `${CORE}ngsildproof`

/** Throws BadRequestData where the value is none for that type. Null where it is NGSI-LD Null in the form of that type. */
function decodeValue(type: AttributeType, json: Json, path: Path, decoder: Decoder): Json | Removal {
  switch (type) {
    case 'Property':
      return decodePropertyValue(json, path, decoder)
    case 'GeoProperty':
      return json === NGSI_LD_NULL ? removal(path, decoder) : decodeGeometry(json, path, decoder)
    case 'LanguageProperty':
      return decodeLanguageMap(json, path, decoder)
    case 'VocabProperty':
      return decodeVocab(json, path, decoder)
    case 'JsonProperty':
      return decodeRawJson(json, path, decoder)
    case 'ListProperty':
      return decodeValueList(json, path, decoder)
    case 'Relationship':
      return decodeObject(json, path, decoder)
    case 'ListRelationship':
      return decodeObjectList(json, path, decoder)
  }
}

/** As decodeValue, with what the name of the Attribute asks of it. */
export function decodeValueOf(
  name: string,
  type: AttributeType,
  json: Json,
  path: Path,
  decoder: Decoder,
): Json | Removal {
  const value = decodeValue(type, json, path, decoder)
  if (name === PROOF && value !== null) checkProof(value, path)
  return value
}

/** 4.5.2.2: "The value of its "value" element shall be an object containing the W3C® Data integrity "proof" structure". */
function checkProof(value: Json, path: Path): void {
  if (!isObject(value)) {
    throw fault(path, `the value of ngsildproof is a proof object (W3C Data Integrity), found ${show(value)}`)
  }
}

/** 4.5.2, and 5.5.4 on NGSI-LD Null inside it. */
export function decodePropertyValue(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === null) {
    throw fault(
      path,
      `null is no value (4.5.0): leave the Attribute out${decoder.nulls ? `, or send "${NGSI_LD_NULL}" to delete it` : ''}`,
    )
  }
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  checkInnerNulls(json, path, decoder.nullsInValues)
  return json
}

/**
 * 5.5.4: "Any attempt to use "urn:ngsi-ld:null" as the value of a key value pair within a JSON object, which is the
 * right-hand side of the value …", which a merge takes to remove that pair. An array is replaced whole (5.5.12), so that
 * in it a Null removes nothing and would be stored, though "null cannot be used as a value in NGSI-LD" (4.5.0).
 */
function checkInnerNulls(json: Json, path: Path, removing: boolean): void {
  if (Array.isArray(json)) {
    for (let i = 0; i < json.length; i++) checkInner(json[i], path, i, false, IN_ARRAY)
  } else if (isObject(json)) {
    for (const key in json) checkInner(json[key] ?? null, path, key, removing, IN_OBJECT)
  }
}

function checkInner(json: Json, path: Path, key: string | number, removing: boolean, detail: string): void {
  if (json === NGSI_LD_NULL && !removing) throw fault(below(path, key), detail)
  if (typeof json === 'object' && json !== null) checkInnerNulls(json, below(path, key), removing)
}

const IN_ARRAY = `"${NGSI_LD_NULL}" removes no item of an array, which is always replaced whole: send the array without it`
const IN_OBJECT = `"${NGSI_LD_NULL}" inside a value is for merging only (PATCH on the entity), and there not inside an array`

/** 4.7.2: "whole GeoJSON geometries can be represented as a JSON string". */
function decodeGeometry(json: Json, path: Path, decoder: Decoder): Json {
  const isText = typeof json === 'string'
  const value = isText ? parseGeometryText(json, path, decoder) : json
  const wrong = geometryFault(value, decoder.limits.vertices)
  if (wrong !== undefined) throw fault(isText ? path : placeOf(wrong.at, path), wrong.detail)
  // A merge replaces it whole, so that a Null in it would be stored; there is none in right coordinates.
  const { coordinates: _, ...others } = value as JsonObject
  checkInnerNulls(others, path, false)
  return value
}

/** What a JSON pointer points at, seen from there. */
function placeOf(pointer: string, path: Path): Path {
  const parts = pointer.split('/').slice(1)
  return parts.reduce<Path>((up, key) => below(up, key), path)
}

/** Bounded like the body that it stands in, which a string would else get around. */
function parseGeometryText(text: string, path: Path, { limits }: Decoder): Json {
  try {
    return parseJson(text, limits.json)
  } catch (error) {
    const found = error instanceof JsonTextError && error.reason !== 'syntax' ? error.message : 'the string is no JSON'
    throw fault(path, `expected a GeoJSON geometry, or one written as a JSON string; ${found}`)
  }
}

/** 4.6.5 */
function decodeLanguageMap(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  if (!isObject(json))
    throw fault(path, `expected a languageMap such as {"es":"Sardinero","en":"Sardinero beach"}, found ${show(json)}`)
  const entries = Object.entries(json)
  if (entries.length === 0) throw fault(path, 'the languageMap is empty; send the text of at least one language')
  if (entries.length === 1 && json['@none'] === NGSI_LD_NULL) return removal(path, decoder)
  for (const [tag, text] of entries) checkLanguage(tag, text, path, decoder)
  return json
}

function checkLanguage(tag: string, text: Json, path: Path, decoder: Decoder): void {
  const at = below(path, tag)
  if (tag !== '@none' && !isLanguageTag(tag))
    throw fault(at, `"${tag}" is no language tag (RFC 5646) such as "es" or "en-GB", nor "@none"`)
  if (text === NGSI_LD_NULL && !decoder.nullsInValues)
    throw fault(at, `"${NGSI_LD_NULL}" inside a languageMap is for merging only`)
  decodeText(text, at)
}

/** The text of one language. Throws BadRequestData where it is none. */
export function decodeText(json: Json, path: Path): Json {
  if (typeof json === 'string') return json
  const isText = Array.isArray(json) && json.length > 0 && json.every((item) => typeof item === 'string')
  if (!isText) throw fault(path, `expected a string or an array of strings, found ${show(json)}`)
  checkInnerNulls(json, path, false)
  return json
}

/** 4.5.20: names that are expanded like types. */
function decodeVocab(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  const all = Array.isArray(json) ? json : [json]
  if (all.length === 0) throw fault(path, 'the vocab is empty; send at least one name')
  const names = all.map((name, i) => decodeVocabName(name, Array.isArray(json) ? below(path, i) : path, decoder))
  return Array.isArray(json) ? names : (names[0] ?? '')
}

/** "strings which can be type coerced into an IRI": every string can, as JSON-LD has it. */
function decodeVocabName(json: Json, path: Path, decoder: Decoder): string {
  if (json === NGSI_LD_NULL) throw fault(path, IN_ARRAY)
  if (typeof json === 'string' && json !== '') return decoder.terms.expand(json)
  throw fault(path, `expected a name or a URI, found ${show(json)}`)
}

/** 4.5.24: "a raw JSON object (or array of objects)". */
function decodeRawJson(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  if (isObject(json) || (Array.isArray(json) && json.every((item) => isObject(item)))) return json
  throw fault(path, `expected a JSON object or an array of objects, found ${show(json)}`)
}

/** 4.5.21 */
function decodeValueList(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL || isNullList(json)) return removal(path, decoder)
  if (!Array.isArray(json)) throw fault(path, `expected an array of values, found ${show(json)}`)
  json.forEach((value, i) => {
    if (value === null) throw fault(below(path, i), 'there is no null in a valueList (4.5.0)')
  })
  checkInnerNulls(json, path, false)
  return json
}

function isNullList(json: Json): boolean {
  if (!Array.isArray(json) || json.length !== 1) return false
  return json[0] === NGSI_LD_NULL || (isObject(json[0]) && (json[0] as JsonObject).object === NGSI_LD_NULL)
}

/** 4.5.3: "a URI or array of URIs". */
function decodeObject(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL || isNullList(json)) return removal(path, decoder)
  if (!Array.isArray(json)) return decodeTarget(json, path, decoder)
  if (json.length === 0) throw fault(path, 'the array is empty; send at least one URI')
  return json.map((uri, i) => decodeTarget(uri, below(path, i), decoder))
}

function decodeTarget(json: Json, path: Path, decoder: Decoder): string {
  if (json === NGSI_LD_NULL) throw fault(path, `"${NGSI_LD_NULL}" cannot stand among URIs`)
  return decodeUri(json, path, decoder)
}

/** 4.5.22: `{"object": URI}` or, concise, the URIs alone. */
function decodeObjectList(json: Json, path: Path, decoder: Decoder): Json | Removal {
  if (json === NGSI_LD_NULL || isNullList(json)) return removal(path, decoder)
  if (!Array.isArray(json))
    throw fault(path, `expected an array such as [{"object":"urn:ngsi-ld:BusStop:1"}], found ${show(json)}`)
  return json.map((item, i) => {
    const wrapped = isObject(item)
    if (wrapped && (item.object === undefined || Object.keys(item).length !== 1)) {
      throw fault(below(path, i), `expected {"object": URI} or a URI, found ${show(item)}`)
    }
    const at = below(path, i)
    return wrapped ? decodeTarget(item.object ?? null, below(at, 'object'), decoder) : decodeTarget(item, at, decoder)
  })
}
