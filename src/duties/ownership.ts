/** Which of the instances on one store delivers a queue: each queue belongs to one of those that are alive. */

import { randomUUID } from 'node:crypto'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { createMembersDocument, type Member, type Members } from './members.ts'
import { ownerOf } from './rendezvous.ts'
import { type Monotonic, type RunningTerm, startTerm, type Term } from './term.ts'

export interface Ownership {
  /** The time for which this instance may deliver the queue; undefined where it is another's, or nobody knows. */
  term(queue: string): Term | undefined
  /** Nobody asks for the term of this queue any more: nothing is kept of it. */
  forget(queue: string): void
  /** One of its own for who delivers it, so that it is kept for no longer than that. */
  begin(queue: string): HeldTerm | undefined
  /** Whether it is known that there are no others, whose changes would have to be looked for. */
  isAlone(): boolean
  /** Calls it whenever queues may have another owner. */
  onChange(listener: () => void): void
  /** Gives all up, so that others can have them at once. */
  close(): Promise<void>
}

/** A term of which somebody says when it is not needed any more. */
export interface HeldTerm extends Term {
  letGo(): void
}

/** Milliseconds. */
export interface OwnershipTimes {
  /** From one beat to the next. */
  readonly beatMs: number
  /** From one look at the others to the next, and where somebody is waited for. */
  readonly lookMs: number
  readonly waitMs: number
  /** From the begin of a beat that was written: for so long an instance acts. */
  readonly holdMs: number
  /** Who has not beaten for so long is taken for dead; longer than `holdMs` by what a step under way may take. */
  readonly deadMs: number
}

/** Who dies is followed after 11 s at most: `deadMs`, and the others' looks; who ends well, or makes room, after 2 s. */
const TIMES: OwnershipTimes = { beatMs: 2_500, lookMs: 1_000, waitMs: 200, holdMs: 6_000, deadMs: 8_000 }

/** Queues of which it is remembered whose they are. */
const MOST_REMEMBERED = 10_000

interface OwnershipDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'change'>
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  /** What people know this instance by. */
  readonly instance: string
  readonly now?: Monotonic
  readonly times?: OwnershipTimes
}

/** What is to be done from time to time; {@link keepOwnership} does it. */
export interface OwnershipSteps extends Omit<Ownership, 'close'> {
  /** Beats, or looks. One at a time. Throws what the store throws, and may be called again. */
  step(): Promise<void>
  nextInMs(): number
  release(): Promise<void>
}

/**
 * An instance begins with a queue when it is its owner by the newest version of the members, and every one of these has
 * said that it acts by that version: then nobody acts by an earlier one. Who says nothing is taken for dead after `deadMs`
 * of the observer's time, counted from after its beat was read, and has stopped after `holdMs` of its own, counted from
 * before that beat was written.
 */
