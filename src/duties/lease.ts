/** Which of the instances on one store acts: a lease in the store, by which no two do at once. */

import { randomUUID } from 'node:crypto'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { createLeaseDocument, type Held, isSameBeat } from './lease-document.ts'
import { type Monotonic, type RunningTerm, startTerm, type Term } from './term.ts'

/** Milliseconds. */
export interface LeaseTimes {
  /** From one renewal of the holder to the next. */
  readonly renewMs: number
  /** From the begin of a renewal that succeeded: for so long the holder acts. */
  readonly holdMs: number
  /** From one look of an instance that does not hold it to the next. */
  readonly lookMs: number
  /** Who has seen no renewal for so long takes over; longer than `holdMs` by what a step under way may take. */
  readonly takeOverMs: number
}

/**
 * A holder that dies is followed after 10 s at most (`takeOverMs` and two looks), one that ends well after 1 s. A holder
 * stops 6 s after its last renewal; one that fails is tried again each second.
 */
export const TIMES: LeaseTimes = { renewMs: 2_500, holdMs: 6_000, lookMs: 1_000, takeOverMs: 8_000 }

export interface Lease {
  /** The time for which this instance holds it; undefined where it does not. */
  term(): Term | undefined
  /** Renews it, or looks whether it can be had. One at a time. Throws what the store throws, and may be called again. */
  step(): Promise<void>
  /** Milliseconds until the next step. */
  nextInMs(): number
  /** Gives it up, so that another can have it at once. Not while a step is under way. */
  release(): Promise<void>
}

interface LeaseDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'change'>
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  /** What people know this instance by. */
  readonly instance: string
  readonly now?: Monotonic
  readonly times?: LeaseTimes
}

/** What this instance holds. */
interface Own {
  held: Held
  term: RunningTerm
  /** Whether the last renewal succeeded. */
  isRenewed: boolean
}

/**
 * The holder writes another beat each `renewMs`; another instance that has seen the same beat for `takeOverMs` of its own
 * time takes the lease, unless it is renewed in that very moment. The holder counts `holdMs` from before a renewal was
 * written, the other one `takeOverMs` from after it was read: so the one has stopped when the other begins.
 */
export function createLease({ documents, call, instance, now = monotonic, times = TIMES }: LeaseDeps): Lease {
  const store = createLeaseDocument(documents, call)
  const observed = createObservation(now, call)
  let own: Own | undefined

  const contend = async (): Promise<void> => {
    const seen = await store.read()
    if (seen !== undefined && observed.silentMs(seen) < times.takeOverMs) return
    const begun = now()
    const held: Held = { instance, holder: randomUUID(), beat: 0 }
    if (!(await store.take(held, seen))) return
    own = { held, term: startTerm(begun + times.holdMs, now), isRenewed: true }
    tellBegin(call, instance, observed.forget())
  }
  const renew = async (holding: Own): Promise<void> => {
    const begun = now()
    holding.isRenewed = false
    // A renewal whose answer was lost may have been written: the next one must be another.
    holding.held = { ...holding.held, beat: holding.held.beat + 1 }
    if (await store.renew(holding.held)) {
      holding.isRenewed = true
      prolong(holding, begun + times.holdMs)
    } else {
      holding.term.end()
      own = undefined
      call.log.warn({ instance }, 'another instance has taken the periodic duties over')
    }
  }
  const prolong = (holding: Own, end: number): void => {
    if (!holding.term.signal().aborted) holding.term.until(end)
    else {
      holding.term = startTerm(end, now)
      call.log.warn({ instance }, 'the periodic duties rested: the lease had not been renewed in time')
    }
  }
  return {
    term: () => (own?.term.signal().aborted === false ? own.term : undefined),
    step: () => (own === undefined ? contend() : renew(own)),
    nextInMs: () => (own?.isRenewed === true ? times.renewMs : times.lookMs),
    release: async () => {
      const given = own
      own = undefined
      given?.term.end()
      if (given !== undefined) await store.give(given.held.holder)
    },
  }
}

function monotonic(): number {
  return performance.now()
}

function tellBegin({ log }: Call, instance: string, before: Held | undefined): void {
  const fields = { instance, before: before?.instance }
  if (before === undefined) log.debug(fields, 'the periodic duties are done by this instance')
  else log.info(fields, `the periodic duties are done by this instance, no longer by ${before.instance}`)
}

/** What an instance has seen of the lease while another one holds it. */
interface Observation {
  /** For how long it has been seen as it is. */
  silentMs(held: Held): number
  /** Returns what was last seen. */
  forget(): Held | undefined
}

function createObservation(now: Monotonic, { log }: Call): Observation {
  let last: { readonly held: Held; readonly since: number } | undefined
  return {
    silentMs: (held) => {
      if (last?.held.holder !== held.holder) {
        log.debug({ instance: held.instance }, `the periodic duties are done by ${held.instance}`)
      }
      if (last === undefined || !isSameBeat(last.held, held)) last = { held, since: now() }
      return now() - last.since
    },
    forget: () => {
      const before = last?.held
      last = undefined
      return before
    },
  }
}
