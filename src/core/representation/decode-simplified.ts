/** Attributes in simplified representation (4.5.4), as Merge Entity takes them. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import type { AttributeFragment } from '../model/fragment.ts'
import { looksLikeGeometry } from '../model/geometry.ts'
import { isObject } from '../model/json-object.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { decodePropertyValue, decodeValue } from './decode-value.ts'
import { type Decoder, decodeUri, removal } from './decoder.ts'
import { below, type Path } from './path.ts'

/** The instances of one Attribute: one, or those of a "dataset" (4.5.4, multi-attribute case). */
export function decodeSimplified(
  _name: string,
  json: Json,
  path: Path,
  decoder: Decoder,
): readonly AttributeFragment[] {
  const datasets = onlyMember(json, 'dataset')
  if (!isObject(datasets)) return [decodeOne(json, path, decoder)]
  return Object.entries(datasets).map(([id, value]) => {
    const at = below(below(path, 'dataset'), id)
    const instance = decodeOne(value, at, decoder)
    return id === '@none' ? instance : { ...instance, datasetId: decodeUri(id, at, decoder) }
  })
}

const WRAPPED = [
  ['languageMap', 'LanguageProperty'],
  ['vocab', 'VocabProperty'],
  ['json', 'JsonProperty'],
] as const satisfies readonly (readonly [string, AttributeType])[]

function decodeOne(json: Json, path: Path, decoder: Decoder): AttributeFragment {
  if (json === NGSI_LD_NULL) return { typeSent: false, value: removal(path, decoder) }
  for (const [member, type] of WRAPPED) {
    const value = onlyMember(json, member)
    if (value !== undefined)
      return { type, typeSent: false, member, value: decodeValue(type, value, below(path, member), decoder) }
  }
  if (looksLikeGeometry(json))
    return { type: 'GeoProperty', typeSent: false, value: decodeValue('GeoProperty', json, path, decoder) }
  return { type: 'Property', typeSent: false, value: decodePropertyValue(json, path, decoder) }
}

/** The value of a member that stands alone in an object. */
function onlyMember(json: Json, member: string): Json | undefined {
  if (!isObject(json) || Object.keys(json).length !== 1) return undefined
  return Object.hasOwn(json, member) ? (json as JsonObject)[member] : undefined
}
