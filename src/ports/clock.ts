import type { Instant } from '../core/model/entity.ts'

export interface Clock {
  now(): Instant
}
