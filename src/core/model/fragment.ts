/** What a client sends: an Entity or an NGSI-LD Fragment (5.4) after expansion and validation, before any merge rule. */

import type { AttributeType, Json } from './entity.ts'

/** NGSI-LD Null (4.5.0) in memory: JSON null can be no value of the model, so it stands for the removal of a member. */
export type Removal = null

/**
 * One attribute instance as sent. Absent members were not sent.
 * `value: null` removes the instance itself; `attributes[name]: null` removes a sub-attribute.
 */
export interface AttributeFragment {
  /** Absent where the representation does not tell: simplified input and partial updates. */
  readonly type?: AttributeType
  readonly value?: Json | Removal
  readonly datasetId?: string
  readonly observedAt?: string | Removal
  readonly expiresAt?: string | Removal
  readonly unitCode?: string | Removal
  readonly valueType?: string | Removal
  readonly objectType?: readonly string[] | Removal
  readonly entityIdSealed?: string | Removal
  readonly entityTypeSealed?: string | Removal
  readonly attributes?: { readonly [name: string]: readonly AttributeFragment[] | Removal }
}

export interface EntityFragment {
  readonly id?: string
  /** IRIs. */
  readonly types?: readonly string[]
  readonly scopes?: readonly string[] | Removal
  readonly expiresAt?: string | Removal
  readonly attributes: { readonly [name: string]: readonly AttributeFragment[] | Removal }
}
