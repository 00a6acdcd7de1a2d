/** The lines of an export: docs/export-format.md says what each is. */

import type { Json } from '../../core/model/entity.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import type { Problem } from '../../core/model/problems.ts'

/** Another number wherever a reader of this one would lose something of what is written. */
export const FORMAT = 1

/** How many of each there are in a file: its last line has them, so that one that was cut is noticed. */
export interface Counts {
  readonly tenants: number
  readonly contexts: number
  readonly entities: number
  readonly subscriptions: number
}

/** Of a file that has nothing yet. */
export const NONE: Counts = { tenants: 0, contexts: 0, entities: 0, subscriptions: 0 }

/** What belongs to a Tenant. */
export type OfTenant = 'context' | 'entity' | 'subscription'

export type Line =
  | { readonly kind: 'export'; readonly tenants: number }
  /** 5.2.40: the id of the broker that all of it is of. */
  | { readonly kind: 'broker'; readonly id: string }
  /** What follows belongs to this Tenant; `''` is the default one. */
  | { readonly kind: 'tenant'; readonly name: string }
  | { readonly kind: 'context'; readonly json: Json }
  | { readonly kind: 'entity'; readonly json: Json }
  /** After the entities of its Tenant, so that what it selects is there when it is effective. */
  | { readonly kind: 'subscription'; readonly json: Json }
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
