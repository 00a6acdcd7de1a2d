/** How many instances of its Attributes an Entity has, by their types: what discovery (5.7.5–5.7.10) is answered from. */

import type { Attributes, AttributeType, Entity } from './entity.ts'

export interface AttributeTally {
  /** IRI of an entity type; undefined: whatever the type, so that an Entity of several types is counted once. */
  readonly type: string | undefined
  readonly attribute: string
  readonly attributeType: AttributeType
  /** Instances more, or less. Never 0. */
  readonly instances: number
}

/** What a change adds to the numbers; absent is an Entity that is not there. */
export function tallyChange(before: Entity | undefined, after: Entity | undefined): readonly AttributeTally[] {
  if (before !== undefined && after !== undefined && isAlike(before, after)) return []
  const tally = new Map<string, AttributeTally>()
  if (before !== undefined) addEntity(before, -1, tally)
  if (after !== undefined) addEntity(after, 1, tally)
  return [...tally.values()].filter(({ instances }) => instances !== 0)
}

/** Most changes are of values: the same types, and as many instances of the same types. */
function isAlike(before: Entity, after: Entity): boolean {
  return isSameList(before.types, after.types) && hasSameInstances(before.attributes, after.attributes)
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((item, i) => item === b[i]))
}

function hasSameInstances(before: Attributes, after: Attributes): boolean {
  for (const name in before) if (!Object.hasOwn(after, name)) return false
  for (const name in after) {
    const was = Object.hasOwn(before, name) ? before[name] : undefined
    const is = after[name]
    if (was === is) continue
    if (was === undefined || is === undefined || was.length !== is.length) return false
    if (!is.every(({ type }, i) => type === was[i]?.type)) return false
  }
  return true
}

function addEntity({ types, attributes }: Entity, sign: 1 | -1, tally: Map<string, AttributeTally>): void {
  for (const attribute in attributes) {
    for (const { type: attributeType } of attributes[attribute] ?? []) {
      for (const type of [undefined, ...types]) {
        const key = `${type ?? ''}\n${attribute}\n${attributeType}`
        const instances = (tally.get(key)?.instances ?? 0) + sign
        tally.set(key, { type, attribute, attributeType, instances })
      }
    }
  }
}
