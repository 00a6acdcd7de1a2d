/** What processes that were killed have left of what they did. */

import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { isBusy } from './busy.ts'

/** Tries, and milliseconds about between two: others of the same set of processes begin in the same moment. */
const TRIES = 5
const AGAIN_MS = 20

/**
 * Removes the documents of these kinds where nobody has the database open, in any process on this machine: the kernel knows,
 * for a connection in WAL mode holds a lock from its first read until it is closed or its process is gone, and one that
 * is suspended holds it as well. Who opens it must not have it open yet. Removes nothing where that is not certain.
 * `kinds`: letters only.
 */
export async function removeLeftBehind(path: string, kinds: readonly string[]): Promise<void> {
  if (kinds.length === 0 || !existsSync(path)) return
  for (let tries = 1; tries <= TRIES; tries++) {
    if (removeAlone(path, kinds) !== 'busy') return
    await pause(AGAIN_MS * (0.5 + Math.random()))
  }
}

function removeAlone(path: string, kinds: readonly string[]): 'done' | 'busy' {
  const handle = new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: false })
  try {
    // Before the first access: it then takes the lock that nobody can have beside it.
    handle.exec('PRAGMA locking_mode = EXCLUSIVE')
    handle.exec('BEGIN EXCLUSIVE')
    // Not prepared: a statement that is not collected yet keeps a connection, and its lock, beyond its end.
    for (const kind of kinds) handle.exec(`DELETE FROM document WHERE kind = '${kind}'`)
    handle.exec('COMMIT')
    return 'done'
  } catch (error) {
    // What else is wrong with it is told by who opens it.
    return isBusy(error) ? 'busy' : 'done'
  } finally {
    handle.close()
  }
}
