/** What the delivery of one queue is made of. */

import { type Arrivals, type ArrivalsDeps, createArrivals } from './arrivals.ts'
import { type Bell, createBell } from './bell.ts'
import type { Hosts, UsedHost } from './hosts.ts'
import { createPaces, type Paces } from './paces.ts'
import { queueKey } from './queue-name.ts'
import { createReader, type Reader, type ReaderDeps } from './reader.ts'
import { createRests, type Rests } from './rests.ts'
import { createSettling, type Settling, type SettlingDeps } from './settling.ts'
import { createWindow, type Window } from './window.ts'

export interface DeliveryParts {
  readonly window: Window
  readonly arrivals: Arrivals
  readonly reader: Reader
  readonly paces: Paces
  readonly rests: Rests
  /** Of all endpoints of the queue together. */
  readonly host: UsedHost
  readonly settling: Settling
  /** Rings when there may be something to do. */
  readonly bell: Bell
}

export type PartsDeps = Omit<ReaderDeps, keyof DeliveryParts | 'now'> &
  Pick<SettlingDeps, 'notices'> &
  Pick<ArrivalsDeps, 'notices' | 'moves' | 'movedMs'> & { readonly hosts: Hosts }

export function createDeliveryParts(deps: PartsDeps): DeliveryParts {
  const { call, queue, clock, settings, hosts } = deps
  const { retry } = settings
  const now = (): number => performance.now()
  const window = createWindow()
  const bell = createBell()
  const onRecovered = (): void => reader.recovered()
  const user = { isWaiting: window.isAnyWaiting, onFree: bell.ring, onRecovered }
  const host = hosts.use(queueKey(call.tenant, queue), user)
  const paces = createPaces({ host, now: () => clock.now() })
  const rests = createRests(now, Math.random, retry)
  const onSettled = (ids: readonly string[]): void => {
    window.forget(ids)
    rests.forget(ids)
    bell.ring()
  }
  const settling = createSettling({ ...deps, onSettled, againMs: retry.firstMs })
  const arrived = (subscription: string): void => {
    reader.lookAgain(new Set([subscription]))
    bell.ring()
  }
  const arrivals = createArrivals({ ...deps, now, settled: settling.flush, arrived })
  const reader = createReader({ ...deps, now, window, paces, arrivals, rests, settling })
  return { window, arrivals, reader, paces, rests, host, settling, bell }
}
