/** Entities → the bodies of batch operations, in their order. */

import type { LoadEntity } from './entity.ts'

export interface Batch {
  readonly entities: readonly LoadEntity[]
  /** Whether they bring @contexts: then the body is `application/ld+json` (6.3.5), and a body is one or the other. */
  readonly ld: boolean
}

interface Batcher {
  /** The batch that was full, or of the other media type, before this entity. */
  add(entity: LoadEntity): Batch | undefined
  /** What is left. */
  flush(): Batch | undefined
}

/** Half of what a broker takes by default (BOYA_MAX_BODY_BYTES); one that takes less gets smaller ones. */
const MAX_BATCH_CHARACTERS = 4 * 1024 * 1024

export function createBatcher(maxEntities: number): Batcher {
  let entities: LoadEntity[] = []
  let characters = 0
  const flush = (): Batch | undefined => {
    const [first] = entities
    if (first === undefined) return undefined
    const batch = { entities, ld: first.ld }
    entities = []
    characters = 0
    return batch
  }
  return {
    add: (entity) => {
      const full = entities.length >= maxEntities || characters + entity.text.length > MAX_BATCH_CHARACTERS
      const done = full || entities[0]?.ld !== entity.ld ? flush() : undefined
      entities.push(entity)
      characters += entity.text.length
      return done
    },
    flush,
  }
}

export function bodyOf({ entities }: Batch): string {
  return `[${entities.map(({ text }) => text).join(',\n')}]`
}

export function halves({ entities, ld }: Batch): readonly [Batch, Batch] {
  const middle = Math.ceil(entities.length / 2)
  return [
    { entities: entities.slice(0, middle), ld },
    { entities: entities.slice(middle), ld },
  ]
}