export function createOwnership({ documents, call, instance, ...deps }: OwnershipDeps): OwnershipSteps {
  const { now = () => performance.now(), times = TIMES } = deps
  const store = createMembersDocument(documents, call)
  const listeners: (() => void)[] = []
  const terms = new Map<string, RunningTerm>()
  /** Those that are let go, with their queues. */
  const held = new Map<RunningTerm, string>()
  const silence = createSilence(now)
  let id = randomUUID() as string
  let own: Member = { instance, beat: 0, seen: 0 }
  let known: Members = { version: 0, members: {} }
  let isSettled = false
  let holdsUntil = Number.NEGATIVE_INFINITY
  let beatAt = Number.NEGATIVE_INFINITY

  const others = (): string[] => Object.keys(known.members).filter((other) => other !== id)
  const endTerms = (ends: (queue: string) => boolean): void => {
    for (const [queue, term] of terms) {
      if (!ends(queue)) continue
      term.end()
      terms.delete(queue)
    }
    for (const [term, queue] of held) if (ends(queue)) term.end()
  }
  /** By the members that are known: who owns a queue is asked more often than they change. */
  const owns = new Map<string, boolean>()
  const isOwn = (queue: string): boolean => {
    const asked = owns.get(queue)
    if (asked !== undefined) return asked
    const isOurs = ownerOf(queue, Object.keys(known.members)) === id
    if (owns.size >= MOST_REMEMBERED) owns.clear()
    owns.set(queue, isOurs)
    return isOurs
  }
  const mayAct = (queue: string): boolean => isSettled && now() < holdsUntil && isOwn(queue)

  /** What follows from what the members are: first nothing is done any more that is another's, then that is said. */
  const learn = (members: Members): void => {
    const wasSettled = isSettled
    const hadVersion = known.version
    known = members
    if (hadVersion !== members.version) owns.clear()
    silence.note(members, id)
    if (own.beat > 0 && members.members[id] === undefined) rejoin()
    else if (hadVersion !== members.version) endTerms((queue) => !isOwn(queue))
    isSettled = Object.values(members.members).every(({ seen }) => seen >= members.version)
    if (hadVersion !== members.version || wasSettled !== isSettled) for (const listener of listeners) listener()
  }
  /** The others have taken it for dead: what it had is theirs. */
  const rejoin = (): void => {
    endTerms(() => true)
    holdsUntil = Number.NEGATIVE_INFINITY
    id = randomUUID()
    owns.clear()
    own = { instance, beat: 0, seen: 0 }
    beatAt = Number.NEGATIVE_INFINITY
    call.log.warn({ instance }, 'other instances took this one for dead; it joins them again')
  }
  const beat = async (): Promise<void> => {
    const begun = now()
    own = { instance, beat: own.beat + 1, seen: known.version }
    const isJoining = known.members[id] === undefined
    const members = await store.beat(id, own, silence.gone(times.deadMs))
    // Where it was taken out meanwhile this beat has made it a new member, to which nothing that it had belongs.
    if (!isJoining && members.members[id]?.seen !== own.seen) endTerms(() => true)
    beatAt = begun
    const hadLapsed = now() >= holdsUntil
    holdsUntil = begun + times.holdMs
    for (const term of [...terms.values(), ...held.keys()]) term.until(holdsUntil)
    learn(members)
    if (hadLapsed) for (const listener of listeners) listener()
  }
  const isBeatDue = (): boolean => {
    const hasToSay = known.members[id] === undefined || (known.members[id]?.seen ?? 0) < known.version
    return hasToSay || now() - beatAt >= times.beatMs || silence.gone(times.deadMs).size > 0
  }
  return {
    term: (queue) => {
      const running = terms.get(queue)
      if (running?.signal().aborted === false) return running
      terms.delete(queue)
      if (!mayAct(queue)) return undefined
      const term = startTerm(holdsUntil, now)
      terms.set(queue, term)
      return term
    },
    forget: (queue) => {
      terms.get(queue)?.end()
      terms.delete(queue)
    },
    begin: (queue) => {
      if (!mayAct(queue)) return undefined
      const term = startTerm(holdsUntil, now)
      held.set(term, queue)
      const letGo = (): void => {
        held.delete(term)
        term.end()
      }
      return { signal: term.signal, letGo }
    },
    isAlone: () => isSettled && others().length === 0,
    onChange: (listener) => void listeners.push(listener),
    step: async () => {
      if (!isBeatDue()) learn(await store.read())
      if (isBeatDue()) await beat()
    },
    nextInMs: () => (isSettled ? times.lookMs : times.waitMs),
    release: async () => {
      endTerms(() => true)
      holdsUntil = Number.NEGATIVE_INFINITY
      await store.leave(id)
    },
  }
}

/** Since when the others have been seen as they are. */
function createSilence(now: Monotonic) {
  const seen = new Map<string, { readonly beat: number; readonly since: number }>()
  return {
    note: ({ members }: Members, own: string): void => {
      for (const id of seen.keys()) if (members[id] === undefined) seen.delete(id)
      for (const [id, { beat }] of Object.entries(members)) {
        if (id !== own && seen.get(id)?.beat !== beat) seen.set(id, { beat, since: now() })
      }
    },
    /** Those that are taken for dead, with their last beats. */
    gone: (deadMs: number): ReadonlyMap<string, number> =>
      new Map([...seen].filter(([, { since }]) => now() - since >= deadMs).map(([id, { beat }]) => [id, beat])),
  }
}
