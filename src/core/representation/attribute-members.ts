/** The members that an Attribute's object may have besides its sub-attributes (tables of 4.5.2–4.5.24 and 5.2.5–5.2.7). */

import type { AttributeType } from '../model/entity.ts'
import { type ValueMember, valueMemberOf } from '../model/fragment.ts'
import { CORE } from '../model/uri.ts'

const ATTRIBUTE_TYPES = Object.keys(valueMemberOf) as readonly AttributeType[]

const byName: ReadonlyMap<string, AttributeType> = new Map(
  ATTRIBUTE_TYPES.flatMap((type) => [
    [type, type],
    [CORE + type, type],
  ]),
)

/** An attribute type by its term or IRI. */
export function attributeType(name: unknown): AttributeType | undefined {
  return typeof name === 'string' ? byName.get(name) : undefined
}

/** For the message of a problem. */
export const attributeTypeNames = ATTRIBUTE_TYPES.join(', ')

/** Each once: Property and GeoProperty have the same. */
export const valueMembers: readonly ValueMember[] = [...new Set(Object.values(valueMemberOf))]

/** Which type a value member alone lets infer in the concise representation; of `value`, see 4.7.3. */
export const typeOfMember: Readonly<Record<ValueMember, AttributeType>> = {
  value: 'Property',
  object: 'Relationship',
  languageMap: 'LanguageProperty',
  vocab: 'VocabProperty',
  json: 'JsonProperty',
  valueList: 'ListProperty',
  objectList: 'ListRelationship',
}

/** The non-reified elements that Attributes of several types have. */
export const elements = new Set(['observedAt', 'expiresAt', 'unitCode', 'valueType', 'objectType', 'datasetId'])

/** Of an `ngsildproof` only (4.5.2.2). */
export const seals = new Set(['entityIdSealed', 'entityTypeSealed'])

/** 5.2.2, 5.2.5: "In the event that they are provided … NGSI-LD implementations shall ignore them." */
export const ignoredMembers = new Set([
  'createdAt',
  'modifiedAt',
  'deletedAt',
  'instanceId',
  'lang',
  'previousValue',
  'previousObject',
  'previousLanguageMap',
  'previousVocab',
  'previousJson',
  'previousValueList',
  'previousObjectList',
])

/** 4.5.1: "Terms defined in the Core Context as non-reified Properties … shall not be used as Attribute names." */
export const reservedNames = new Set<string>([
  ...valueMembers,
  ...elements,
  ...ignoredMembers,
  'entity',
  'entityList',
  ...seals,
  'type',
  '@type',
  'id',
  '@id',
  'scope',
  'dataset',
])
