import type { Json } from './entity.ts'
import { ExactNumber } from './exact-number.ts'

/** Whether objects and arrays stand in one another more than `depth` deep. Goes no deeper itself. */
export function isDeeperThan(depth: number, json: Json): boolean {
  if (typeof json !== 'object' || json === null || json instanceof ExactNumber) return false
  return depth === 0 || Object.values(json).some((inner) => isDeeperThan(depth - 1, inner))
}
