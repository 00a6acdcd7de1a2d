/** What stands of evolutions: in the documents of entities until it is moved, and in collections of their own. */

import type { Document } from 'mongodb'
import type { Summary } from '../../../core/history/summary.ts'

/** An instance; as core/history has it but for its id (stores/common/instance-row.ts). */
export interface StoredInstance {
  /** Microseconds: when it was observed, else when it came. */
  readonly at: number
  /** When it came. */
  readonly c: number
  readonly k: number
  readonly v: number | string
  /** When it was changed last; absent where it never was. */
  readonly m?: number
  /** When it was deleted. */
  readonly x?: number
  readonly r?: string
  /** Whether it was observed. */
  readonly t?: true
  /** 0: its value is a number, 1: a boolean, 2: what is to be read. */
  readonly f: 0 | 1 | 2
}

/** An instance with the Attribute (IRI) and dataset ('' for the default one) that it is of. */
export interface AddedInstance extends StoredInstance {
  readonly a: string
  readonly d: string
}

/** What one change does to the evolution of its entity; it is done when it is moved, in the order of positions. */
export type Past =
  /** `deletedAt`: null where the entity is there after it. */
  | {
      readonly kind: 'record'
      readonly types: readonly string[]
      readonly deletedAt: number | null
      readonly instances: readonly AddedInstance[]
    }
  | { readonly kind: 'add'; readonly types: readonly string[]; readonly instances: readonly AddedInstance[] }
  | { readonly kind: 'deleteEvolution' }
  | { readonly kind: 'deleteSeries'; readonly series: readonly string[] }
  | { readonly kind: 'deleteInstance'; readonly instance: string }
  | { readonly kind: 'replaceInstance'; readonly instance: string; readonly row: StoredInstance }

/** Of one Attribute and dataset of an entity. */
export interface StoredSeries {
  /** By which its instances are found (series-key.ts). */
  readonly s: string
  readonly a: string
  readonly d: string
}

/**
 * The evolution of the entity whose id it has. One without `n` is none any more: what is moved late, and was recorded before it was
 * deleted, is kept out by it.
 */
export interface EvolutionDocument extends Document {
  readonly _id: string
  /** The position of the change that it began with: the order of answers. */
  readonly n?: string
  readonly createdAt?: number
  readonly types?: string[]
  readonly series?: StoredSeries[]
  /** The position of the last change of its entity, and when that was deleted, where it is: greater is later. */
  readonly state?: string
  /** Instances up to this position have been deleted with it; and of a series. */
  readonly cut?: string
  readonly cuts?: Readonly<Record<string, string>>
  /** Series of which instances up to `cut` are still to be removed. */
  readonly dying?: readonly string[]
}

export interface InstanceDocument extends StoredInstance, Document {
  /** The position of the change that it came with, and its place in that. */
  readonly _id: string
  /** Its series; '' where it has been deleted, and is remembered so that it is not moved again. */
  readonly s: string
  /** The position of that change. */
  readonly p: string
  /** The position of the change that it was replaced by. */
  readonly q?: string
  readonly gone?: number
}

/** What instances were together that are not kept any more. */
export interface SummaryDocument extends Document {
  /** Series and begin. */
  readonly _id: string
  readonly s: string
  readonly begins: number
  readonly ends: number
  readonly summaries: readonly Summary[]
  /** Ids of the instances that it was made of last, while they are being removed. */
  readonly of?: readonly string[]
}
