/** Attribute instances that are gone, as they are told of (5.8.6): NGSI-LD Null stands where the value was. */

import type { AttributeInstance, AttributeType, Json } from './entity.ts'
import { isObject } from './json-object.ts'
import { NGSI_LD_NULL } from './uri.ts'

/** What an instance leaves: neither sub-attributes nor what else was said of its value. */
export function asDeleted({ type, datasetId, createdAt, modifiedAt }: AttributeInstance): AttributeInstance {
  return { type, value: nullOf(type), ...(datasetId !== undefined && { datasetId }), createdAt, modifiedAt }
}

/** "in case of a LanguageProperty, the languageMap is set to {"@none": "urn:ngsi-ld:null"}"; of lists, see 4.5.21.2, 4.5.22.2. */
function nullOf(type: AttributeType): Json {
  if (type === 'LanguageProperty') return { '@none': NGSI_LD_NULL }
  return LISTS.has(type) ? [NGSI_LD_NULL] : NGSI_LD_NULL
}

const LISTS: ReadonlySet<AttributeType> = new Set(['ListProperty', 'ListRelationship'])

/** Whether it is what {@link asDeleted} makes: no instance that exists has such a value (5.5.4). */
export function isDeleted({ type, value }: Pick<AttributeInstance, 'type' | 'value'>): boolean {
  if (type === 'LanguageProperty') return isObject(value) && value['@none'] === NGSI_LD_NULL
  if (Array.isArray(value)) return LISTS.has(type) && value.length === 1 && value[0] === NGSI_LD_NULL
  return value === NGSI_LD_NULL
}
