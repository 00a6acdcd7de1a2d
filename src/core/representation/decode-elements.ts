/** The non-reified elements and the sub-attributes of an Attribute's object. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import { type AttributeFragment, valueMemberOf } from '../model/fragment.ts'
import { isObject } from '../model/json-object.ts'
import { prohibition } from '../model/prohibitions.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { ignoredMembers, reservedNames, valueMembers } from './attribute-members.ts'
import { type Decoder, decodeDateTime, decodeName, decodeNames, decodeString, decodeUri, removal } from './decoder.ts'
import { below, fault, type Path } from './path.ts'

type Elements = Omit<AttributeFragment, 'type' | 'typeSent' | 'member' | 'value'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type SubAttributeDecoder = (name: string, json: Json, path: Path, decoder: Decoder) => readonly AttributeFragment[]

const PROOF = 'https://uri.etsi.org/ngsi-ld/ngsildproof'

/** Throws BadRequestData for members that the Attribute's type prohibits (4.5.2.2 and its like). */
export function decodeElements(
  name: string,
  json: JsonObject,
  type: AttributeType | undefined,
  path: Path,
  decoder: Decoder,
  decodeSubAttribute: SubAttributeDecoder,
): Elements {
  const found: Mutable<Elements> = {}
  const attributes: Record<string, readonly AttributeFragment[]> = {}
  let some = false
  for (const key in json) {
    const value = json[key]
    if (value === undefined || key === 'type' || key === '@type' || ignoredMembers.has(key)) continue
    const at = below(path, key)
    if (valueMembers.includes(key as never)) checkValueMember(key, type, at)
    else if (decodeElement(name, key, value, type, at, decoder, found)) continue
    else if (isIgnoredLink(key, type)) continue
    else {
      const iri = subAttributeName(key, at, decoder)
      if (Object.hasOwn(attributes, iri)) throw sameAttribute(key, iri, at)
      attributes[iri] = decodeSubAttribute(iri, value, at, decoder)
      some = true
    }
  }
  if (name === PROOF) checkProof(json, path)
  return some ? { ...found, attributes } : found
}

/** 4.5.2.2, "Prohibited", and the same lists of the other types. */
function checkValueMember(key: string, type: AttributeType | undefined, path: Path): void {
  if (type !== undefined && valueMemberOf[type] !== key) {
    throw fault(path, `a ${type} has its value in "${valueMemberOf[type]}"; "${key}" cannot stand beside it`)
  }
}

/** Table 5.2.6-2: `entity` is output only, to be ignored where it comes back in a Relationship. */
function isIgnoredLink(key: string, type: AttributeType | undefined): boolean {
  return (key === 'entity' && type === 'Relationship') || (key === 'entityList' && type === 'ListRelationship')
}

/** Whether the member was an element; it is then in `found`. */
function decodeElement(
  name: string,
  key: string,
  value: Json,
  type: AttributeType | undefined,
  path: Path,
  decoder: Decoder,
  found: Mutable<Elements>,
): boolean {
  const reason = type === undefined ? undefined : prohibition(key, type)
  if (reason !== undefined) throw fault(path, reason)
  switch (key) {
    case 'observedAt':
    case 'expiresAt':
      found[key] = decodeDateTime(value, path, decoder)
      return true
    case 'unitCode':
      found.unitCode = decodeString(value, path, decoder, 'CEL')
      return true
    case 'valueType':
      found.valueType = decodeValueType(value, type, path, decoder)
      return true
    case 'objectType':
      found.objectType = value === NGSI_LD_NULL ? removal(path, decoder) : decodeNames(value, path, decoder)
      return true
    case 'datasetId':
      decodeDatasetId(value, path, decoder, found)
      return true
    case 'entityIdSealed':
    case 'entityTypeSealed':
      decodeSeal(name, key, value, path, decoder, found)
      return true
    default:
      return false
  }
}

/** Table 5.2.32-1: the valueType of a languageMap "shall be equal to "langString"". */
function decodeValueType(value: Json, type: AttributeType | undefined, path: Path, decoder: Decoder): string | null {
  if (value === NGSI_LD_NULL) return removal(path, decoder)
  if (type === 'LanguageProperty' && value !== 'langString')
    throw fault(path, 'the valueType of a LanguageProperty is "langString"')
  return decodeName(value, path, decoder)
}

/** 4.5.5.1: "If no datasetId is provided, or "datasetId": "@none" is supplied, it is considered as the default Attribute instance." */
function decodeDatasetId(value: Json, path: Path, decoder: Decoder, found: Mutable<Elements>): void {
  if (value === '@none') return
  if (value === NGSI_LD_NULL) throw fault(path, 'a datasetId cannot be deleted (5.5.8); delete the instance')
  found.datasetId = decodeUri(value, path, decoder)
}

/** 4.5.2.2: the sealed members "shall never be present, unless the Property name is "ngsildproof"". */
function decodeSeal(
  name: string,
  key: 'entityIdSealed' | 'entityTypeSealed',
  value: Json,
  path: Path,
  decoder: Decoder,
  found: Mutable<Elements>,
): void {
  if (name !== PROOF) throw fault(path, `"${key}" belongs to the Property "ngsildproof" only`)
  if (value === NGSI_LD_NULL) found[key] = removal(path, decoder)
  else found[key] = key === 'entityIdSealed' ? decodeUri(value, path, decoder) : decodeName(value, path, decoder)
}

/** 4.5.2.2: "The value of its "value" element shall be an object containing the W3C® Data integrity "proof" structure". */
function checkProof(json: JsonObject, path: Path): void {
  const { value } = json
  if (value !== undefined && value !== NGSI_LD_NULL && !isObject(value)) {
    throw fault(
      below(path, 'value'),
      `the value of ngsildproof is a proof object (W3C Data Integrity), found ${show(value)}`,
    )
  }
}

/** The IRI that a member names as an Attribute. Throws BadRequestData where it names none. */
export function subAttributeName(key: string, path: Path, decoder: Decoder): string {
  if (key === '@context') {
    throw fault(path, 'an @context inside an Attribute is not allowed (5.5.7); put it at the top of the document')
  }
  if (reservedNames.has(key)) throw reserved(key, path)
  const iri = decodeName(key, path, decoder)
  // A name may be an alias for a term of the core, or its IRI: what counts is what it would be called in an answer.
  const shown = decoder.terms.compact(iri)
  if (shown !== key && reservedNames.has(shown)) throw reserved(shown, path)
  return iri
}

function reserved(name: string, path: Path) {
  return fault(
    path,
    `"${name}" has no place here: it is a member that the core @context defines, not a name for an Attribute (4.5.1)`,
  )
}

/** Two members that expand to one name would overwrite each other. */
export function sameAttribute(key: string, iri: string, path: Path) {
  return fault(path, `"${key}" and another member are the same Attribute ${iri}; send it once`)
}
