/** Many entities by their ids, as many at once as the store hands out. */

import { Problem } from '../../core/model/problems.ts'
import type { Call } from '../../ports/call.ts'
import type { EntityStore, FoundEntity } from '../../ports/store.ts'

export type BulkReader = (call: Call, ids: readonly string[]) => AsyncGenerator<readonly FoundEntity[]>

/** In the order of the ids, those that are there. Large entities are read in smaller parts: there is an end to a page. */
export function createBulkReader(entities: EntityStore, most: number): BulkReader {
  let size = most
  return async function* (call, ids) {
    let at = 0
    while (at < ids.length) {
      const part = ids.slice(at, at + size)
      const found = await entities.retrieveMany(call, part).catch(tooMany)
      if (found === undefined && part.length > 1) {
        size = Math.ceil(part.length / 2)
        continue
      }
      if (found === undefined) throw new Error(`the entity ${part[0]} is larger than a page (BOYA_MAX_PAGE_BYTES)`)
      yield found
      at += part.length
      // One more at a time: each try that is too many reads a page for nothing.
      size = Math.min(most, size + 1)
    }
  }
}

function tooMany(error: unknown): undefined {
  if (!(error instanceof Problem && error.kind === 'TooManyResults')) throw error
}
