/** The simplified temporal representation of an Attribute (4.5.9) as instances: pairs of a value and its `observedAt`. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { below, fault, type Path } from './path.ts'

/** Members that have the pairs, with that of an instance which the first of a pair stands for, and whether it names it itself. */
export const PAIR_MEMBERS = {
  values: { member: 'value', isNamed: false },
  objects: { member: 'object', isNamed: false },
  languageMaps: { member: 'languageMap', isNamed: true },
  vocabs: { member: 'vocab', isNamed: true },
  jsons: { member: 'json', isNamed: true },
  valueLists: { member: 'valueList', isNamed: false },
  objectLists: { member: 'objectList', isNamed: false },
} as const

/** Undefined where the Attribute is in another representation. Throws BadRequestData where one is no pair. */
export function pairsAsInstances(json: Json, path: Path): readonly (readonly [Json, Path])[] | undefined {
  const all = Array.isArray(json) ? json : [json]
  if (all.length === 0 || !all.every(hasPairs)) return undefined
  return all.flatMap((each, i) => instancesOf(each, Array.isArray(json) ? below(path, i) : path))
}

function memberOf(json: JsonObject): keyof typeof PAIR_MEMBERS | undefined {
  return (Object.keys(PAIR_MEMBERS) as (keyof typeof PAIR_MEMBERS)[]).find((name) => Array.isArray(json[name]))
}

function hasPairs(json: Json): json is JsonObject {
  return isObject(json) && json.value === undefined && json.object === undefined && memberOf(json) !== undefined
}

function instancesOf(json: JsonObject, path: Path): readonly (readonly [Json, Path])[] {
  const name = memberOf(json) ?? 'values'
  const { member, isNamed } = PAIR_MEMBERS[name]
  const { type, datasetId } = json
  return (json[name] as readonly Json[]).map((pair, i) => {
    const at = below(below(path, name), i)
    if (!Array.isArray(pair) || pair.length !== 2)
      throw fault(at, 'expected a pair such as [7, "2026-02-23T05:59:13Z"]: a value, and when it was observed')
    const [value = null, observedAt = null] = pair
    const named = isNamed && isObject(value) ? value : { [member]: value }
    return [
      { ...(type !== undefined && { type }), ...named, observedAt, ...(datasetId !== undefined && { datasetId }) },
      at,
    ] as const
  })
}
