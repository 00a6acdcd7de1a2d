/** The query languages of clause 4 as data. Names are IRIs: parsers expand them, nothing after them knows a @context. */

/** 4.17: a disjunction of conjunctions of entity types (IRIs). */
export type TypeSelection = readonly (readonly string[])[]

/** What selects entities (5.7.2.4). Every member that is present must hold. */
export interface EntityFilter {
  /** Absent: whatever their type (`type=*` or no selection). */
  readonly types?: TypeSelection
  readonly ids?: readonly string[]
  /** At least one of these Attributes exists. */
  readonly attributes?: readonly string[]
}

/** A page of the entities that a filter selects, in the order of their creation. */
export interface EntityQuery {
  readonly filter: EntityFilter
  readonly limit: number
  readonly offset: number
  /** Whether the total number is wanted (4.13). */
  readonly count: boolean
}
