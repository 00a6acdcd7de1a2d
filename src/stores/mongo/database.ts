/** One Tenant's database: its collections, and what is kept in memory beside them. */

import { LRUCache } from 'lru-cache'
import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import type { Step } from './changes.ts'
import type { Collections, Queried } from './collections.ts'
import type { Connection } from './connection.ts'
import { createCounter } from './counter.ts'
import { createMover, type Mover } from './mover.ts'
import { createReadById, type ReadById } from './reads.ts'
import { createSelectivity } from './selectivity.ts'
import { createSequence, type Sequence } from './sequence.ts'
import { createWriteQueue, type WriteQueue } from './write-queue.ts'
import { createApply } from './writes.ts'

export interface Database extends Queried {
  readonly sequence: Sequence
  readonly readById: ReadById
  readonly writes: WriteQueue<Step>
  readonly mover: Mover
  readonly history: HistoryPolicy
  /** Whether the server can do with instances what aggregations ask of it. */
  readonly canAggregate: boolean
  /** Finishes what is under way. */
  drained(): Promise<void>
}

interface Surroundings {
  readonly ask: Connection['ask']
  readonly clock: Clock
  readonly log: Log
  readonly folded: NoticeSource['folded']
  readonly history: HistoryPolicy
  readonly canAggregate: boolean
}

/** `greatest`: the last there is in the order of creation. */
export function createDatabase(
  collections: Collections,
  greatest: string | undefined,
  { ask, clock, log, folded, history, canAggregate }: Surroundings,
): Database {
  const { entities, notices, instances } = collections
  const mover = createMover({ ...collections, ask, clock, log, folded })
  const counter = createCounter({ ...collections, ask }, log)
  const sequence = createSequence(clock, greatest)
  const { next: position } = createSequence(clock, undefined)
  const writes = createWriteQueue(
    createApply({ entities, notices, instances, ask, uncounted: counter.wake, mover, position, history, clock }),
  )
  // What an instance that ended has left.
  counter.wake()
  mover.wake()
  return {
    ...collections,
    ask,
    log,
    selectivity: createSelectivity(),
    kept: new LRUCache({ maxSize: 5_000, sizeCalculation: ({ kept }) => kept.length + 1 }),
    uncounted: counter.wake,
    sequence,
    readById: createReadById({ entities, ask }),
    writes,
    mover,
    history,
    canAggregate,
    drained: async () => {
      await writes.drained()
      await Promise.all([counter.drained(), mover.drained()])
    },
  }
}
