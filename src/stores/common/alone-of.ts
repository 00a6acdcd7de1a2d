import type { Recording } from '../../core/history/recording.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Written } from '../../ports/store.ts'

/** What a change has for the evolution alone; undefined where it has nothing, or there is no entity any more. */
export function aloneOf(
  { entity, additions = [] }: Written<unknown>,
  current: Entity | undefined,
): Recording | undefined {
  const left = entity === undefined ? current : entity
  if (left == null || additions.length === 0) return undefined
  return { id: left.id, types: left.types, additions }
}
