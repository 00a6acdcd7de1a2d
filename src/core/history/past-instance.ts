/** The Temporal Evolution of entities (4.5.6–4.5.8) in the one form that is stored, selected and shown. */

import type { AttributeInstance, Instant } from '../model/entity.ts'
import { CORE } from '../model/uri.ts'

/** 4.5.6: the scope is "represented as a temporal representation of a Property"; by this name it is an Attribute of the evolution. */
export const SCOPE = `${CORE}scope`

/**
 * An instance of an Attribute as it was at a time. `createdAt` is when it came into the system, `modifiedAt` when it was
 * changed last (5.6.14), the same where it never was. The value of a deletion is that of core/model/deleted.ts, that of a
 * scope an array of texts.
 */
export interface PastInstance extends AttributeInstance {
  /** 4.5.7: a URI, the store's own. Equal for no two instances of a Tenant. */
  readonly instanceId: string
  /** 4.5.7: "In case the Property is deleted": when. */
  readonly deletedAt?: Instant
}

/** An instance that has no place in a store yet. */
export type NewInstance = Omit<PastInstance, 'instanceId'>

/** What is added to an evolution: an instance of the Attribute of that name (IRI). */
export interface Addition {
  readonly attribute: string
  readonly instance: NewInstance
}

/** Instances by the IRI of their Attribute's name, in the order of time; never an empty list. */
export interface PastInstances {
  readonly [attribute: string]: readonly PastInstance[]
}

/** What is known of an evolution beside its instances. */
export interface EvolutionHead {
  readonly id: string
  /** IRIs, at least one: all that the entity has ever been (5.6.11.4). */
  readonly types: readonly string[]
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  /** When the entity was deleted, or expired, if it has not come again since. */
  readonly deletedAt?: Instant
}
