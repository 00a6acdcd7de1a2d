/** What Boya asks of a database. Each adapter under stores/ keeps every sentence here; test/contract/ holds it to them. */

import type { Addition } from '../core/history/past-instance.ts'
import type { AttributeTally } from '../core/model/attribute-tally.ts'
import type { Entity, Instant } from '../core/model/entity.ts'
import type { Problem } from '../core/model/problems.ts'
import type { EntityFilter, EntityQuery } from '../core/query/ast.ts'
import type { Call } from './call.ts'
import type { HistoryStore } from './history.ts'
import type { NoticeStore } from './notices.ts'

/**
 * What a change makes of an entity: `entity` is its new state, `null` deletes it; absent, or the same object that the
 * function was given, leaves it as it is. `result` is handed back to the caller.
 */
export interface Written<R> {
  readonly entity?: Entity | null
  /** For the evolution of the entity alone, in the same commit (late observations). */
  readonly additions?: readonly Addition[]
  readonly result: R
}

/**
 * A pure function from the current state of an entity (undefined where there is none, or where it has expired) to what
 * is to become of it. `now` is when it is changed: never before the last change of the entity that is there, even where
 * the clock has been set back.
 * It may be called more than once for one write, so it must have no effect of its own. What it throws is handed to the
 * caller, and nothing of that write is stored.
 */
export type Change<R> = (current: Entity | undefined, now: Instant) => Written<R>

/**
 * What becomes of a write whose Tenant does not exist (5.5.10): it is refused with NonexistentTenant, or the Tenant is
 * made with the first change that stores something. A write of which nothing is stored makes none.
 */
export type MissingTenant = 'refuse' | 'make'

export interface IdentifiedChange<R> {
  readonly id: string
  readonly change: Change<R>
}

/** How one change of several ended. */
export type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly problem: Problem }

/** An entity that a query found. */
export interface FoundEntity {
  /**
   * Stands for this state of the entity and for no other of the Tenant's, as long as the process runs: what was made of
   * it can be used again. Absent where it is the state of this moment only.
   */
  readonly state?: string
  /** Of the entity as it is stored, so that answers can be kept within bounds. */
  readonly size: number
  /** Not to be called where its state is known. */
  read(): Entity
}

/**
 * Says of states of entities whether the caller has what it needs of them, so that they need not be read: the size that
 * was found with them, or undefined. What is known counts as much for a page as what is read.
 */
export type KnownState = (state: string) => number | undefined

/** How a query was answered, for people. */
export interface QueryPlan {
  /** Which index. */
  readonly via: string
  /** Entities that the index gave, as far as they were counted. */
  readonly candidates: number
  /** Entities that were looked at one by one. */
  readonly evaluated: number
  /** Whether it was answered aside, because it may take long. */
  readonly aside: boolean
  /** Of all, and of what of it was planning, and looking at entities one by one. */
  readonly milliseconds: { readonly total: number; readonly planning: number; readonly evaluating: number }
}

export interface EntityPage {
  readonly entities: readonly FoundEntity[]
  /** All entities that the filter selects, where the query asked for it. */
  readonly total?: number
  readonly plan: QueryPlan
}

/**
 * Where a walk stands, in the store's own words. It is of use in every instance on the same database, for as long as
 * that is kept: nothing is remembered of a walk but its cursor.
 */
export type Cursor = string

export interface WalkStep {
  readonly ids: readonly string[]
  /** Absent where there are no more. */
  readonly next?: Cursor
}

/**
 * A write that would make an entity larger than the store was opened for fails with BadRequestData; the limit is the
 * same for every adapter. So is that of the entities of a page together, beyond which a query, or reading many, fails with
 * TooManyResults before more of them is read.
 *
 * An entity or attribute whose `expiresAt` (4.22) has come is in no answer of any method, purged or not.
 */
export interface EntityStore {
  retrieve(call: Call, id: string): Promise<Entity | undefined>

  /**
   * Those of the ids that are there, in the order of the ids: a page without all that answering a query takes, which is
   * several times as much where the ids are few.
   */
  retrieveMany(call: Call, ids: readonly string[]): Promise<readonly FoundEntity[]>

  /**
   * Applies a change atomically: no other write to the entity comes between what the function saw and what it wrote.
   * Resolves when the outcome is durable. The entity, what it is looked up by and the numbers kept of it are one
   * commit with its history (history.ts) and what it owes to subscribers (notices.ts).
   */
  write<R>(call: Call, id: string, change: Change<R>, missingTenant?: MissingTenant): Promise<R>

  /**
   * Applies changes in their order, each atomic by itself, also where an id comes twice (5.5.11). One that throws a
   * Problem is reported in its place and keeps none of the others from being stored; any other error rejects.
   * Resolves when all are durable.
   */
  writeMany<R>(
    call: Call,
    changes: readonly IdentifiedChange<R>[],
    missingTenant?: MissingTenant,
  ): Promise<readonly Settled<R>[]>

  /**
   * In the order that is asked for, and then by creation, so that paging is stable while others are added and deleted.
   * Throws TooComplexQuery where the call's signal ends before all is found. Entities of which `known` tells a size are
   * given without being read, where that saves something.
   */
  query(call: Call, query: EntityQuery, known?: KnownState): Promise<EntityPage>

