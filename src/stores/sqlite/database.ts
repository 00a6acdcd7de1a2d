/** One Tenant's database: its connection, and what is kept in memory beside it. */

import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite'
import type { Log } from '../../ports/call.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import { KEEP_ALL } from '../common/keep-all.ts'
import { type AttributeCounts, createAttributeCounts } from './attribute-counts.ts'
import { isBusy, PATIENCE_MS, untilNextTry } from './busy.ts'
import { createEntityCounts, type EntityCounts } from './entity-counts.ts'
import { type Clearing, createClearing, isAnyGone } from './history/clearing.ts'
import { createEvolutions, type Evolutions } from './history/evolutions.ts'
import { createIndexChanges, type IndexChanges } from './index-changes.ts'
import { createKnown, type Known, type KnownLimits, versionElsewhere } from './known.ts'
import { migrate } from './migrations.ts'
import { createNames, type Names } from './names.ts'
import { createReadQueue, type ReadQueue, type ReadTransaction } from './read-queue.ts'
import type { Value } from './sql.ts'
import { createStatements, type Statements } from './statements.ts'
import { createWriteQueue, type Transaction, type WriteQueue } from './write-queue.ts'

export type Synchronous = 'full' | 'normal'

/** What queries need of a database, whichever connection reads it. */
export interface Queried {
  readonly sql: Statements
  readonly names: Pick<Names, 'find'>
  readonly counts: Pick<EntityCounts, 'read' | 'kept'>
  readonly known: Known
  /** The rows of a statement, while others are read; not kept prepared where several may be under way at once. */
  iterate(text: string, values: readonly Value[]): Iterable<unknown>
}

export interface Database extends Queried {
  readonly names: Names
  readonly counts: EntityCounts
  readonly attributeCounts: AttributeCounts
  readonly index: IndexChanges
  readonly evolutions: Evolutions
  readonly clearing: Clearing
  readonly history: HistoryPolicy
  readonly reads: ReadQueue
  readonly writes: WriteQueue
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  readonly log: Log | undefined
  /** Finishes what is under way and closes. */
  close(): Promise<void>
}

/**
 * Of a database, that are read where the system keeps them, not copied: a question along an index takes a third less. A
 * disk that fails beneath them ends the process, not the request; what was acknowledged is safe in both cases.
 */
export const MAPPED_BYTES = 2 ** 30

interface DatabaseOptions extends KnownLimits {
  readonly synchronous: Synchronous
  readonly entityBytes: number
  /** What of changes is kept; absent: all. */
  readonly history?: HistoryPolicy
  /** For what nobody else is told. */
  readonly log?: Log
  /** Of pages kept in memory. */
  readonly cacheKib: number
  /** Of the text of prepared statements kept in memory. */
  readonly statementChars: number
}

/** Opens or creates. Throws an Error that names the file and what is wrong with it. */
export async function openDatabase(path: string, options: DatabaseOptions): Promise<Database> {
  const { entityBytes, statementChars, history = KEEP_ALL, log } = options
  const handle = await openHandle(path, options)
  const sql = createStatements(handle, statementChars)
  const names = createNames(sql)
  const counts = createEntityCounts(sql)
  const attributeCounts = createAttributeCounts(sql, names)
  const known = createKnown(sql, options)
  const index = createIndexChanges(sql, names, known)
  const evolutions = createEvolutions(sql, names, known.answers)
  const reads = createReadQueue(readTransactionOf(handle, sql))
  const writes = createWriteQueue(transactionOf(handle, sql, { names, counts, attributeCounts, index, evolutions }))
  const clearing = createClearing(sql, writes)
  if (isAnyGone(sql)) clearing.begin()
  const close = async (): Promise<void> => {
    // Who has just been given it begins to use it.
    await nextTurn()
    await Promise.all([reads.drained(), writes.drained()])
    try {
      // What cannot be moved out of the log now, because others read or write, is moved later.
      handle.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch (error) {
      if (!isBusy(error)) throw error
    } finally {
      handle.close()
      sql.clear()
    }
  }
  const iterate = (text: string, values: readonly Value[]) => sql(text).iterate(...values)
  const kept = { sql, names, counts, known, attributeCounts, index, evolutions }
  return { ...kept, clearing, history, iterate, reads, writes, entityBytes, log, close }
}

/** Waits for other processes: one that makes the database, takes a step of it to the present, or closes it as the last one. */
async function openHandle(path: string, options: DatabaseOptions): Promise<DatabaseSyncInstance> {
  const end = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return connect(path, options)
    } catch (error) {
      if (!isBusy(error) || performance.now() >= end) throw explained(path, error)
    }
    await pause(untilNextTry())
  }
}

