/**
 * What changes owe to subscribers: a notice is one change of one entity that one subscription is to be told (5.8.6). It is
 * stored in the same commit as the change, and stays until it has been told or given up.
 */

import type { EntityChange } from '../core/model/change.ts'
import type { Instant, Json } from '../core/model/entity.ts'
import type { Call } from './call.ts'

export interface NewNotice {
  /** Id of the subscription. */
  readonly subscription: string
  /** Those of one queue are told by one instance at a time: they go to the same endpoint. */
  readonly queue: string
  readonly entity: string
  /** What is to be told; the store does not look into it. */
  readonly content: Json
  /** Whether it takes the place of what is owed of the same entity to the same subscription already. */
  readonly latestOnly: boolean
  /** Where it does: whether what was owed is folded into it ({@link NoticeSource.folded}). Who reads it is not told. */
  readonly folds?: true
}

export interface Notice extends NewNotice {
  /** Of one Tenant no two have ever the same; a URN is made of it. The same whenever it is read. */
  readonly id: string
  /** Where it stands among all of its Tenant: texts of equal length, that grow. Of one entity the later change has the greater. */
  readonly position: string
  /** Equal for what one request has changed (5.5.11), or what has expired together, and for nothing else. */
  readonly group: string
  /** Of its content as text. */
  readonly bytes: number
  /** When the change was made. */
  readonly since: Instant
  /** Of what is owed: when it was last made so again; absent where it never was. */
  readonly revivedAt?: Instant
}

/** How telling it ended for good. */
export interface Settlement {
  readonly id: string
  readonly state: 'delivered' | 'dead'
  /** When. */
  readonly at: Instant
  /** For people: why it was given up. */
  readonly reason?: string
  /** Where it is to be so only if the notice still waits in this queue. It is not kept. */
  readonly onlyIn?: string
  /** Of one that folds: it itself. Where another has taken its place meanwhile, that one tells what has changed since it ({@link NoticeSource.sinceTold}). It is not kept. */
  readonly told?: Pick<Notice, 'subscription' | 'entity' | 'content'>
}

/** A point in the order in which a subscription has been told what waited in a queue. */
export interface ToldUpTo {
  readonly queue: string
  readonly at: Instant
  /** Of the last of those told at that moment; absent where none of them had been. */
  readonly position?: string
}

/** Without what was told: that may be large, and many are listed. */
export interface SettledNotice extends Omit<Notice, 'content' | 'bytes'> {
  readonly settlement: Settlement
}

export interface Backlog {
  readonly count: number
  /** When the change was made that has waited longest. */
  readonly oldest?: Instant
}

/** Whether a notice need not be given again. */
export type Known = (notice: Pick<Notice, 'id' | 'subscription' | 'entity'>) => boolean

/** How much is read together: it ends with the one that completes it, so that there is one however large it is. */
export interface NoticePage {
  readonly notices: number
  readonly bytes: number
}

/**
 * Methods throw NonexistentTenant where the call's Tenant does not exist. What they are about is found by indexes. To count,
 * revive, requeue or drop takes the longer the more it is, and keeps nobody else waiting: it is changed some at a time, in the
 * order of positions where it comes to be owed in a queue, so that what was broken off, as where the call's signal is aborted,
 * can be done again.
 */
export interface NoticeStore {
  /**
   * Milliseconds for which something new may still come to stand before what was given already, as far as clocks agree;
   * 0: it never does.
   */
  readonly lateMs: number
  /** Queues in which something is owed. */
  queues(call: Call): Promise<readonly string[]>
  /**
   * What is owed in a queue, in order of position, after one. All that was acknowledged before the call is there, and nothing but what is revived comes to be later before a position of the same entity that was
   * given already: what was committed so late that others were given beyond it is given as well, before what comes later of its entity,
   * unless it is `known`.
   * @param known what the caller has, or need not have before what comes later of its entity; absent: all that is not after
   */
  owed(call: Call, queue: string, most: NoticePage, after?: string, known?: Known): Promise<readonly Notice[]>
  /** `isUnhurried`: some milliseconds later, where it goes with what others write then. One commit where the store has such for several, else one each. What is not there (any more), or not owed, is left as it is. */
  settle(call: Call, settlements: readonly Settlement[], isUnhurried?: true): Promise<void>
  /** What is owed to a subscription. */
  backlog(call: Call, subscription: string): Promise<Backlog>
  /** Those that ended so, of changes since then or of all, the latest first. */
  settled(
    call: Call,
    subscription: string,
    state: Settlement['state'],
    limit: number,
    since?: Instant,
  ): Promise<readonly SettledNotice[]>
  /**
   * Makes owed again what was given up of changes since then, or what was told or given up of these, or what was told in queues
   * later than those points; each with the position that it has had, in a queue, of which {@link NoticeSource.committed} is
   * then told; returns how many. Who reads on from a position begins again. `at`: when.
   */
  revive(
    call: Call,
    subscription: string,
    queue: string,
    which: { readonly deadSince: Instant } | { readonly since: Instant } | { readonly toldAfter: readonly ToldUpTo[] },
    at: Instant,
  ): Promise<number>
  /**
   * Makes all that is owed to a subscription wait in this queue, of which {@link NoticeSource.committed} is then told;
   * returns how much waited in others.
   */
  requeue(call: Call, subscription: string, queue: string): Promise<number>
  /**
   * Whether anything is owed before any of these to the same subscription of the same entity, in whatever queue: all that was
   * committed before any of these were is known.
   */
  isAnyBefore(call: Call, notices: readonly Pick<Notice, 'subscription' | 'entity' | 'position'>[]): Promise<boolean>
  /** Removes all of a subscription, whatever its state; returns how many were owed. */
  drop(call: Call, subscription: string): Promise<number>
  /** Removes at most `limit` that were told before `delivered`, or given up before `dead`; returns how many. */
  forget(call: Call, before: Readonly<Record<Settlement['state'], Instant>>, limit: number): Promise<number>
}

/**
 * Asked by a store for each change that it is about to commit, within the commit: so it is pure and quick, and never
 * throws. May be asked several times for one change; the last answer counts.
 */
export interface NoticeSource {
  /**
   * To be waited for before a change is made, where it is not undefined: who is subscribed is being read, or has not been
   * known for a while.
   */
  ready(tenant: string): Promise<void> | undefined
  noticesOf(tenant: string, change: EntityChange): readonly NewNotice[]
  /** The content of a notice that takes the place of an earlier one; to fold the same in again changes nothing. */
  folded(earlier: Json, later: Json): Json
  /** The content of a notice of which it turns out that one has been told that it took the place of. */
  sinceTold(told: Json, later: Json): Json
  /**
   * Called when notices of these queues have been committed by this instance. `mayBeEarlier`: such as have stood elsewhere
   * before, or had ended, so that they may come before what was given already ({@link NoticeStore.owed}).
   */
  committed(tenant: string, queues: ReadonlySet<string>, mayBeEarlier?: true): void
}
