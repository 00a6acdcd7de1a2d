/** The information model (clauses 4.2, 4.5 and 5.2.4–5.2.7) in the one form that is stored, matched and sent. */

import type { ExactNumber } from './exact-number.ts'

/** A JSON value; numbers that a double cannot hold are kept as their text (4.5.2.2 allows losing digits, Boya does not). */
export type Json = null | boolean | number | string | ExactNumber | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [member: string]: Json
}

/** Milliseconds since 1970-01-01T00:00:00Z: the unit of every system-generated time. */
export type Instant = number

export type AttributeType =
  | 'Property'
  | 'GeoProperty'
  | 'LanguageProperty'
  | 'VocabProperty'
  | 'JsonProperty'
  | 'ListProperty'
  | 'Relationship'
  | 'ListRelationship'

/**
 * One instance of an Attribute (4.5.5). What `value` holds depends on `type`:
 * the `value` of a Property or GeoProperty, the `languageMap`, the `vocab` (IRIs), the `json`, the `valueList`,
 * the `object` (a URI or several), or the URIs of an `objectList`.
 */
export interface AttributeInstance {
  readonly type: AttributeType
  readonly value: Json
  /** Absent for the default instance. */
  readonly datasetId?: string
  readonly observedAt?: string
  readonly expiresAt?: string
  readonly unitCode?: string
  /** An IRI. */
  readonly valueType?: string
  /** IRIs of the entity types of the target (4.5.23). */
  readonly objectType?: readonly string[]
  /** Of an `ngsildproof` only (4.5.2.2). */
  readonly entityIdSealed?: string
  /** An IRI, of an `ngsildproof` only (4.5.2.2). */
  readonly entityTypeSealed?: string
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  readonly attributes?: Attributes
}

/** Attribute instances by the IRI of their Attribute's name; never an empty list. */
export interface Attributes {
  readonly [name: string]: readonly AttributeInstance[]
}

export interface Entity {
  readonly id: string
  /** IRIs, at least one, each once. */
  readonly types: readonly string[]
  /** 4.18; absent rather than empty. */
  readonly scopes?: readonly string[]
  readonly expiresAt?: string
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  readonly attributes: Attributes
}