function connect(path: string, options: DatabaseOptions): DatabaseSyncInstance {
  // SQLite's own waiting would stop the event loop: whoever meets another process tries again (busy.ts).
  const handle = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false })
  try {
    for (const pragma of pragmas(options)) handle.exec(`PRAGMA ${pragma}`)
    migrate(handle, path)
    return handle
  } catch (error) {
    handle.close()
    throw error
  }
}

function pragmas({ synchronous, cacheKib }: DatabaseOptions): readonly string[] {
  return [
    'journal_mode = WAL',
    `synchronous = ${synchronous}`,
    // A checkpoint stands still until all its pages are written: with 20,000 pages 110 ms, with 2,000 some 20 ms, and
    // writes are a tenth slower for it.
    'wal_autocheckpoint = 2000',
    `cache_size = -${cacheKib}`,
    'temp_store = MEMORY',
    `mmap_size = ${MAPPED_BYTES}`,
  ]
}

function readTransactionOf(handle: DatabaseSyncInstance, sql: Statements): ReadTransaction {
  return {
    begin: () => {
      if (handle.isTransaction) sql('ROLLBACK').run()
      sql('BEGIN').run()
    },
    end: () => sql('COMMIT').run(),
  }
}

/** What is kept in memory of a transaction until its end. */
type Kept = Pick<Database, 'names' | 'counts' | 'attributeCounts' | 'index' | 'evolutions'>

function transactionOf(handle: DatabaseSyncInstance, sql: Statements, kept: Kept): Transaction {
  const { names, counts, attributeCounts, index, evolutions } = kept
  let version: number | undefined
  return {
    begin: () => {
      if (handle.isTransaction) sql('ROLLBACK').run()
      sql('BEGIN IMMEDIATE').run()
      const before = version
      version = versionElsewhere(sql)
      const haveOthersWritten = before !== undefined && before !== version
      if (haveOthersWritten) evolutions.forget()
      return haveOthersWritten
    },
    commit: () => {
      index.flush()
      attributeCounts.flush()
      counts.flush()
      sql('COMMIT').run()
      names.keep()
    },
    rollback: () => {
      index.revert()
      attributeCounts.revert()
      counts.revert()
      names.revert()
      evolutions.forget()
      // After some errors SQLite has rolled back by itself.
      if (handle.isTransaction) sql('ROLLBACK').run()
    },
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'it is no SQLite database. Restore it from a backup, or move it away to begin with an empty one.',
  SQLITE_CORRUPT: 'it is damaged. Restore it from a backup, or move it away to begin with an empty one.',
  SQLITE_CANTOPEN: 'it cannot be opened. See that its folder exists and that Boya may write there.',
  SQLITE_READONLY: 'it cannot be written. See that Boya may write to it and to its folder.',
  SQLITE_BUSY: 'another program holds it. End that program and start again.',
}

function explained(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('sqliteCodeName' in error)) return error
  const remedy = REMEDIES[String(error.sqliteCodeName)]
  return new Error(`${path}: ${remedy === undefined ? error.message : `${remedy} (${error.message})`}`, {
    cause: error,
  })
}
