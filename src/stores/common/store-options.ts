import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { NoticeSource } from '../../ports/notices.ts'

/** What every store is opened with. */
export interface StoreOptions {
  readonly clock: Clock
  readonly log: Log
  /** What changes owe to subscribers. Where it is absent nothing is owed: commands that change nothing need none. */
  readonly notices?: NoticeSource
  /** What of changes is kept; absent: all. */
  readonly history?: HistoryPolicy
  /** Characters of the longest name of a Tenant. */
  readonly tenantLength: number
  /** Tenants at most, without the default one. Several instances may make a few more together. */
  readonly tenants: number
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** Of the entities of a page together, as they are stored. */
  readonly pageBytes: number
  /**
   * Kinds of documents of the default Tenant by which those that are running agree: what others have left, of whom the store
   * knows that they are gone, is removed when it is opened. Where it does not know, it stays.
   */
  readonly ofRunning?: readonly string[]
}
