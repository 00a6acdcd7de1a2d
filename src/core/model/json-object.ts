import type { Json, JsonObject } from './entity.ts'
import { ExactNumber } from './exact-number.ts'

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof ExactNumber)
}