  /**
   * One step of a walk over the entities that a filter selects, in order of creation: at most `limit` of their ids,
   * those after the cursor, or the first. What exists all the time is met once, whatever is made and deleted meanwhile.
   * Throws TooComplexQuery where the call's signal ends before they are found.
   */
  walk(call: Call, filter: EntityFilter, limit: number, cursor?: Cursor): Promise<WalkStep>

  /** Number of entities of each type (IRI), kept and not counted; an entity of two types counts in both. */
  countTypes(call: Call): Promise<ReadonlyMap<string, number>>

  /**
   * Numbers of attribute instances, kept and not counted: of all attributes, or of one, or of those of the entities of a
   * type (IRIs).
   */
  countAttributes(
    call: Call,
    selection?: { readonly type?: string; readonly attribute?: string },
  ): Promise<readonly AttributeTally[]>

  /** Number of entities, kept and not counted. */
  count(call: Call): Promise<number>

  /**
   * Takes out of the store what has expired by `now`, at most `limit` entities touched, and returns how many were.
   */
  purgeExpired(call: Call, now: Instant, limit: number): Promise<number>
}

/** What a change makes of a document: `document` is its new state, `null` deletes it, absent leaves it as it is. */
export interface WrittenDocument<R> {
  readonly document?: unknown
  readonly result: R
}

/** A pure function as {@link Change} is one; `current` is undefined where there is no document. */
export type DocumentChange<R> = (current: unknown) => WrittenDocument<R>

/** What is told about changes, until it is closed. */
export interface Watch {
  /**
   * Milliseconds at most by which what has been told is behind: each change that was durable that long ago has been told,
   * by when `onChange` returned. Measured, so that it can be relied on: below 500 as a rule, and growing while the store
   * does not answer and while this process stands still, be it stopped or busy. Who may use nothing older than that
   * reads what it is made of again. It asks the store nothing and costs next to nothing.
   */
  behindMs(): number
  /**
   * Looks at once and tells what there is, in some microseconds: who calls it before each use uses nothing old. Absent
   * where a store cannot look so quickly, or need not, because no other instance is known to have it.
   */
  readonly look?: () => void
  /** `onChange` is not called from then on. To be called again does no harm. */
  close(): Promise<void>
}

/** Small documents of one kind (`context`, `subscription`, `stream`, …) by id. */
export interface DocumentStore {
  get(call: Call, kind: string, id: string): Promise<unknown>
  put(call: Call, kind: string, id: string, document: unknown): Promise<void>
  /**
   * Applies a change atomically: no other write to the document, of this instance or another, comes between what the
   * function saw and what it wrote. Resolves when the outcome is durable.
   */
  change<R>(call: Call, kind: string, id: string, change: DocumentChange<R>): Promise<R>
  /** Returns whether there was one. */
  delete(call: Call, kind: string, id: string): Promise<boolean>
  /** All of a kind, ordered by id. */
  list(call: Call, kind: string): Promise<readonly { readonly id: string; readonly document: unknown }[]>
  /** Number of documents of a kind, kept and not counted. */
  count(call: Call, kind: string): Promise<number>
  /**
   * Calls `onChange` within 500 ms after a document of the kind in the default Tenant has been put, changed or deleted,
   * by this instance or another, once or more for changes that come together, and not before all that it tells of can be
   * read. A store that can push does; another one looks. This is true
   * - from the call on, though a store may only begin to watch after it: then it calls `onChange` once it does;
   * - of a store that could not be reached as well, from when it can be again: it then calls `onChange` unless it knows
   *   that nothing has changed meanwhile. Neither the call nor `onChange` ever fails for that.
   *
   * It may be called where nothing of the kind has changed, so who does much about it compares first; but not while
   * nothing at all is written to a store that can be reached. `onChange` must not throw.
   * What belongs to other Tenants is not watched: who needs that keeps a document in the default Tenant that changes with
   * it. Where nobody watches nothing is done, and a watch keeps no process from ending. Closing the store closes it.
   */
  watch(kind: string, onChange: () => void): Watch
}

/** Tenants are isolated in databases of their own. The default Tenant `''` always exists. */
export interface TenantStore {
  exists(name: string): Promise<boolean>
  /**
   * Makes the Tenant if there is none; callers at once all succeed. Throws BadRequestData where the name cannot be one,
   * Conflict where there are as many Tenants as the store was opened for.
   */
  create(name: string): Promise<void>
  /** Names without the default Tenant's, sorted. */
  list(): Promise<readonly string[]>
}

/**
 * Methods of `entities`, `documents`, `history` and `notices` throw NonexistentTenant where the call's Tenant does not exist.
 */
export interface Store {
  readonly entities: EntityStore
  readonly documents: DocumentStore
  readonly history: HistoryStore
  readonly notices: NoticeStore
  readonly tenants: TenantStore
  /** What the start prints, without secrets: `sqlite:./data`. */
  readonly description: string
  /** Throws unless the database answers. */
  check(): Promise<void>
  /** Finishes the writes under way and closes. */
  close(): Promise<void>
}
