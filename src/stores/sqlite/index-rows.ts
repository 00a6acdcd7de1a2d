/** What is looked up about an entity beside its id, and what of it a change touches. */

import { toInstant } from '../../core/model/date-time.ts'
import type { AttributeInstance, Entity, Instant } from '../../core/model/entity.ts'

/** Rows of `entity_type`, and rows of `entity_attribute` with the time when the attribute is gone (null: never). */
interface IndexRows {
  readonly types: readonly string[]
  readonly attributes: ReadonlyMap<string, Instant | null>
}

const NO_ROWS: IndexRows = { types: [], attributes: new Map() }

/** None where there is no entity. */
export function indexRows(entity: Entity | undefined): IndexRows {
  if (entity === undefined) return NO_ROWS
  const attributes = new Map<string, Instant | null>()
  for (const name in entity.attributes) attributes.set(name, goneAt(entity.attributes[name] ?? []))
  return { types: entity.types, attributes }
}

/** An attribute exists as long as one of its instances does. */
function goneAt(instances: readonly AttributeInstance[]): Instant | null {
  let last = Number.NEGATIVE_INFINITY
  for (const { expiresAt } of instances) {
    if (expiresAt === undefined) return null
    last = Math.max(last, toInstant(expiresAt))
  }
  return last
}

export interface RowChanges {
  readonly typesRemoved: readonly string[]
  readonly typesAdded: readonly string[]
  readonly attributesRemoved: readonly string[]
  /** New, or gone at another time than before. */
  readonly attributesPut: readonly (readonly [name: string, goneAt: Instant | null])[]
}

export function differenceOf(before: IndexRows, after: IndexRows): RowChanges {
  return {
    typesRemoved: without(before.types, after.types),
    typesAdded: without(after.types, before.types),
    attributesRemoved: [...before.attributes.keys()].filter((name) => !after.attributes.has(name)),
    attributesPut: [...after.attributes].filter(([name, at]) => before.attributes.get(name) !== at),
  }
}

function without(types: readonly string[], others: readonly string[]): readonly string[] {
  if (types === others) return []
  const kept = new Set(others)
  return types.filter((type) => !kept.has(type))
}
