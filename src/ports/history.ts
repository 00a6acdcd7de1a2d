/** What Boya asks of a database about the Temporal Evolution of entities. test/contract/ holds each adapter to every sentence. */

import type { AggregatedAttributes } from '../core/history/aggregates-of.ts'
import type { EvolutionPart, Restored } from '../core/history/carried.ts'
import type { Addition, EvolutionHead, NewInstance, PastInstances } from '../core/history/past-instance.ts'
import type { Recorded } from '../core/history/recording.ts'
import type { Horizons } from '../core/history/retention.ts'
import type { InstanceSelection, Wanted } from '../core/history/selection.ts'
import type { Micros } from '../core/history/time-property.ts'
import type { EntitySelector, GeoQuery, Query, ScopeQuery } from '../core/query/ast.ts'
import type { Call } from './call.ts'

/** What is added to an evolution (5.6.11, 5.6.12). */
export interface EvolutionAddition {
  /** IRIs that the evolution has from then on beside those that it had. */
  readonly types: readonly string[]
  /** Of those whose `createdAt` is to be the moment of the commit it is 0, and so is `modifiedAt`. */
  readonly additions: readonly Addition[]
}

/** How a change of what may not be there ended (5.6.13–5.6.15). */
export type Outcome = 'done' | 'no evolution' | 'no attribute' | 'no instance' | 'other dataset'

/** An evolution as far as it was asked for. One of the two, as was wanted; an empty list stands for an Attribute of which all lies beyond `cutAt`. */
export interface FoundEvolution extends EvolutionHead {
  readonly instances?: PastInstances
  readonly aggregates?: AggregatedAttributes
  /**
   * Of a query with scopes: the last scope instance before the selection's time, where it is still valid in it (4.18).
   */
  readonly scopeBefore?: PastInstances[string]
}

export interface EvolutionPage {
  readonly evolutions: readonly FoundEvolution[]
  /** All that the filter selects, where the query asked for it. */
  readonly total?: number
  /** Of a query: the filter selects more than its limit has shown. */
  readonly hasMore?: true
  /**
   * Where there are more instances than were wanted: all that are given lie up to this time of the first (by the
   * selection's time property), or, with lastN, from this time on; those of this time are complete. So there are more than
   * were wanted only where that many share one time.
   */
  readonly cutAt?: Micros
  /** Aggregates are in part of what was summarized before (retain): their periods may lie across those that were asked for. */
  readonly isSummarized?: true
  /** Of what was summarized nothing is in the aggregates: it is not known which of it is selected (lastN, other times, scopes). */
  readonly lacksSummarized?: true
}

/** What selects entities by their evolution (5.7.4.4). What is present must hold. */
export interface EvolutionFilter extends EntitySelector {
  readonly alternatives?: readonly EntitySelector[]
  /** Has instances of one of these Attributes (IRIs) within the selection's time. */
  readonly attributes?: readonly string[]
  /** Of the instances within the selection's time, of whatever Attributes: as if the entity had them all at once. */
  readonly q?: Query
  readonly geo?: GeoQuery
  /**
   * A scope that was valid within the selection's time (4.18) matches; instances that lie outside of the times in which one was
   * are not selected (C.5.16).
   */
  readonly scopes?: ScopeQuery
}

export interface EvolutionQuery {
  readonly filter: EvolutionFilter
  readonly selection: InstanceSelection
  readonly wanted: Wanted
  /** By id, or, where absent, in the order in which evolutions began. */
  readonly orderById?: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
  readonly count: boolean
}

/**
 * Each change of an entity adds to its evolution in the same commit (store.ts): what core/history/recording.ts says. What is
 * added here changes no entity (4.3.1). Methods throw NonexistentTenant where the call's Tenant does not exist.
 * TooComplexQuery where the call's signal ends before the answer is found, TooManyResults where the periods of an aggregation are
 * more than wanted.
 */
