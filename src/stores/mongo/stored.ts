/** What stands in the collections of a Tenant's database. */

import type { Document } from 'mongodb'
import type { Past } from './history/stored.ts'

/** A name, a kind and a value as one text, which the index on them has in the order of the values (index-keys.ts). */
export type IndexKey = string

/** Where a GeoProperty is: of a point itself, of anything larger an area that surely covers it. */
export interface Place {
  /** As in {@link IndexKey}. */
  readonly property: string
  readonly point: boolean
  readonly at: { readonly type: 'Point' | 'Polygon'; readonly coordinates: readonly unknown[] }
}

/** What is counted of an entity (counts.ts). */
export interface Shape {
  readonly types: readonly string[]
  readonly attributes: readonly string[]
  /** Of each of the attributes the types of its instances, a letter each. */
  readonly kinds: readonly string[]
}

/**
 * The Entity is `body`, complete, as JSON text, so that reading one is a single JSON.parse and nothing of it is ever
 * taken for an operator or a path; what stands beside it is what selections look up. A document without `seq` has been
 * an entity: it is kept until what it counted is taken off, what its changes owe is moved, and no clock is before that.
 */
export interface EntityDocument extends Document {
  /** The entity's id. */
  readonly _id: string
  /** Another after each change; it tells the last ones (version.ts). */
  readonly version: string
  /** Grows with creation and is never given twice: the order of every answer. */
  readonly seq?: string
  readonly body?: string
  /** Whether the body has numbers that JSON.parse would change. */
  readonly exact?: boolean
  /** Of what is no entity any more: why it is kept, where that is the position of its last notice (gone.ts). */
  readonly types?: readonly string[]
  readonly attributes?: readonly string[]
  readonly kinds?: readonly string[]
  readonly values?: readonly IndexKey[]
  readonly places?: readonly Place[]
  readonly expiresAt?: Date
  /** When the first Attribute or sub-Attribute goes. */
  readonly attributeExpiresAt?: Date
  /** Stands where the counts do not have the entity as it is; another after each time that they took it up. */
  readonly uncounted?: string
  /** As the counts have the entity; absent where they do not have it. */
  readonly counted?: Shape
  /** What its changes owe and what is not moved yet, in order. */
  readonly owed?: readonly OwedChange[]
  /** Stands where there is something owed: the position of the last of it. */
  readonly owing?: string
  /** The position of the last notice that there was of the entity. */
  readonly lastNotice?: string
}

/** What one change owes, to subscribers and to the history. */
export interface OwedChange {
  readonly group: string
  readonly since: number
  /** About, of all of it. */
  readonly bytes: number
  /** JSON texts, each once. */
  readonly contents: readonly { readonly text: string; readonly exact: boolean }[]
  readonly notices: readonly OwedNotice[]
  /** The position of the last of its notices. */
  readonly last: string
  /** Where it owes too much to stand here: of its notices, which stand apart, the position of the first. */
  readonly first?: string
  /** What it does to the evolution of the entity. */
  readonly past?: Past
}

interface OwedNotice {
  readonly position: string
  readonly subscription: string
  readonly queue: string
  readonly entity: string
  readonly latestOnly: boolean
  readonly folds?: true
  /** Where its content stands in the list of contents. */
  readonly content: number
}

export interface NoticeDocument extends Document {
  /** The notice's id. */
  readonly _id: string
  readonly position: string
  readonly group: string
  readonly subscription: string
  readonly queue: string
  readonly entity: string
  readonly since: number
  readonly latestOnly: boolean
  /** What is owed already is folded into it, when it is moved. */
  readonly folds?: true
  /**
   * `apart`: it is owed once the change is committed that owes it, and is of no use where that never was. `gone`: it is of no
   * use any more, but it is remembered that it was there, so that it is not moved a second time.
   */
  readonly state: 'apart' | 'owed' | 'delivered' | 'dead' | 'gone'
  /** When it ended; of what is apart: when the change was made. */
  readonly settledAt?: number
  /** Of what is owed: when it was last made so again. */
  readonly revivedAt?: number
  readonly reason?: string
  /** As JSON text. Absent where it is gone. */
  readonly content?: string
  readonly exact: boolean
  /** How often its content has been written anew, by what was folded into it or out of it (taking-place.ts). */
  readonly rewrites?: number
}

export interface SmallDocument extends Document {
  /** Kind and id. */
  readonly _id: string
  readonly kind: string
  readonly id: string
  readonly body: string
  readonly exact: boolean
  readonly version: string
}

/** How many there are of something (counts.ts). */
export interface CountDocument extends Document {
  readonly _id: string
  readonly type?: string
  readonly attribute?: string
  readonly kind?: string
  readonly n: number
  /** The last batch that was added. */
  readonly batch: number
}

export interface TenantDocument extends Document {
  /** The Tenant's name. */
  readonly _id: string
  readonly database: string
}

/** What the numbers are about: entities, those of a type, or instances of an Attribute. */
export interface Counted {
  readonly type?: string
  readonly attribute?: string
  readonly kind?: string
}

export interface Total {
  readonly _id: string
  readonly counted: Counted
  readonly n: number
}

/** An entity of a batch. */
export interface Item {
  readonly id: string
  readonly version: string
  readonly uncounted: string
  /** Where its shape stands in the list of shapes; absent where the entity is gone. */
  readonly shape?: number
}

export interface Batch {
  readonly totals: readonly Total[]
  readonly shapes: readonly Shape[]
  readonly items: readonly Item[]
}

/** The document that says which batch is the last, and has what of it is not done. */
export interface CountingState extends Document {
  readonly _id: string
  readonly n: number
  /** Whether there is something of the batch that is not done. */
  readonly open?: true
  readonly batch?: Batch
}

/** By which instances see that documents have changed (revisions.ts). */
export interface RevisionsDocument extends Document {
  readonly _id: string
  readonly kinds?: Readonly<Record<string, number>>
  /** Kinds of which a document is being changed, by marks. */
  readonly open?: Readonly<Record<string, string>>
}
