/** What a client sends: an Entity or an NGSI-LD Fragment (5.4) after expansion and validation, before any merge rule. */

import type { AttributeType, Json } from './entity.ts'

/** NGSI-LD Null (4.5.0) in memory: JSON null can be no value of the model, so it stands for the removal of a member. */
export type Removal = null

/** The member of an Attribute that holds what {@link AttributeFragment.value} is. */
export type ValueMember = 'value' | 'object' | 'languageMap' | 'vocab' | 'json' | 'valueList' | 'objectList'

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

/** One attribute instance as sent. Absent members were not sent; `value: null` removes the instance. */
export interface AttributeFragment {
  /** As sent, or as the concise representation lets it be inferred (4.5.2.3, 4.7.3). */
  readonly type?: AttributeType
  /** Whether `type` was sent. What was only inferred gives way to the type of the Attribute that is changed. */
  readonly typeSent: boolean
  /** Which member brought the value; absent where the value came bare (concise and simplified representation). */
  readonly member?: ValueMember
  readonly value?: Json | Removal
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
   * What the same object is as a fragment of an Attribute. The concise representation cannot tell `{"accuracy": 2}`, a
   * value, from a fragment with one sub-attribute: which it is depends on what is there (5.5.12).
   */
  readonly otherwise?: AttributeFragment
}

export interface AttributeFragments {
  readonly [name: string]: readonly AttributeFragment[]
}

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
