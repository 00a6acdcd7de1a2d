/** What http asks of the room that knows @contexts (5.5.5–5.5.7, 5.13, 6.3.5). */

import type { TermTable } from '../core/jsonld/terms.ts'
import type { Json } from '../core/model/entity.ts'
import type { Call } from './call.ts'

export interface ResolvedContext {
  readonly terms: TermTable
  /**
   * Equal for equal @contexts as long as their contents have not changed: a cache of what was made with the @context
   * may use it as its key.
   */
  readonly key: string
  /** What an `application/ld+json` answer carries as `@context`: the user @context alone, or the core's URL. */
  readonly body: Json
  /**
   * The URL that a Link header names, where the @context has one: a single URL, or the core's. An array or an object
   * has none until {@link ContextResolver.host} gives it one.
   */
  readonly url: string | undefined
}

export type ContextKind = 'Cached' | 'Hosted' | 'ImplicitlyCreated'

/** Metadata of a stored @context (5.13.3.5). Times are ISO 8601. */
export interface ContextMetadata {
  readonly URL: string
  readonly localId: string
  readonly kind: ContextKind
  readonly createdAt: string
  readonly expiresAt?: string
  readonly lastUsage?: string
  readonly numberOfHits: number
  readonly extraInfo?: Json
}

export interface ContextResolver {
  /** The @context of requests that bring none (5.5.5): the core, and the default user @context where one is configured. */
  readonly fallback: ResolvedContext

  /**
   * Compiles a @context as a request brought it: a URL, an object, an array of these.
   * Throws LdContextNotAvailable where a remote one cannot be had and no good copy is kept; BadRequestData where one is
   * invalid, has scoped contexts (5.5.7), or exceeds a limit.
   */
  resolve(call: Call, context: Json): Promise<ResolvedContext>

  /** Gives a @context that is an array or an object a URL of this broker's, as an ImplicitlyCreated one (5.13.1). */
  host(call: Call, context: ResolvedContext): Promise<string>

  /**
   * For notifications alone: what a @context that this broker hosts, or has hosted, says, where a Subscription led to it when
   * it was deleted, or when one was that it names; such are replaced by what they said. Undefined where nothing is known.
   */
  left(call: Call, url: string): Promise<Json | undefined>

  /** 5.13.2; returns the local identifier. `document` is the body: an object with a `@context`. */
  add(call: Call, document: Json): Promise<string>
  /** 5.13.3 */
  list(call: Call, kind?: ContextKind): Promise<readonly ContextMetadata[]>
  /**
   * 5.13.4, the content: `{ "@context": … }`. Throws ResourceNotFound; OperationNotSupported for a Cached one.
   */
  serve(call: Call, id: string): Promise<Json>
  /** 5.13.4 with details. Throws ResourceNotFound. */
  describe(call: Call, id: string): Promise<ContextMetadata>
  /** 5.13.5. Throws ResourceNotFound, BadRequestData (reload of one that is not Cached), LdContextNotAvailable. */
  remove(call: Call, id: string, reload: boolean): Promise<void>
}
