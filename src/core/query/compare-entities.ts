/** The order of Entities (4.23). */

import type { Entity, Json } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { stringifyJson } from '../model/json-text.ts'
import type { Ordering, OrderingKey } from './ast.ts'
import { collatorFor } from './collation.ts'
import { comparablesOf, compareCodePoints } from './comparable.ts'
import { distanceBetween } from './distance.ts'
import { geometryOf } from './evaluate-geo.ts'
import { wholeScope } from './index-values.ts'
import { orderedElement } from './target.ts'

/** What an entity is ordered by: plain data, which can be sent to another thread. Ranks are those of {@link RANKS}. */
export interface SortKey {
  readonly rank: number
  readonly value: number | string
}

export interface CompiledOrdering {
  /** One key for each of the ordering's. It is what costs: compute it once for an entity. */
  keyOf(entity: Entity): readonly SortKey[]
  /** Negative, 0 or positive. Of equals the one that was created first comes first, which is the caller's to see to. */
  compare(a: readonly SortKey[], b: readonly SortKey[]): number
  /** The same of the first key alone: 0 where the next one decides. */
  compareFirst(a: SortKey, b: SortKey): number
}

/** 4.23.2, "Datatype Comparison Order". */
export const RANKS = {
  /** "Attribute is a GeoProperty", where the order is by distance. */
  distance: -1,
  number: 0,
  text: 1,
  object: 2,
  array: 3,
  boolean: 4,
  time: 5,
  date: 6,
  dateTime: 7,
  null: 8,
  absent: 9,
} as const

const ABSENT: SortKey = { rank: RANKS.absent, value: 0 }

/**
 * Descending turns the order of values and of their data types, not what comes last: "null values last" (4.23.2), as
 * neither null nor nothing is a value that is larger than others; nor what comes first where the order is by distance.
 */
export function createOrdering({ keys, collation }: Ordering): CompiledOrdering {
  const collator = collatorFor(collation)
  return {
    compareFirst: (a, b) => compareAll(keys.slice(0, 1), [a], [b], (x, y) => collator.compare(x, y)),
    keyOf: (entity) => keys.map((key) => keyOf(entity, key)),
    // Texts that the collation takes for equal leave the decision to the next key; when all are through, code points decide.
    compare: (a, b) =>
      compareAll(keys, a, b, (x, y) => collator.compare(x, y)) || compareAll(keys, a, b, compareCodePoints),
  }
}

type CompareTexts = (a: string, b: string) => number

/** 4.23.3: "elements to be used for ordering which shall be applied sequentially" */
function compareAll(
  keys: readonly OrderingKey[],
  a: readonly SortKey[],
  b: readonly SortKey[],
  compareTexts: CompareTexts,
): number {
  for (let i = 0; i < keys.length; i++) {
    const [one, other] = [a[i] ?? ABSENT, b[i] ?? ABSENT]
    const order = compareKeys(one, other, compareTexts)
    if (order !== 0) return keys[i]?.direction === 'desc' && !staysInPlace(one, other) ? -order : order
  }
  return 0
}

function staysInPlace(a: SortKey, b: SortKey): boolean {
  return a.rank >= RANKS.null || b.rank >= RANKS.null || (a.rank === RANKS.distance) !== (b.rank === RANKS.distance)
}

function compareKeys(a: SortKey, b: SortKey, compareTexts: CompareTexts): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  if (typeof a.value === 'string' && typeof b.value === 'string') {
    return a.rank === RANKS.text ? compareTexts(a.value, b.value) : compareCodePoints(a.value, b.value)
  }
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

function keyOf(entity: Entity, { by, from }: OrderingKey): SortKey {
  if (by === 'id') return { rank: RANKS.text, value: entity.id }
  if (by === 'type') return leastOf(entity.types)
  if (by === 'scope') return leastOf(entity.scopes?.map(wholeScope) ?? [])
  const element = orderedElement(entity, by)
  if (element === undefined) return ABSENT
  if (element.kind === 'value') return keyOfValue(element.value)
  const { value } = element.instance
  return from === undefined
    ? keyOfValue(value)
    : { rank: RANKS.distance, value: distanceBetween(geometryOf(value), from) }
}

/** Of several the first, as code points are. */
function leastOf(texts: readonly string[]): SortKey {
  const [least] = [...texts].sort(compareCodePoints)
  return least === undefined ? ABSENT : { rank: RANKS.text, value: least }
}

/** A text that reads as a Time, Date or DateTime is that. Objects and Arrays are ordered by their JSON text. */
function keyOfValue(value: Json): SortKey {
  if (value === null || (isObject(value) && value['@value'] === null)) return { rank: RANKS.null, value: 0 }
  const comparable = comparablesOf(value).at(-1)
  if (comparable !== undefined && comparable.kind !== 'uri') {
    return { rank: RANKS[comparable.kind], value: comparable.value }
  }
  return { rank: isObject(value) ? RANKS.object : RANKS.array, value: stringifyJson(value).text }
}
