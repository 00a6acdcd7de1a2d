/** The non-reified elements and the sub-attributes of an Attribute's object. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import { type AttributeFragment, valueMemberOf } from '../model/fragment.ts'
import { prohibition } from '../model/prohibitions.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { ignoredMembers, valueMembers } from './attribute-members.ts'
import { attributeName, reserved } from './attribute-name.ts'
import { PROOF } from './decode-value.ts'
import { type Decoder, decodeDateTime, decodeName, decodeNames, decodeString, decodeUri, removal } from './decoder.ts'
import { below, fault, type Path } from './path.ts'

type Elements = Omit<AttributeFragment, 'type' | 'typeSent' | 'value' | 'reading' | 'otherwise'>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type SubAttributeDecoder = (name: string, json: Json, path: Path, decoder: Decoder) => readonly AttributeFragment[]

/**
 * Throws BadRequestData for members that the Attribute's type prohibits; where the type is not known yet, they are for
 * {@link checkMembers} to find.
 */
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
  if (type !== undefined) checkMembers(json, type, path)
  for (const key in json) {
    const value = json[key]
    if (value === undefined || isBesides(key)) continue
    const at = below(path, key)
    if (decodeElement(name, key, value, at, decoder, found)) continue
    const iri = attributeName(key, at, decoder)
    if (Object.hasOwn(attributes, iri)) throw sameAttribute(key, iri, at)
    attributes[iri] = decodeSubAttribute(iri, value, at, decoder)
    some = true
  }
  return some ? { ...found, attributes } : found
}

/** What is neither an element nor a sub-attribute. */
function isBesides(key: string): boolean {
  return key === 'type' || key === '@type' || ignoredMembers.has(key) || isLink(key) || isValueMember(key)
}

/** 4.5.2.2, "Prohibited", and the same lists of the other types. Throws BadRequestData. */
export function checkMembers(json: JsonObject, type: AttributeType, path: Path): void {
  for (const key in json) {
    const value = json[key]
    if (value === undefined) continue
    const reason = prohibition(key, type)
    if (reason !== undefined) throw fault(below(path, key), reason)
    if (isValueMember(key) && valueMemberOf[type] !== key)
      throw fault(
        below(path, key),
        `a ${type} has its value in "${valueMemberOf[type]}"; "${key}" cannot stand beside it`,
      )
    // Table 5.2.6-2: `entity` is output only, to be ignored where it comes back in a Relationship.
    if (isLink(key) && LINKS[key] !== type) throw reserved(key, below(path, key))
    // Table 5.2.32-1: the valueType of a languageMap "shall be equal to "langString"".
    if (key === 'valueType' && type === 'LanguageProperty' && value !== 'langString' && value !== NGSI_LD_NULL)
      throw fault(below(path, key), 'the valueType of a LanguageProperty is "langString"')
  }
}

function isValueMember(key: string): boolean {
  return valueMembers.includes(key as never)
}

const LINKS = { entity: 'Relationship', entityList: 'ListRelationship' } as const

function isLink(key: string): key is keyof typeof LINKS {
  return key === 'entity' || key === 'entityList'
}

/** Whether the member was an element; it is then in `found`. */
function decodeElement(
  name: string,
  key: string,
  value: Json,
  path: Path,
  decoder: Decoder,
  found: Mutable<Elements>,
): boolean {
  switch (key) {
    case 'observedAt':
    case 'expiresAt':
      found[key] = decodeDateTime(value, path, decoder)
      return true
    case 'unitCode':
      found.unitCode = decodeString(value, path, decoder, 'CEL')
      return true
    case 'valueType':
      found.valueType = value === NGSI_LD_NULL ? removal(path, decoder) : decodeName(value, path, decoder)
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

/** Two members that expand to one name would overwrite each other. */
export function sameAttribute(key: string, iri: string, path: Path) {
  return fault(path, `"${key}" and another member are the same Attribute ${iri}; send it once`)
}
