/** Puts the parts of streams together, for one instance. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Store } from '../ports/store.ts'
import type { ShowChange } from '../ports/streams.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import { forgetStreams } from './forget-streams.ts'
import { createLeftStreams } from './left-streams.ts'
import { createStreamDocuments } from './stream-documents.ts'
import type { StreamSettings } from './stream-settings.ts'
import { createStreams, type OpenStreams } from './streams.ts'
import type { OpenSubscribers } from './subscribers.ts'

export interface StreamsRoom extends OpenStreams {
  /** How they show what has changed; to be given before any is opened. */
  start(show: ShowChange): void
  /** For one instance at a time, from time to time. */
  forget(signal: Call['signal']): Promise<void>
}

interface StreamsRoomDeps {
  readonly store: Pick<Store, 'documents' | 'notices'>
  readonly subscribers: Pick<OpenSubscribers, 'subscriptionOf' | 'tenants'>
  readonly notifier: Notifier
  readonly clock: Clock
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  readonly settings: StreamSettings
  readonly delivery: DeliverySettings
  /** Milliseconds for which what was told is kept. */
  readonly deliveredMs: number
  /** Whether it is known that no other instance changes anything. */
  readonly isAlone: () => boolean
}

export function openStreams(deps: StreamsRoomDeps): StreamsRoom {
  const { store, subscribers, notifier, clock } = deps
  const { documents, notices } = store
  const { subscriptionOf, tenants } = subscribers
  const streams = createStreamDocuments({ documents, notifier, clock })
  const left = createLeftStreams({ streams, clock, settings: deps.settings })
  let started: ShowChange | undefined
  const show: ShowChange = (...change) => {
    if (started === undefined) throw new Error('a stream was opened before anybody knew how to show what it is told')
    return started(...change)
  }
  return {
    ...createStreams({ ...deps, notices, streams, left, subscriptionOf, show }),
    start: (how) => {
      started = how
    },
    forget: (signal) => forgetStreams({ ...deps, streams, left, notices, subscriptionOf, tenants }, signal),
  }
}
