/** The room's door: puts its parts together, for one instance. */

import { keepOwnership } from '../duties/keep.ts'
import { createOwnership } from '../duties/ownership.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Build, BuildPeriodic } from '../ports/notification.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Store } from '../ports/store.ts'
import type { ShowChange } from '../ports/streams.ts'
import { createAnnounce } from './announcing.ts'
import { createBells } from './bells.ts'
import { type Deliverer, startDeliverer } from './deliverer.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import { createFigures } from './figures.ts'
import { forgetTold, type Keep } from './forget-told.ts'
import { createHosts } from './hosts.ts'
import { createHttpSender } from './http-sender.ts'
import { createLateSender } from './late-sender.ts'
import { createMoves } from './moves.ts'
import { createNotifier } from './notifier.ts'
import { openStreams, type StreamsRoom } from './open-streams.ts'
import { type Periodic, startPeriodic } from './periodic.ts'
import { createSenderByScheme } from './send-by-scheme.ts'
import type { StreamSettings } from './stream-settings.ts'
import type { Subscribers } from './subscribers.ts'
import type { Timeouts } from './timeouts.ts'

export interface Notifications {
  readonly notifier: Notifier
  /** To be closed before those who are told over connections are waited for. */
  readonly streams: Pick<StreamsRoom, 'open' | 'close'>
  /** Removes what has been kept for long enough: for one instance at a time, from time to time. */
  forget(signal: Call['signal']): Promise<void>
  /** From now on what is owed is told. */
  start(how: Builds): void
  /** Begins nothing more, waits for what is under way, and lets other instances go on. */
  close(): Promise<void>
}

interface Builds {
  readonly build: Build
  readonly buildPeriodic: BuildPeriodic
  readonly showChange: ShowChange
}

interface NotificationsDeps {
  /** Those whose source the store was opened with. */
  readonly subscribers: Subscribers
  readonly store: Pick<Store, 'documents' | 'notices'>
  readonly outbound: Outbound
  readonly clock: Clock
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  /** What people know this instance by. */
  readonly instance: string
  readonly settings: {
    readonly timeouts: Timeouts
    readonly delivery: DeliverySettings
    readonly keep: Keep
    readonly streams: StreamSettings
  }
}

/** Reads who is subscribed. Rejects with what the store throws. */
export async function openNotifications(deps: NotificationsDeps): Promise<Notifications> {
  const { store, outbound, clock, callOf, instance, settings } = deps
  const { documents, notices } = store
  let deliverer: Deliverer | undefined
  let periodic: Periodic | undefined
  let streams: StreamsRoom | undefined
  const subscribers = await deps.subscribers.open({
    documents,
    callOf,
    changed: (tenant, ids) => {
      deliverer?.subscriptionsChanged(tenant, ids)
      streams?.changed(tenant)
      periodic?.subscriptionsChanged(tenant)
    },
    owing: (tenant, queue) => deliverer?.owing(tenant, queue),
    committed: (...those) => deliverer?.committed(...those),
  })
  const call = callOf('')
  const figures = createFigures({ documents })
  const ownership = keepOwnership(createOwnership({ documents, call, instance }), call.log)
  const { timeouts, delivery, keep } = settings
  const http = createHttpSender({ outbound, timeouts })
  const mqtt = createLateSender(async () => {
    const { createMqttSender } = await import('./mqtt-sender.ts')
    return createMqttSender({ outbound, timeouts })
  })
  const sender = createSenderByScheme({ 'http:': http, 'https:': http, 'mqtt:': mqtt, 'mqtts:': mqtt })
  const announce = createAnnounce(documents, call)
  const { subscriptionOf, tenants, movedMs } = subscribers
  const { isAlone } = ownership
  const moves = createMoves({ notices, callOf })
  const notifier = createNotifier({ announce, subscribers, figures, notices, moves, sender, clock, isAlone })
  const told = { store, subscribers, notifier, clock, callOf, delivery, deliveredMs: keep.deliveredMs }
  const bells = createBells({
    ...{ documents, call },
    rung: (ring) => deliverer?.rung(ring),
    rungForAny: () => deliverer?.rungForAny(),
  })
  const room = openStreams({ ...told, isAlone, settings: settings.streams })
  streams = room
  return {
    notifier,
    streams: room,
    forget: async (signal) => {
      await room.forget(signal)
      await forgetTold({ notices, tenants, callOf, clock, keep }, signal)
    },
    start: ({ build, buildPeriodic, showChange }) => {
      room.start(showChange)
      const hosts = createHosts({ retry: delivery.retry })
      const delivering = { notices, ownership, tenants, callOf, subscriptionOf, sender, figures, clock, hosts }
      const more = { movedMs, moves, settings: delivery, bells, wakeStream: room.wake }
      deliverer = startDeliverer({ ...delivering, build, ...more })
      periodic = startPeriodic({
        ...{ ...delivering, periodic: subscribers.periodic },
        ...{ build: buildPeriodic, retry: delivery.retry },
      })
    },
    close: async () => {
      await Promise.all([periodic?.close(), deliverer?.close(), room.close()])
      await moves.close()
      await figures.close()
      await bells.close()
      await ownership.close()
      await subscribers.close()
      await sender.close()
    },
  }
}
