/** What a refused entity was probably meant to be: a batch takes none in temporal representation. */

import type { Json, JsonObject } from '../../core/model/entity.ts'
import { isObject } from '../../core/model/json-object.ts'
import { PAIR_MEMBERS } from '../../core/representation/temporal-pairs.ts'
import type { Refusal } from './entity.ts'

export const HISTORY_ADVICE =
  'It has several instances of an Attribute, as temporal representations have them; load it with --mode history.'

export function isHistory({ entity: { text } }: Refusal): boolean {
  try {
    const json: Json = JSON.parse(text)
    return isObject(json) && Object.values(json).some(isEvolution)
  } catch {
    return false
  }
}

/** Of one dataset an Attribute has one instance at a time (4.5.5). */
function isEvolution(attribute: Json): boolean {
  const instances = (Array.isArray(attribute) ? attribute : [attribute]).filter(isObject)
  const datasets = new Set(instances.map(({ datasetId }) => datasetId))
  return datasets.size < instances.length || instances.some(hasPairs)
}

function hasPairs(instance: JsonObject): boolean {
  return Object.keys(PAIR_MEMBERS).some((name) => Array.isArray(instance[name]))
}
