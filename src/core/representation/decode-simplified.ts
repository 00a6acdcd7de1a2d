/** Attributes in simplified representation (4.5.4), as Merge Entity takes them. */

import type { Json, JsonObject } from '../model/entity.ts'
import type { AttributeFragment } from '../model/fragment.ts'
import { looksLikeGeometry } from '../model/geometry.ts'
import { isObject } from '../model/json-object.ts'
import { decodeAttributeObject, decodeBare } from './decode-attribute.ts'
import { type Decoder, decodeUri } from './decoder.ts'
import { below, type Path } from './path.ts'

/** The instances of one Attribute: one, or those of a "dataset" (4.5.4, multi-attribute case). */
export function decodeSimplified(name: string, json: Json, path: Path, decoder: Decoder): readonly AttributeFragment[] {
  const datasets = onlyMember(json, 'dataset')
  if (!isObject(datasets)) return [decodeOne(name, json, path, decoder)]
  return Object.entries(datasets).map(([id, value]) => {
    const at = below(below(path, 'dataset'), id)
    const instance = decodeOne(name, value, at, decoder)
    return id === '@none' ? instance : { ...instance, datasetId: decodeUri(id, at, decoder) }
  })
}

const WRAPPED = ['languageMap', 'vocab', 'json'] as const

function decodeOne(name: string, json: Json, path: Path, decoder: Decoder): AttributeFragment {
  const isWrapped = WRAPPED.some((member) => onlyMember(json, member) !== undefined)
  if (isObject(json) && isWrapped) return decodeAttributeObject(name, json, path, decoder)
  return decodeBare(name, looksLikeGeometry(json) ? 'GeoProperty' : 'Property', json, path, decoder)
}

/** The value of a member that stands alone in an object. */
function onlyMember(json: Json, member: string): Json | undefined {
  if (!isObject(json) || Object.keys(json).length !== 1) return undefined
  return Object.hasOwn(json, member) ? (json as JsonObject)[member] : undefined
}
