import { LRUCache } from 'lru-cache'
import { MOST_SERIES } from '../../core/history/series.ts'
import type { Log } from '../../ports/call.ts'

const counts = new LRUCache<string, number>({ max: 10_000 })

/** Says of instances of an entity that were not kept how many there are by now: of the first, and each time that they are ten times as many. */
export function tellLeftOut(log: Log | undefined, entity: string, count: number): void {
  const before = counts.get(entity) ?? 0
  const leftOut = before + count
  counts.set(entity, leftOut)
  if (before > 0 && String(before).length === String(leftOut).length) return
  const why = `its evolution has ${MOST_SERIES} Attributes and datasets, or the names of one are too long`
  log?.warn({ entity, leftOut }, `what an entity became is not kept in the history: ${why}`)
}
