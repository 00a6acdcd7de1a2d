/** What the delivery of one queue is made of. */

import { type Bell, createBell } from './bell.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { createPaces, type Paces } from './paces.ts'
import { createReader, type Reader, type ReaderDeps } from './reader.ts'
import { createRests, type Rests } from './rests.ts'
import { createSettling, type Settling, type SettlingDeps } from './settling.ts'
import { createWindow, type Window } from './window.ts'

export interface DeliveryParts {
  readonly window: Window
  readonly reader: Reader
  readonly paces: Paces
  readonly rests: Rests
  /** Of all endpoints of the queue together: whether nobody is there at all. */
  readonly host: Breaker
  readonly settling: Settling
  /** Rings when there may be something to do. */
  readonly bell: Bell
}

export type PartsDeps = Omit<ReaderDeps, keyof DeliveryParts | 'now'> & Pick<SettlingDeps, 'notices'>

/** Failures in a row, of whatever endpoint, after which a host is spared. */
const HOST_SPARED_AFTER = 3

export function createDeliveryParts(deps: PartsDeps): DeliveryParts {
  const { clock, settings } = deps
  const { retry } = settings
  const now = (): number => performance.now()
  const breakerAfter = (sparedAfter: number) => createBreaker({ now, random: Math.random, retry, sparedAfter })
  const paces = createPaces({ createBreaker: () => breakerAfter(1), now: () => clock.now() })
  const rests = createRests(now, retry)
  const window = createWindow()
  const bell = createBell()
  const onSettled = (ids: readonly string[]): void => {
    window.forget(ids)
    rests.forget(ids)
    bell.ring()
  }
  const settling = createSettling({ ...deps, onSettled, againMs: retry.firstMs })
  const reader = createReader({ ...deps, now, window, paces, rests, settling })
  return { window, reader, paces, rests, host: breakerAfter(HOST_SPARED_AFTER), settling, bell }
}
