/** The lines of an export: docs/export-format.md says what each is. */

import type { Json } from '../../core/model/entity.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import type { Problem } from '../../core/model/problems.ts'

/** Another number wherever a reader of this one would lose something of what is written. */
export const FORMAT = 2

/** Since which history is in it. */
export const WITH_HISTORY = 2

/** What earlier versions of Boya wrote is read as well, from this one on. */
export const OLDEST_FORMAT = 1

/** How many lines of each kind there are in a file: its last line has them, so that one that was cut is noticed. */
export interface Counts {
  readonly tenants: number
  readonly contexts: number
  readonly entities: number
  readonly evolutions: number
  readonly series: number
  readonly retentions: number
  readonly subscriptions: number
}

/** Of a file that has nothing yet. */
export const NONE: Counts = {
  tenants: 0,
  contexts: 0,
  entities: 0,
  evolutions: 0,
  series: 0,
  retentions: 0,
  subscriptions: 0,
}

/** What belongs to a Tenant. */
export const OF_TENANT = ['context', 'entity', 'evolution', 'series', 'retention', 'subscription'] as const
export type OfTenant = (typeof OF_TENANT)[number]

export type Line =
  | { readonly kind: 'export'; readonly tenants: number; readonly format: number }
  /** 5.2.40: the id of the broker that all of it is of. */
  | { readonly kind: 'broker'; readonly id: string }
  /** What follows belongs to this Tenant; `''` is the default one. */
  | { readonly kind: 'tenant'; readonly name: string }
  /**
   * `series` belongs to the evolution before it. A subscription stands after the entities of its Tenant, so that what it selects is
   * there when it is effective.
   */
  | { readonly kind: OfTenant; readonly json: Json }
  /** A whole line of this kind, which is beyond a limit. */
  | { readonly kind: 'refused'; readonly of: OfTenant; readonly problem: Problem }
  | { readonly kind: 'end'; readonly counts: Counts }

/** With its line break. */
export function writeLine(kind: Exclude<Line['kind'], 'refused'>, value: unknown): string {
  return `${stringifyJson({ [kind]: value }).text}\n`
}

/** The first line. No time and no version of Boya: two exports of one state are equal, byte by byte. */
export function firstLine(tenants: number): string {
  return writeLine('export', { by: 'Boya', format: FORMAT, tenants })
}