export interface HistoryStore {
  /**
   * All of it or nothing, once it is durable. An instance that was observed when one of the same Attribute and dataset was takes its
   * place, and keeps its id and its `createdAt`; what is the same as that changes nothing. 'absent': nothing was done, for there is no such evolution, and none was to be made.
   * `ifAbsent`: whether one is made. A fragment that is larger than an entity may be fails with BadRequestData, and so does one
   * by which the evolution would have more series than it may (core/history/series.ts); what a change of an entity records beyond that is left out.
   */
  add(
    call: Call,
    id: string,
    addition: EvolutionAddition,
    ifAbsent: 'make' | 'refuse',
    missingTenant?: 'refuse' | 'make',
  ): Promise<'created' | 'updated' | 'absent'>
  /** Instances of one dataset, or of all. */
  deleteAttribute(call: Call, id: string, attribute: string, which: { datasetId?: string } | 'all'): Promise<Outcome>
  /**
   * 5.6.14: its `createdAt`, its id and its dataset stay, `modifiedAt` is the moment of the commit. `instance`: what it becomes;
   * 'other dataset' where it names one that is not its own.
   */
  replaceInstance(
    call: Call,
    id: string,
    attribute: string,
    instanceId: string,
    instance: NewInstance,
  ): Promise<Outcome>
  deleteInstance(call: Call, id: string, attribute: string, instanceId: string): Promise<Outcome>
  /** Returns whether there was one. */
  deleteEvolution(call: Call, id: string): Promise<boolean>
  /** Undefined where there is no such evolution; one without instances where none of them is selected. */
  retrieve(call: Call, id: string, selection: InstanceSelection, wanted: Wanted): Promise<EvolutionPage | undefined>
  /**
   * Only evolutions of which something is selected, of the Attributes that are selected (5.7.4.4, S1); for aggregates also
   * those of which there are only summaries.
   */
  query(call: Call, query: EvolutionQuery): Promise<EvolutionPage>
  /**
   * One step of keeping the history of a Tenant bounded: instances that stand before what `horizons` says for the types of their
   * evolution go, into summaries of the periods that they stand in where it says so, each period in one commit; so do summaries
   * that are too old, and evolutions of entities that are gone of which nothing is left, or which never had anything. Aggregates are then of instances and
   * summaries: a summary counts for the period that it begins in. At most `limit` instances, so that it keeps nobody waiting.
   * What a store has still to remove of evolutions that were deleted, it goes on to remove beside it.
   * @param cursor where the last step ended; absent: from the begin
   */
  retain(
    call: Call,
    horizons: (types: readonly string[]) => Horizons | undefined,
    limit: number,
    cursor?: string,
  ): Promise<Retained>
  /**
   * One step of a walk over all that there is of history: evolutions in the order in which they began, each first with no series,
   * and then its series in the order in which these began, each with its summaries and its instances in the order of time. At most
   * `limit` instances, and some megabytes. What exists all the time, and keeps its time, is met once, whatever is added and deleted meanwhile.
   * @param cursor where the last step ended; absent: from the begin
   */
  walk(call: Call, limit: number, cursor?: string): Promise<EvolutionStep>
  /**
   * Puts in place what has been met by a walk, perhaps of another store: with the times that it has, so that its ids are what they
   * were. What is there beside it stays. Evolutions that are made begin in the order of the parts. Returns what became of each part, once all of it
   * is durable; where it is broken off, some may be, and to do it again ends it.
   */
  restore(call: Call, parts: readonly EvolutionPart[], restoring: Restoring): Promise<readonly Restored[]>
}

export interface EvolutionStep {
  readonly parts: readonly EvolutionPart[]
  /** Absent where there is no more. */
  readonly next?: string
}

export interface Restoring {
  /** What becomes of what is there and differs: it stays; it is replaced; or, of an evolution that is there, all stays as it is. */
  readonly there: 'keep' | 'replace' | 'leave'
  /** Nothing is written; what would become of it is told. */
  readonly dryRun?: boolean
}

export interface Retained {
  /** Absent where all has been gone through. */
  readonly next?: string
  /** Instances that are gone, and those of them that have gone into summaries. */
  readonly removed: number
  readonly summarized: number
}

/** What a store records, and what becomes of the evolution of an entity that is gone. */
export interface HistoryPolicy {
  readonly isRecorded: Recorded
  /** What the deletion or expiry of an entity does to its evolution. */
  readonly afterDeletion: 'keep' | 'delete'
}
