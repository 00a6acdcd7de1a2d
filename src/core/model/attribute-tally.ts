/** How many instances of its Attributes an Entity has, by their types: what discovery (5.7.5–5.7.10) is answered from. */

import type { AttributeType } from './entity.ts'

/** What of an Entity is counted. An Entity is one; a store may keep no more of it. */
export interface Tallied {
  readonly types: readonly string[]
  readonly attributes: { readonly [name: string]: readonly TalliedInstance[] }
}

interface TalliedInstance {
  readonly type: AttributeType
}

export interface AttributeTally {
  /** IRI of an entity type; undefined: whatever the type, so that an Entity of several types is counted once. */
  readonly type: string | undefined
  readonly attribute: string
  readonly attributeType: AttributeType
  /** Instances more, or less. Never 0. */
  readonly instances: number
}

/** Numbers that are added up: by entity type, Attribute and attribute type. */
export type AttributeTallies = Map<string | undefined, Map<string, Map<AttributeType, number>>>

/** Adds to `tallies` what a change adds to the numbers; absent is an Entity that is not there. */
export function tallyChange(tallies: AttributeTallies, before: Tallied | undefined, after: Tallied | undefined): void {
  if (before !== undefined && after !== undefined && isSameList(before.types, after.types)) {
    addDifference(tallies, before.types, before.attributes, after.attributes)
    return
  }
  if (before !== undefined) addDifference(tallies, before.types, before.attributes, {})
  if (after !== undefined) addDifference(tallies, after.types, {}, after.attributes)
}

/** What was added up, without what came to 0. */
export function* eachTally(tallies: AttributeTallies): Generator<AttributeTally> {
  for (const [type, attributes] of tallies) {
    for (const [attribute, kinds] of attributes) {
      for (const [attributeType, instances] of kinds) {
        if (instances !== 0) yield { type, attribute, attributeType, instances }
      }
    }
  }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]))
}

const NONE: readonly TalliedInstance[] = []

function addDifference(
  tallies: AttributeTallies,
  types: readonly string[],
  was: Tallied['attributes'],
  is: Tallied['attributes'],
): void {
  for (const name in was) {
    const before = was[name] ?? NONE
    const after = Object.hasOwn(is, name) ? (is[name] ?? NONE) : NONE
    // Most changes are of values: as many instances of the same types.
    if (before === after || hasSameTypes(before, after)) continue
    addAll(tallies, types, name, before, -1)
    addAll(tallies, types, name, after, 1)
  }
  for (const name in is) if (!Object.hasOwn(was, name)) addAll(tallies, types, name, is[name] ?? NONE, 1)
}

function hasSameTypes(before: readonly TalliedInstance[], after: readonly TalliedInstance[]): boolean {
  return before.length === after.length && before.every(({ type }, i) => type === after[i]?.type)
}

function addAll(
  tallies: AttributeTallies,
  types: readonly string[],
  attribute: string,
  instances: readonly TalliedInstance[],
  sign: 1 | -1,
): void {
  for (const { type: kind } of instances) {
    addInstances(tallies, undefined, attribute, kind, sign)
    for (const type of types) addInstances(tallies, type, attribute, kind, sign)
  }
}

/** Adds instances of an Attribute, of one type, to those of entities of a type; undefined: whatever the type. */
export function addInstances(
  tallies: AttributeTallies,
  type: string | undefined,
  attribute: string,
  attributeType: AttributeType,
  instances: number,
): void {
  const kinds = entryOf(entryOf(tallies, type), attribute)
  kinds.set(attributeType, (kinds.get(attributeType) ?? 0) + instances)
}

/** The map under a key, made where there is none. */
function entryOf<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const found = maps.get(key)
  if (found !== undefined) return found
  const made = new Map<L, V>()
  maps.set(key, made)
  return made
}
