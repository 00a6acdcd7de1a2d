/** Subscriptions (5.2.12–5.2.15) in the one form that is matched: names are IRIs, the query languages parsed. */

import type { Instant, JsonObject } from '../model/entity.ts'
import type { EntitySelector, GeoQuery, Query, ScopeQuery } from '../query/ast.ts'
import type { ProjectionTerm } from '../query/parse-projection.ts'

/**
 * Table 5.2.12-1, without `entityUpdated`, which is the three about Attributes together. `entityRevised` is Boya's own, of
 * streams: types, scopes or expiresAt of an entity have changed, of which no Subscription is told (5.8.6).
 */
export type Trigger =
  | 'entityCreated'
  | 'entityDeleted'
  | 'entityRevised'
  | 'attributeCreated'
  | 'attributeUpdated'
  | 'attributeDeleted'

const OF_WHOLE: ReadonlySet<Trigger> = new Set(['entityCreated', 'entityDeleted', 'entityRevised'])

/** Whether it is a trigger of the Entity as a whole: it does not depend on the Attributes that are watched. */
export function isOfWhole(trigger: Trigger): boolean {
  return OF_WHOLE.has(trigger)
}

/** What a change has to be for it to be told. Every member that is present must hold. */
export interface Condition {
  /** One of these holds (5.2.33). Absent: every entity. */
  readonly entities?: readonly EntitySelector[]
  /** IRIs. Absent: every Attribute. */
  readonly watchedAttributes?: readonly string[]
  /** At least one. */
  readonly triggers: readonly Trigger[]
  readonly q?: Query
  readonly geo?: GeoQuery
  readonly scopes?: ScopeQuery
}

/** How an entity is told of (5.2.14.1). */
export interface Representation {
  readonly format: 'normalized' | 'concise' | 'simplified'
  readonly sysAttrs: boolean
  readonly showChanges: boolean
  /** As `pick` has it; `attributes`, its deprecated synonym, with id, type and scope. */
  readonly pick?: readonly ProjectionTerm[]
  readonly omit?: readonly ProjectionTerm[]
  /** 4.5.5: null in the list is the default instance, because it lies in the store as JSON. Absent: all instances. */
  readonly datasetIds?: readonly (string | null)[]
  readonly join: { readonly kind: 'none' | 'flat' | 'inline'; readonly level: number }
  /** As it was sent (4.15); it has been parsed once, so it is one. */
  readonly lang?: string
  /** 4.3.6.8, as it was sent. */
  readonly ngsildConformance?: string
}

/** 5.2.22 */
export interface KeyValuePair {
  readonly key: string
  readonly value: string
}

/** 5.2.15 */
export interface Endpoint {
  readonly uri: string
  readonly accept: 'application/json' | 'application/ld+json' | 'application/geo+json'
  /** Milliseconds. */
  readonly timeout?: number
  /** Milliseconds. */
  readonly cooldown?: number
  readonly receiverInfo: readonly KeyValuePair[]
  readonly notifierInfo: readonly KeyValuePair[]
}

/** What is named in a Subscription and matches nothing by itself: kept so that it can be shown with any @context. */
export interface AlsoNamed {
  /** IRIs of Attributes; what they do lies in `q`. */
  readonly expandValues?: readonly string[]
  /** IRIs of Attributes. */
  readonly jsonKeys?: readonly string[]
  /** There are no Context Sources to filter yet. */
  readonly csf?: Query
}

export interface Subscription {
  readonly id: string
  readonly condition: Condition
  readonly representation: Representation
  readonly endpoint: Endpoint
  /** Seconds. */
  readonly throttling?: number
  /** Seconds; what is told then does not depend on changes. */
  readonly timeInterval?: number
  readonly isActive: boolean
  readonly expiresAt?: Instant
  /** Absent where there is nothing of that kind. */
  readonly alsoNamed?: AlsoNamed
  /** What notifications are shown with: the URL of an @context. */
  readonly jsonldContext: string
}

/** 5.2.12: computed. */
export type SubscriptionStatus = 'active' | 'paused' | 'expired'

/** "Notifications shall only be sent if and only if the status … is "active"" (5.8.6). */
export function statusOf({ isActive, expiresAt }: Pick<Subscription, 'isActive' | 'expiresAt'>, now: Instant) {
  if (expiresAt !== undefined && expiresAt <= now) return 'expired'
  return isActive ? 'active' : 'paused'
}

/** As it lies in the store. */
export interface StoredSubscription {
  /** Members as they were sent, without @context and without those that are only ever computed. */
  readonly sent: JsonObject
  /** Made of `sent` when it was sent: matching needs no @context, which may be gone one day. */
  readonly subscription: Subscription
  readonly createdAt: Instant
  readonly modifiedAt: Instant
}
