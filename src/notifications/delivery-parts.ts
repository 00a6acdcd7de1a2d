/** What the delivery of one queue is made of. */

import { type Arrivals, type ArrivalsDeps, createArrivals } from './arrivals.ts'
import { type Bell, createBell } from './bell.ts'
import { createBreaker } from './breaker.ts'
import { createHost, type Host } from './host.ts'
import { createPaces, type Paces } from './paces.ts'
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
  readonly host: Host
  readonly settling: Settling
  /** Rings when there may be something to do. */
  readonly bell: Bell
}

export type PartsDeps = Omit<ReaderDeps, keyof DeliveryParts | 'now'> &
  Pick<SettlingDeps, 'notices'> &
  Pick<ArrivalsDeps, 'movedMs' | 'isAlone'>

/** Failures in a row after which a host, or an endpoint, is spared: one that refuses this or that is asked on. */
const SPARED_AFTER = 3

export function createDeliveryParts(deps: PartsDeps): DeliveryParts {
  const { clock, settings } = deps
  const { retry } = settings
  const now = (): number => performance.now()
  const newBreaker = () => createBreaker({ now, random: Math.random, retry, sparedAfter: SPARED_AFTER })
  const paces = createPaces({ createBreaker: newBreaker, now: () => clock.now() })
  const rests = createRests(now, Math.random, retry)
  const window = createWindow()
  const bell = createBell()
  const onSettled = (ids: readonly string[]): void => {
    window.forget(ids)
    rests.forget(ids)
    bell.ring()
  }
  const settling = createSettling({ ...deps, onSettled, againMs: retry.firstMs })
  const arrivals = createArrivals(deps)
  const reader = createReader({ ...deps, now, window, paces, arrivals, rests, settling })
  const host = createHost({ breaker: newBreaker(), now, endpoints: paces.endpoints })
  return { window, arrivals, reader, paces, rests, host, settling, bell }
}
