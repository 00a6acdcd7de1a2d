/** What the handlers are given by the composition root. */

import type { Identity } from '../operations/context-source-identity.ts'
import type { RetentionContext } from '../operations/history-retention.ts'
import type { StreamContext, SubscriptionContext } from '../operations/operation-context.ts'
import type { Log } from '../ports/call.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import type { AnswerCache } from './answer-cache.ts'

/** Ways in which clients are taken that break a clause; each is named in the configuration. */
type Tolerance = 'ld-json-without-context' | 'merge-patch-on-post' | 'context-in-json-body'

interface HttpLimits {
  readonly bodyBytes: number
  readonly uriBytes: number
  readonly jsonDepth: number
  readonly numberDigits: number
  readonly batchSize: number
  /** Attribute instances of one entity, sub-attributes included. */
  readonly attributes: number
  readonly geometryVertices: number
  readonly idLength: number
  /** Of q and csf. */
  readonly query: { readonly chars: number; readonly terms: number; readonly depth: number }
  /** Names in `type`, in `id` and in `attrs`. */
  readonly selection: number
  readonly joinLevel: number
  readonly pageDefault: number
  readonly pageMax: number
  /** Attribute instances of one answer of the temporal API, and of one request to it. */
  readonly temporalInstances: number
  readonly temporalPeriods: number
  /** Of the instances of one answer, as they are stored. */
  readonly pageBytes: number
  readonly sentInstances: number
  readonly requestMs: number
  /** For so long a client may take nothing of what it is told over a connection that it keeps open. */
  readonly streamMs: number
}

export interface Api {
  readonly operations: SubscriptionContext & StreamContext & RetentionContext
  readonly contexts: ContextResolver
  readonly identity: Identity
  readonly version: string
  readonly log: Log
  readonly limits: HttpLimits
  readonly answers: AnswerCache
  readonly tolerate: ReadonlySet<Tolerance>
  readonly corsOrigins: readonly string[]
}
