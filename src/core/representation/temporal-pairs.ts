/** The simplified temporal representation of an Attribute (4.5.9) as instances: pairs of a value and its `observedAt`. */

import { normalizeDateTime } from '../model/date-time.ts'
import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { attributeType } from './attribute-members.ts'
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

type PairMember = keyof typeof PAIR_MEMBERS

/** Undefined where the Attribute is in another representation. Throws BadRequestData where one is no pair. */
export function pairsAsInstances(json: Json, path: Path): readonly (readonly [Json, Path])[] | undefined {
  const all = Array.isArray(json) ? json : [json]
  if (all.length === 0 || !all.every(hasPairs)) return undefined
  return all.flatMap((each, i) => instancesOf(each, Array.isArray(json) ? below(path, i) : path))
}

function hasPairs(json: Json): json is JsonObject {
  if (!isObject(json)) return false
  const member = memberOf(json)
  return member !== undefined && (attributeType(json.type) !== undefined || isAmbiguous(json, member))
}

function memberOf(json: JsonObject): PairMember | undefined {
  if (Object.values(PAIR_MEMBERS).some(({ member }) => json[member] !== undefined)) return undefined
  return (Object.keys(PAIR_MEMBERS) as PairMember[]).find((name) => Array.isArray(json[name]))
}

/** Without a type, what looks like pairs may as well be the value of a concise Property. */
function isAmbiguous(json: JsonObject, member: PairMember): boolean {
  const pairs = json[member] as readonly Json[]
  return json.type === undefined && pairs.length > 0 && pairs.every(isTimed)
}

function isTimed(pair: Json): boolean {
  return Array.isArray(pair) && pair.length === 2 && normalizeDateTime(String(pair[1])) !== undefined
}

function instancesOf(json: JsonObject, path: Path): readonly (readonly [Json, Path])[] {
  const name = memberOf(json) ?? 'values'
  checkMembers(json, name, path)
  const { type, datasetId } = json
  return (json[name] as readonly Json[]).map((pair, i) => {
    const at = below(below(path, name), i)
    const { value, observedAt } = pairOf(pair, at)
    const named = PAIR_MEMBERS[name].isNamed && isObject(value) ? value : { [PAIR_MEMBERS[name].member]: value }
    return [{ type, ...named, observedAt, ...(datasetId !== undefined && { datasetId }) } as Json, at] as const
  })
}

function checkMembers(json: JsonObject, name: PairMember, path: Path): void {
  if (json.type === undefined) {
    const hint = 'send {"type":"Property","value":{…}} if it is the value of a Property'
    throw fault(path, `has pairs of values and times (4.5.9), but no type; add "type", such as "Property", or ${hint}`)
  }
  const more = Object.keys(json).find((member) => member !== name && member !== 'type' && member !== 'datasetId')
  if (more !== undefined)
    throw fault(
      below(path, more),
      `stands beside "${name}", where there are pairs of values and times only (4.5.9); send instances to say more of each`,
    )
  if ((json[name] as readonly Json[]).length === 0)
    throw fault(below(path, name), 'the array is empty; send at least one pair, or leave the Attribute out')
}

function pairOf(pair: Json, at: Path): { readonly value: Json; readonly observedAt: Json } {
  if (!Array.isArray(pair) || pair.length !== 2)
    throw fault(at, 'expected a pair such as [7, "2026-02-23T05:59:13Z"]: a value, and when it was observed')
  const [value = null, observedAt = null] = pair
  return { value, observedAt }
}
