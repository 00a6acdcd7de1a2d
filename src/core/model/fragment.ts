/** What a client sends: an Entity or an NGSI-LD Fragment (5.4) after expansion and validation, before any merge rule. */

import type { AttributeType, Json } from './entity.ts'
import type { Problem } from './problems.ts'

/** NGSI-LD Null (4.5.0) in memory: JSON null can be no value of the model, so it stands for the removal of a member. */
export type Removal = null

/** The member of an Attribute that holds what {@link AttributeFragment.value} is. */
export type ValueMember = 'value' | 'object' | 'languageMap' | 'vocab' | 'json' | 'valueList' | 'objectList'

/** The value member of each type (4.5.2–4.5.24): GeoProperties have that of Properties. */
export const valueMemberOf = {
  Property: 'value',
  GeoProperty: 'value',
  LanguageProperty: 'languageMap',
  VocabProperty: 'vocab',
  JsonProperty: 'json',
  ListProperty: 'valueList',
  Relationship: 'object',
  ListRelationship: 'objectList',
} as const satisfies Record<AttributeType, ValueMember>

/** What a value that came without an Attribute around it may be read as. */
export interface ReadingOptions {
  /** The fragment is in simplified representation: "the type of any pre-existing Attribute … shall be preserved" (5.6.17.4). */
  readonly simplified: boolean
  /** Common language tag for LanguageProperties that are sent as a string. */
  readonly lang?: string
}

/** What a patch sends, to be read when the Attribute that it changes is known. */
export interface Reading {
  /**
   * The value as an Attribute of that type has it, undefined where none was sent, null where the instance goes.
   * Throws BadRequestData where what was sent does not go with the type.
   */
  as(type: AttributeType, options: ReadingOptions): Json | Removal | undefined
  /** A BadRequestData that points at the fragment. */
  refuse(detail: string): Problem
}

/** One attribute instance as sent. Absent members were not sent; `value: null` removes the instance. */
export interface AttributeFragment {
  /** As sent, or as the concise representation lets it be inferred (4.5.2.3, 4.7.3). */
  readonly type?: AttributeType
  /** Whether `type` was sent. What was only inferred gives way to the type of the Attribute that is changed. */
  readonly typeSent: boolean
  /** Absent, too, where `reading` tells it. */
  readonly value?: Json | Removal
  /**
   * Of what changes an Attribute that is there (5.5.8, 5.5.12): without a type nobody can tell before the Attribute is
   * known whether the value is one, so the decoder leaves behind how to judge it.
   */
  readonly reading?: Reading
  readonly datasetId?: string
  readonly observedAt?: string | Removal
  readonly expiresAt?: string | Removal
  readonly unitCode?: string | Removal
  readonly valueType?: string | Removal
  readonly objectType?: readonly string[] | Removal
  readonly entityIdSealed?: string | Removal
  readonly entityTypeSealed?: string | Removal
  readonly attributes?: AttributeFragments
  /**
   * The same object read as a fragment of an Attribute, undefined where it is none. The concise representation cannot
   * tell `{"accuracy": 2}`, a value, from a fragment with one sub-attribute: which it is depends on what is there (5.5.12).
   */
  readonly otherwise?: () => AttributeFragment | undefined
}

/** Instances by the IRI of their Attribute's name. */
export interface AttributeFragments {
  readonly [name: string]: readonly AttributeFragment[]
}

/** 5.4: an Entity Fragment. Absent members were not sent; null removes. */
export interface EntityFragment {
  readonly id?: string
  /** IRIs. */
  readonly types?: readonly string[]
  readonly scopes?: readonly string[] | Removal
  readonly expiresAt?: string | Removal
  readonly attributes: AttributeFragments
}

/** An EntityFragment that can become an Entity (5.6.1, 5.6.18). */
export type CompleteEntityFragment = EntityFragment & { readonly types: readonly string[] }

/** The value as an Attribute of that type has it; null and undefined as in {@link Reading}. Throws BadRequestData. */
export function valueAs(
  sent: AttributeFragment,
  type: AttributeType,
  options: ReadingOptions = { simplified: false },
): Json | Removal | undefined {
  return sent.reading === undefined ? sent.value : sent.reading.as(type, options)
}

/** Whether there is an NGSI-LD Null anywhere in it. */
export function removes({ scopes, expiresAt, attributes }: EntityFragment): boolean {
  return scopes === null || expiresAt === null || someRemoval(attributes)
}

function someRemoval(attributes: AttributeFragments): boolean {
  return Object.values(attributes).some((instances) =>
    instances.some(
      (instance) =>
        Object.values(instance).includes(null) ||
        (instance.attributes !== undefined && someRemoval(instance.attributes)),
    ),
  )
}
