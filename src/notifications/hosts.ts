/**
 * How much each host is given at once, and when: one rule for all who tell it something. What is owed in a queue and what is
 * told at intervals have the same places, and learn from each other whether anybody is there.
 */

import type { Endpoint } from '../core/subscription/subscription.ts'
import { type Breaker, createBreaker } from './breaker.ts'
import { type Counter, createCounter } from './counter.ts'
import { createHost, type Host } from './host.ts'
import type { RetryPolicy } from './retry.ts'
import type { Outcome } from './sender.ts'

export interface Hosts {
  /** That of a queue (queueKey), until its user leaves it: who uses it at the same time has the same. */
  use(key: string, user: HostUser): UsedHost
}

export interface HostUser {
  /** Whether it has something that waits for a place. */
  isWaiting(): boolean
  /** Another user needs a place no more, or has found out how the host is. */
  onFree(): void
  /** One of its endpoints takes again what it is told, after it was spared. */
  onRecovered(): void
}

/** A host, as one of its users has it. */
export interface UsedHost extends Pick<Host, 'waitMs' | 'isLittleKnown'> {
  /** The clock of its times: milliseconds that only grow. */
  now(): number
  /** Whether one more may be sent to it now. */
  isFree(): boolean
  /**
   * Whether one of its endpoints has a place for one more. Where there are others it leaves at least as many as it has, so
   * that one that says nothing cannot have them all.
   */
  isFreeAt(uri: string): boolean
  /** Whether another user waits for a place. */
  isWanted(): boolean
  /** Milliseconds for which nothing is sent to an endpoint because it has failed. */
  sparedMs(endpoint: Pick<Endpoint, 'uri' | 'cooldown'>): number
  /** Of one of its endpoints: known for as long as a user has it. */
  endpoint(uri: string): Breaker
  /** The user has no other endpoints any more. */
  keep(uris: ReadonlySet<string>): void
  /** One more is under way; what it returns ends that, once. */
  begin(uri: string): () => void
  /** What the endpoint has answered to what was begun then, or that it has not. */
  note(uri: string, outcome: Outcome, begunAt: number): void
  leave(): void
}

interface HostsDeps {
  /** Milliseconds that only grow. */
  readonly now?: () => number
  readonly retry: RetryPolicy
}

/** What its users share. */
interface Shared {
  readonly now: () => number
  readonly host: Host
  readonly endpoints: Map<string, Breaker>
  /** By endpoint. */
  readonly underWay: Counter
  underWayAtAll: number
  /** With their endpoints. */
  readonly users: Map<HostUser, Set<string>>
}

/** Failures in a row after which a host, or an endpoint, is spared: one that refuses this or that is asked on. */
const SPARED_AFTER = 3

export function createHosts({ now = () => performance.now(), retry }: HostsDeps): Hosts {
  const hosts = new Map<string, Shared>()
  const newBreaker = () => createBreaker({ now, random: Math.random, retry, sparedAfter: SPARED_AFTER })
  const newHost = (): Shared => {
    const endpoints = new Map<string, Breaker>()
    const host = createHost({ breaker: newBreaker(), now, endpoints: () => endpoints.size })
    return { now, host, endpoints, underWay: createCounter(), underWayAtAll: 0, users: new Map() }
  }
  return {
    use: (key, user) => {
      const shared = hosts.get(key) ?? newHost()
      hosts.set(key, shared)
      const forget = (): void => {
        const isUsed = shared.users.size > 0 || shared.underWayAtAll > 0
        if (!isUsed && hosts.get(key) === shared) hosts.delete(key)
      }
      return createUse(shared, user, newBreaker, forget)
    },
  }
}

/** `forget`: called when it may be that nobody uses it any more. */
function createUse(shared: Shared, user: HostUser, newBreaker: () => Breaker, forget: () => void): UsedHost {
  const { now, host, endpoints, users } = shared
  users.set(user, new Set())
  const others = (): HostUser[] => [...users.keys()].filter((each) => each !== user)
  const endpoint = (uri: string): Breaker => {
    const known = endpoints.get(uri) ?? newBreaker()
    endpoints.set(uri, known)
    users.get(user)?.add(uri)
    return known
  }
  const keep = (uris: ReadonlySet<string>): void => {
    users.set(user, new Set(uris))
    const used = new Set([...users.values()].flatMap((of) => [...of]))
    for (const uri of endpoints.keys()) if (!used.has(uri)) endpoints.delete(uri)
  }
  return {
    ...{ endpoint, keep },
    ...createPlacesOf(shared, (): void => {
      for (const other of others()) other.onFree()
      forget()
    }),
    ...{ now, waitMs: host.waitMs, isLittleKnown: host.isLittleKnown },
    isWanted: () => others().some((other) => other.isWaiting()),
    sparedMs: ({ uri, cooldown }) => {
      const known = endpoints.get(uri)
      return known === undefined ? 0 : Math.max(known.waitMs(), cooldownMs(cooldown, known.sinceFailureMs()))
    },
    note: (uri, outcome, begunAt) => noteIn(shared, uri, outcome, begunAt),
    leave: () => {
      keep(new Set())
      users.delete(user)
      forget()
    },
  }
}

/**
 * 5.2.15, cooldown: "minimum period of time … which shall elapse before attempting to make a subsequent notification to
 * the same endpoint after failure", whoever's notification failed. It is a member of the Endpoint of one Subscription, and
 * keeps no other one waiting.
 */
function cooldownMs(cooldown: number | undefined, sinceFailureMs: number): number {
  return Math.max(0, (cooldown ?? 0) - sinceFailureMs)
}

function createPlacesOf(shared: Shared, onEnd: () => void): Pick<UsedHost, 'isFree' | 'isFreeAt' | 'begin'> {
  const { host, endpoints, underWay } = shared
  const free = (): number => host.places() - shared.underWayAtAll
  const count = (uri: string, by: 1 | -1): void => {
    underWay.add(uri, by)
    shared.underWayAtAll += by
  }
  return {
    isFree: () => host.waitMs() === 0 && free() > 0,
    isFreeAt: (uri) => {
      const own = underWay.of(uri)
      return own < (endpoints.get(uri)?.places() ?? 1) && (own < free() || endpoints.size <= 1)
    },
    begin: (uri) => {
      count(uri, 1)
      return () => {
        count(uri, -1)
        onEnd()
      }
    },
  }
}

function noteIn({ host, endpoints, users }: Shared, uri: string, outcome: Outcome, begunAt: number): void {
  const endpoint = endpoints.get(uri)
  // Who answers is there.
  if (outcome.ok || outcome.status !== undefined) host.answered()
  else host.failed(uri, begunAt)
  const wasSpared = endpoint?.isSpared() === true
  if (outcome.ok) endpoint?.succeeded()
  else endpoint?.failed(outcome.retryAfterMs ?? 0)
  if (outcome.ok && wasSpared) for (const user of users.keys()) user.onRecovered()
}
