/** Documents that clients send → fragments of the model: entities, Entity Fragments and Attribute Fragments. */

import type { TermTable } from '../jsonld/terms.ts'
import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import type { AttributeFragment, CompleteEntityFragment, EntityFragment, Reading } from '../model/fragment.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { CORE, NGSI_LD_NULL } from '../model/uri.ts'
import { attributeName } from './attribute-name.ts'
import { decodeAttribute, decodeAttributeObject } from './decode-attribute.ts'
import { sameAttribute } from './decode-elements.ts'
import { decodeSimplified } from './decode-simplified.ts'
import {
  type DecodeLimits,
  type Decoder,
  decodeDateTime,
  decodeNames,
  decodeUri,
  memberFor,
  removal,
} from './decoder.ts'
import { below, fault, type Path } from './path.ts'

/** Which operation the document is for: what NGSI-LD Null may do in it, and how complete it has to be. */
export type Purpose = 'create' | 'append' | 'update' | 'merge' | 'merge-simplified'

/** What a document is read with, whatever it is for. */
export interface DecodeContext {
  readonly terms: TermTable
  readonly limits: DecodeLimits
  /** Whether the document follows a later version of the standard than this one (6.3.21). */
  readonly newer?: boolean
}

function decoderFor(
  purpose: Purpose | 'partial' | 'replace',
  { terms, limits, newer = false }: DecodeContext,
): Decoder {
  const merge = purpose === 'merge' || purpose === 'merge-simplified'
  return {
    terms,
    limits,
    nulls: merge || purpose === 'update' || purpose === 'partial',
    nullsInValues: merge,
    partial: merge || purpose === 'partial',
    newer,
    budget: {
      ...{ left: limits.attributes, setting: 'BOYA_MAX_ATTRIBUTES' },
      many: (limit) => `the entity has more than ${limit} attributes`,
    },
  }
}

/** 5.2.4: an Entity with all it needs. Throws BadRequestData. */
export function decodeEntity(
  json: Json,
  context: DecodeContext,
  at?: Path,
): CompleteEntityFragment & { readonly id: string } {
  const fragment = decodeDocument(json, 'create', context, at)
  const { id, types } = fragment
  if (id === undefined)
    throw fault(below(at, 'id'), 'the entity has no "id"; give it a URI such as "urn:ngsi-ld:ParkingSpot:001"')
  if (types === undefined)
    throw fault(below(at, 'type'), 'the entity has no "type"; give it one, such as "ParkingSpot"')
  return { ...fragment, id, types }
}

/** 5.4: an Entity Fragment. Throws BadRequestData. */
export function decodeEntityFragment(json: Json, purpose: Purpose, context: DecodeContext, at?: Path): EntityFragment {
  return decodeDocument(json, purpose, context, at)
}

/** 5.4: an Attribute Fragment of the Attribute whose IRI is `name`. Throws BadRequestData. */
export function decodeAttributeFragment(
  json: Json,
  name: string,
  purpose: 'partial' | 'replace',
  context: DecodeContext,
): AttributeFragment {
  if (!isObject(json))
    throw fault(undefined, `expected an Attribute Fragment such as {"type":"Property","value":1}, found ${show(json)}`)
  return geoNamed(name, decodeAttributeObject(name, json, undefined, decoderFor(purpose, context)), undefined)
}

function decodeDocument(json: Json, purpose: Purpose, context: DecodeContext, at?: Path): EntityFragment {
  if (!isObject(json)) throw fault(at, `expected a JSON object, found ${show(json)}`)
  const decoder = decoderFor(purpose, context)
  const attributes: Record<string, readonly AttributeFragment[]> = {}
  for (const key in json) {
    const value = json[key]
    if (value === undefined || entityMembers.has(key)) continue
    const path = below(at, key)
    const name = attributeName(key, path, decoder)
    if (Object.hasOwn(attributes, name)) throw sameAttribute(key, name, path)
    const decode = purpose === 'merge-simplified' ? decodeSimplified : decodeAttribute
    attributes[name] = decode(name, value, path, decoder).map((instance) => geoNamed(name, instance, path))
  }
  return { ...decodeEntityMembers(json, at, decoder), attributes }
}

