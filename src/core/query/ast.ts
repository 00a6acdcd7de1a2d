/**
 * The query languages of clause 4 as data: plain objects that can be sent to another thread. Names are IRIs: parsers
 * expand them, nothing after them knows a @context.
 */

/** 4.17: a disjunction of conjunctions of entity types (IRIs). */
export type TypeSelection = readonly (readonly string[])[]

/** A regular expression of the syntax that core/query/pattern.ts takes, as its text; it has been compiled once, so it is one. */
export type Pattern = string

/** 5.2.33: what is present must hold. */
export interface EntitySelector {
  /** Absent: whatever their type (`type=*` or no selection). */
  readonly types?: TypeSelection
  readonly ids?: readonly string[]
  readonly idPattern?: Pattern
}

/** What selects entities (5.7.2.4). Every member that is present must hold. */
export interface EntityFilter extends EntitySelector {
  /** One of these holds (5.2.23, entities). Never empty. */
  readonly alternatives?: readonly EntitySelector[]
  /** At least one of these Attributes exists. */
  readonly attributes?: readonly string[]
  readonly q?: Query
  readonly geo?: GeoQuery
  readonly scopes?: ScopeQuery
}

/** 4.9 */
export type Query = QueryCombination | QueryTerm

/** At least two parts. */
export interface QueryCombination {
  readonly kind: 'and' | 'or'
  readonly parts: readonly Query[]
}

export interface QueryTerm {
  readonly kind: 'term'
  readonly path: AttributePath
  /** Absent: the target element exists. */
  readonly test?: QueryTest
}

/** `sensor{Device:a.b[c.d]}`: links are followed to another entity, then names lead to the target element, then members into its value. */
export interface AttributePath {
  /** Relationships to follow, from the entity that is selected; empty where the target element is its own. */
  readonly links: readonly EntityLink[]
  /** IRIs: an Attribute (or createdAt, modifiedAt … of the entity itself), then its sub-Attributes or non-reified members. At least one. */
  readonly names: readonly string[]
  /** What stands in the brackets: member names of a value, or a language tag or `*` where the target element is a LanguageProperty. */
  readonly trail?: readonly string[]
}

export interface EntityLink {
  readonly relationship: string
  /** IRIs; empty where any type will do. */
  readonly types: readonly string[]
}

export type QueryTest =
  /** 4.9, ValueList: one or several. */
  | { readonly operator: '==' | '!='; readonly values: readonly Operand[] }
  /** Both ends included, and of one kind. */
  | { readonly operator: '==' | '!='; readonly range: readonly [least: ComparableOperand, most: ComparableOperand] }
  | { readonly operator: '>' | '>=' | '<' | '<='; readonly value: ComparableOperand }
  | { readonly operator: '~=' | '!~='; readonly pattern: Pattern }

/** 4.9, ComparableValue. Times are {@link Comparable} numbers of core/query/comparable.ts. */
export type ComparableOperand =
  | { readonly kind: 'number'; readonly value: number }
  /** `iri`: what the text stands for with the @context, where expandValues names the Attribute. */
  | { readonly kind: 'text'; readonly value: string; readonly iri?: string }
  | { readonly kind: 'dateTime' | 'date' | 'time'; readonly value: number }

export type Operand =
  | ComparableOperand
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Without quotes: a URI, or a name that only expandValues gives a meaning. */
  | { readonly kind: 'uri'; readonly value: string; readonly iri?: string }

/** RFC 7946, but GeometryCollection. */
export interface Geometry {
  readonly type: 'Point' | 'MultiPoint' | 'LineString' | 'MultiLineString' | 'Polygon' | 'MultiPolygon'
  /** Arrays of numbers as deep as the type wants them, checked. */
  readonly coordinates: readonly unknown[]
}

/** 4.10 */
export interface GeoQuery {
  readonly relation: GeoRelation
  readonly geometry: Geometry
  /** IRI of the GeoProperty. */
  readonly property: string
}

export type GeoRelation =
  | { readonly kind: 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps' }
  /** `near`: at most, or more than so many metres away. */
  | { readonly kind: 'maxDistance' | 'minDistance'; readonly metres: number }

/** 4.19: a disjunction of conjunctions. */
export type ScopeQuery = readonly (readonly ScopePattern[])[]

export interface ScopePattern {
  /** Without slashes; `+` stands for any one level. Empty together with `below`: every scope. */
  readonly levels: readonly string[]
  /** `/#`: what is below, too. */
  readonly below: boolean
}

/** 4.23; keys are applied one after the other, then the order of creation. */
export interface Ordering {
  /** At least one. */
  readonly keys: readonly OrderingKey[]
  /** A language tag with a collation (RFC 6067); the root collation where absent. */
  readonly collation?: string
}

export interface OrderingKey {
  /** A non-reified member of the entity, or a path without links. */
  readonly by: 'id' | 'type' | 'scope' | AttributePath
  readonly direction: 'asc' | 'desc'
  /** By distance from here. */
  readonly from?: Geometry
}

/** A page of the entities that a filter selects, ordered, or in the order of their creation. */
export interface EntityQuery {
  readonly filter: EntityFilter
  readonly ordering?: Ordering
  readonly limit: number
  readonly offset: number
  /** Whether the total number is wanted (4.13). */
  readonly count: boolean
}
