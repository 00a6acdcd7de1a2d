/** Tells who watches documents what this process and others have changed. */

import type { Log } from '../../ports/call.ts'
import type { Watch } from '../../ports/store.ts'
import type { Databases } from './databases.ts'

/** SQLite does not push. To look takes some microseconds. */
const LOOK_EVERY_MS = 200

export interface Watches {
  /** Of documents in the default Tenant. Throws where the store is closed. */
  open(kind: string, onChange: () => void): Watch
  /** This process has changed documents of the kind. */
  tell(tenant: string, kind: string): void
  close(): void
}

interface Watcher {
  readonly kind: string
  onChange(): void
}

/**
 * Looks as long as anybody watches; a database that no other process can open is not looked at. `shared`: whether others
 * are known to have it, so that it is worth to look before each use.
 */
export function createWatches(databases: Pick<Databases, 'elsewhere' | 'pathOf'>, log: Log, shared = false): Watches {
  const watchers = new Set<Watcher>()
  const tell = (kind?: string): void => {
    for (const watcher of watchers) if (kind === undefined || watcher.kind === kind) watcher.onChange()
  }
  const look = createLook(databases, log, tell)
  const isShared = databases.pathOf('') !== undefined
  const leave = (watcher: Watcher): void => {
    watchers.delete(watcher)
    if (watchers.size === 0) look.stop()
  }
  return {
    open: (kind, onChange) => {
      databases.elsewhere()
      if (isShared) look.start()
      const watcher: Watcher = { kind, onChange }
      watchers.add(watcher)
      return {
        behindMs: isShared ? look.agoMs : () => 0,
        ...(shared && { look: look.now }),
        close: async () => leave(watcher),
      }
    },
    tell: (tenant, kind) => {
      if (tenant === '') tell(kind)
    },
    close: () => {
      watchers.clear()
      look.stop()
    },
  }
}

interface Look {
  start(): void
  stop(): void
  now(): void
  /** Since it was last looked. */
  agoMs(): number
}

/** Looks whether another connection has committed anything since it last did; of what, SQLite does not say. */
function createLook(databases: Pick<Databases, 'elsewhere'>, log: Log, onCommit: () => void): Look {
  const readVersion = createVersionReader(databases, log)
  let timer: NodeJS.Timeout | undefined
  let version: number | undefined
  let lookedAt = Number.NEGATIVE_INFINITY

  const look = (): void => {
    const begun = performance.now()
    const current = readVersion()
    if (current === undefined) return
    const changed = current !== version
    version = current
    if (changed) onCommit()
    lookedAt = begun
  }
  return {
    start: () => {
      if (timer !== undefined) return
      timer = setInterval(look, LOOK_EVERY_MS).unref()
      look()
    },
    stop: () => {
      clearInterval(timer)
      timer = undefined
    },
    now: look,
    agoMs: () => performance.now() - lookedAt,
  }
}

/** Gives undefined where the database does not answer, and logs that once. */
function createVersionReader(databases: Pick<Databases, 'elsewhere'>, log: Log): () => number | undefined {
  let failing = false
  return () => {
    try {
      const version = databases.elsewhere()
      failing = false
      return version
    } catch (error) {
      if (!failing) log.warn({ error }, 'what other processes have changed cannot be seen; looking again')
      failing = true
      return undefined
    }
  }
}
