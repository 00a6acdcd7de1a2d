/** The order of Entities (4.23). */

import type { AttributeInstance, Entity, Json } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { stringifyJson } from '../model/json-text.ts'
import type { Geometry, Ordering, OrderingKey } from './ast.ts'
import { collatorFor } from './collation.ts'
import { comparablesOf, compareCodePoints } from './comparable.ts'
import { distanceBetween } from './distance.ts'
import { geometryOf } from './evaluate-geo.ts'
import { targetsOf } from './target.ts'

/** What an entity is ordered by. Ranks are the "Datatype Comparison Order" of 4.23.2. */
export interface SortKey {
  readonly rank: number
  readonly value: number | string
}

export interface CompiledOrdering {
  /** One key for each of the ordering's; computed once for an entity. */
  keyOf(entity: Entity): readonly SortKey[]
  /** Negative, 0 or positive; of equals the one that was created first comes first, which is the caller's to see to. */
  compare(a: readonly SortKey[], b: readonly SortKey[]): number
}

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

export function createOrdering({ keys, collation }: Ordering): CompiledOrdering {
  const collator = collatorFor(collation)
  const compareKey = (a: SortKey, b: SortKey, { direction }: OrderingKey): number => {
    const forward = compareKeys(a, b, collator)
    // 4.23.2: "null values last", whatever the direction: who asks for the largest wants to see them.
    const isMissing = a.rank >= RANKS.null || b.rank >= RANKS.null
    return direction === 'asc' || isMissing ? forward : -forward
  }
  return {
    keyOf: (entity) => keys.map((key) => keyOf(entity, key)),
    compare: (a, b) => {
      for (const [i, key] of keys.entries()) {
        const order = compareKey(a[i] ?? ABSENT, b[i] ?? ABSENT, key)
        if (order !== 0) return order
      }
      return 0
    },
  }
}

function compareKeys(a: SortKey, b: SortKey, collator: Intl.Collator): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  if (typeof a.value === 'string' && typeof b.value === 'string') {
    return a.rank === RANKS.text ? collator.compare(a.value, b.value) : compareCodePoints(a.value, b.value)
  }
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

function keyOf(entity: Entity, { by, from }: OrderingKey): SortKey {
  if (by === 'id') return { rank: RANKS.text, value: entity.id }
  if (by === 'type') return leastOf(entity.types)
  if (by === 'scope') return leastOf(entity.scopes ?? [])
  if (from !== undefined && by.names.length === 1) {
    const place = defaultOf(entity.attributes[by.names[0] ?? ''] ?? [])
    if (place?.type === 'GeoProperty') return distanceKey(place, from)
  }
  const [first] = targetsOf(withDefaults(entity, by.names[0] ?? ''), by, () => undefined)
  return first === undefined ? ABSENT : keyOfValue(first.value)
}

/** Of several the first, as code points are. */
function leastOf(texts: readonly string[]): SortKey {
  const [least] = [...texts].sort(compareCodePoints)
  return least === undefined ? ABSENT : { rank: RANKS.text, value: least }
}

/** Of several instances the default one counts, or the first. */
function defaultOf(instances: readonly AttributeInstance[]): AttributeInstance | undefined {
  return instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
}

function withDefaults(entity: Entity, name: string): Entity {
  const instances = entity.attributes[name] ?? []
  const chosen = defaultOf(instances)
  if (instances.length < 2 || chosen === undefined) return entity
  return { ...entity, attributes: { ...entity.attributes, [name]: [chosen] } }
}

function distanceKey({ value }: AttributeInstance, from: Geometry): SortKey {
  return { rank: RANKS.distance, value: distanceBetween(geometryOf(value), from) }
}

/** 4.23.2 */
export function keyOfValue(value: Json): SortKey {
  if (value === null) return { rank: RANKS.null, value: 0 }
  const comparables = comparablesOf(value)
  const last = comparables.at(-1)
  if (last !== undefined && last.kind !== 'uri') return { rank: RANKS[last.kind], value: last.value }
  return { rank: isObject(value) ? RANKS.object : RANKS.array, value: stringifyJson(value).text }
}
