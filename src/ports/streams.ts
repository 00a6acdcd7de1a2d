/** Streams of changes: what a client is told over a connection that it keeps open, between http and who is owed to. */

import type { Condition, Representation, Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from './call.ts'

/** What a client wants to be told, and how. */
export interface WantedStream {
  readonly condition: Condition
  readonly representation: Representation
  /** What entities are shown with: the URL of an @context. */
  readonly jsonldContext: string
}

export interface StreamEvent {
  /**
   * `ready`: all changes from now on, or from where the client was, will be told. `reset`: so they will, but some from before
   * may be missing. The others are changes of an entity. Absent where only the id moves on.
   */
  readonly name?: 'ready' | 'reset' | 'entityCreated' | 'entityUpdated' | 'entityDeleted'
  /** Where the client is when it has got this: one line. It can go on from there, on whatever instance. */
  readonly id: string
  /** JSON in one line; absent where there is no name. */
  readonly data?: string
}

/** The client's end of a stream. */
export interface StreamClient {
  /** Resolves when there is room for more: whether there is, or the client has gone, or has taken nothing for too long. */
  send(event: StreamEvent): Promise<boolean>
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal
  /** Sends nothing more. */
  end(): void
}

export interface Streams {
  /**
   * Resolves when the stream has begun, or has not and nothing has been sent: there are too many, or Boya is ending. It goes
   * on until the client has gone, Boya ends, or the client has come back over another connection. Throws NonexistentTenant.
   * @param from id of the last event that the client got; undefined where it is new
   */
  open(
    call: Call,
    wanted: WantedStream,
    from: string | undefined,
    client: StreamClient,
  ): Promise<'begun' | 'full' | 'ending'>
}

/** An entity as a stream tells it: JSON text; undefined where there is nothing to tell after all. */
export type ShowChange = (call: Call, stream: Subscription, told: Told) => Promise<string | undefined>
