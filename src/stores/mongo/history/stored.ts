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
      /** Where they stand apart: in how many pieces (apart-past.ts). */
      readonly pieces?: number
    }
  /** `goesInto`: whether it makes no evolution, where that has been deleted meanwhile. */
  | {
      readonly kind: 'add'
      readonly types: readonly string[]
      readonly instances: readonly AddedInstance[]
      readonly goesInto: boolean
      readonly pieces?: number
    }
  | { readonly kind: 'deleteEvolution' }
  | { readonly kind: 'deleteSeries'; readonly series: readonly string[] }
  | { readonly kind: 'deleteInstance'; readonly instance: string }
  | {
      readonly kind: 'replaceInstance'
      readonly instance: string
      readonly series: Pick<StoredSeries, 's' | 'a' | 'd'>
      readonly row: StoredInstance
    }

/** Of one Attribute and dataset of an entity. It stands twice where something was observed and something was not. */
export interface StoredSeries {
  /** By which its instances are found (series-key.ts). */
  readonly s: string
  readonly a: string
  readonly d: string
  /** Whether something of it was observed. */
  readonly t?: true
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
  /** The position of the last change that has been done to it: all before are done, and of later ones nothing is shown. */
  readonly done?: string
  /** When something of it was changed last; absent where something was taken away since. */
  readonly m?: number
  /** The position of the last change of its entity, and when that was deleted, where it is: greater is later. */
  readonly state?: string
  /** Instances up to this position have been deleted with it; and of a series. */
  readonly cut?: string
  readonly cuts?: Readonly<Record<string, string>>
  readonly retained?: RetainedSteps
  /** Whether somebody who reads was disturbed by that: it is passed over once. */
  readonly held?: true
  /** Series of which instances up to `cut` are to be removed, also of those that come late. */
  readonly dying?: readonly string[]
}

/** What its retention has come to. */
export interface RetainedSteps {
  /** Another one before instances go that summaries have. */
  readonly rev?: string
  /** Ids of the summaries that have those that may be going still. */
  readonly of?: readonly string[]
  /** While something goes: whether anything is left of each series has not been looked at since. */
  readonly isOpen?: true
}

export interface InstanceDocument extends StoredInstance, Document {
  /** It has the series, the time and the position of the change that it came with (series-key.ts). */
  readonly _id: string
  /** By which it is known, where it has been given another place in time since. */
  readonly id?: string
  /** Its series. */
  readonly s: string
  /** The position of the change that it came with. */
  readonly p: string
  /** The position of the change that it was replaced by. */
  readonly q?: string
}

/** What remains for a while of an instance that is gone, so that it is not moved again. It has no `k`. */
export interface GoneInstance extends Document {
  readonly _id: string
  readonly s: ''
  readonly gone: number
  /** Where it stands now. */
  readonly to?: string
}

/** A piece of what a change records, until that is moved, or known to be of no use. */
export interface ApartDocument extends Document {
  /** The position of the change, and its place in that. */
  readonly _id: string
  readonly s: ''
  readonly gone: number
  readonly added: readonly AddedInstance[]
}

/** What instances were together that are not kept any more. */
export interface SummaryDocument extends Document {
  /** Series and begin. */
  readonly _id: string
  readonly s: string
  readonly begins: number
  readonly ends: number
  readonly summaries: readonly Summary[]
  /** The position of the last change that it has an instance of. */
  readonly p: string
  /** Another with each writing: who has read what it was before does not write it again. */
  readonly rev?: string
  /** Ids of the instances that it was made of last, while they are being removed. */
  readonly of?: readonly string[]
}