/** 5.2.2: createdAt, modifiedAt and deletedAt are ignored where they are provided. */
const entityMembers = new Set([
  'id',
  '@id',
  'type',
  '@type',
  'scope',
  'expiresAt',
  '@context',
  'createdAt',
  'modifiedAt',
  'deletedAt',
])

function decodeEntityMembers(json: JsonObject, at: Path, decoder: Decoder): Omit<EntityFragment, 'attributes'> {
  const idMember = memberFor('id', json, at)
  const typeMember = memberFor('type', json, at)
  const id = json[idMember]
  const types = json[typeMember]
  const { scope, expiresAt } = json
  return {
    ...(id !== undefined && { id: decodeId(id, below(at, idMember), decoder) }),
    ...(types !== undefined && { types: decodeNames(types, below(at, typeMember), decoder) }),
    ...(scope !== undefined && { scopes: decodeScopes(scope, below(at, 'scope'), decoder) }),
    ...(expiresAt !== undefined && { expiresAt: decodeDateTime(expiresAt, below(at, 'expiresAt'), decoder) }),
  }
}

/** 5.5.4: NGSI-LD Null as a first level member value is BadRequestData; no fragment removes an id. */
function decodeId(id: Json, path: Path, decoder: Decoder): string {
  if (id === NGSI_LD_NULL) throw fault(path, `"${NGSI_LD_NULL}" stands for null and is no id`)
  return decodeUri(id, path, decoder)
}

const SCOPE = /^\/?\p{L}[\p{N}\p{L}_]*(?:\/\p{L}[\p{N}\p{L}_]*)*$/u

/** 4.18 */
export function decodeScopes(json: Json, path: Path, decoder: Decoder): readonly string[] | null {
  if (json === NGSI_LD_NULL) return removal(path, decoder)
  const all: readonly Json[] = Array.isArray(json) ? json : [json]
  if (all.length === 0) throw fault(path, 'the array is empty; send at least one scope, or leave the member out')
  const scopes = all.map((scope, i) => {
    if (typeof scope === 'string' && SCOPE.test(scope)) return scope
    throw fault(
      Array.isArray(json) ? below(path, i) : path,
      `expected a scope such as "/Mobility/Parking", whose levels begin with a letter and have letters, digits and "_"; found ${show(scope)}`,
    )
  })
  return [...new Set(scopes)]
}

const geoNames = new Set([`${CORE}location`, `${CORE}observationSpace`, `${CORE}operationSpace`])

/** 4.7.1: "NGSI-LD defines the following Properties of type GeoProperty"; so has Table 5.2.4-1. */
export function geoNamed(name: string, instance: AttributeFragment, path: Path): AttributeFragment {
  if (!geoNames.has(name)) return instance
  const { type, typeSent, value, reading } = instance
  const check = (actual: AttributeType) => checkGeoType(name.slice(CORE.length), actual, typeSent, path)
  if (reading === undefined || typeSent) {
    if (value != null && type !== undefined) check(type)
    return instance
  }
  const as: Reading['as'] = (actual, options) => {
    check(actual)
    return reading.as(actual, options)
  }
  return { ...instance, reading: { ...reading, as } }
}

function checkGeoType(term: string, type: AttributeType, typeSent: boolean, path: Path): void {
  if (type === 'GeoProperty') return
  if (!typeSent) throw fault(path, `"${term}" is a GeoProperty (4.7.1); send a GeoJSON geometry as its value`)
  // Published data has geometries there, in Properties.
  throw fault(
    path,
    `"${term}" is a GeoProperty (4.7.1), never a ${type}; send {"type":"GeoProperty","value":{…}} with a GeoJSON geometry`,
  )
}
