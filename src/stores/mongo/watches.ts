/** Tells who watches documents what this instance and others have changed. */

import type { ChangeStream, ChangeStreamDocument, Collection } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Watch } from '../../ports/store.ts'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import type { Revision, Revisions } from './revisions.ts'
import type { SmallDocument } from './stored.ts'
import { within } from './within.ts'

/** Milliseconds between two looks at the revisions, and for which a server that pushes holds a question back. */
const LOOK_EVERY_MS = 200
const PUSHED_WITHIN_MS = 300
/** Milliseconds until a stream that broke is opened again: until then the revisions are looked at. */
const AGAIN_MS = 5_000
/** Milliseconds for the server to hear that a stream is closed: one that does not answer keeps nobody from ending. */
const CLOSE_MS = 1_000

export interface Watches {
  /** Of documents in the default Tenant. */
  open(kind: string, onChange: () => void): Watch
  /** This instance has changed documents of the kind. */
  tell(kind: string): void
  close(): Promise<void>
}

interface Watcher {
  readonly kind: string
  onChange(): void
}

interface Watched {
  readonly revisions: Revisions
  readonly documents: Collection<SmallDocument>
  readonly log: Log
}

/** Looks, and listens where the server pushes, as long as anybody watches. */
export function createWatches({ revisions, documents, log }: Watched): Watches {
  const watchers = new Set<Watcher>()
  const tell = (kind?: string): void => {
    for (const watcher of watchers) if (kind === undefined || watcher.kind === kind) watcher.onChange()
  }
  const look = createLook(revisions, log, tell)
  const stream = createStream(documents, log, tell)
  const stop = async (): Promise<void> => {
    look.stop()
    await stream.stop()
  }
  return {
    open: (kind, onChange) => {
      const watcher: Watcher = { kind, onChange }
      watchers.add(watcher)
      look.start()
      stream.start()
      const close = async (): Promise<void> => {
        watchers.delete(watcher)
        if (watchers.size === 0) await stop()
      }
      return { behindMs: look.agoMs, close }
    },
    tell,
    close: async () => {
      watchers.clear()
      await stop()
    },
  }
}

interface Look {
  start(): void
  stop(): void
  /** Since what was last read was asked for. */
  agoMs(): number
}

/** Asks again and again which kinds have another revision; where none is known yet, all may have changed. */
function createLook(revisions: Revisions, log: Log, tell: (kind?: string) => void): Look {
  let timer: NodeJS.Timeout | undefined
  let known: Revision | undefined
  let askedAt = Number.NEGATIVE_INFINITY
  let isAsking = false
  let isFailing = false

  /** The store says by itself that its database does not answer; `agoMs` grows meanwhile. */
  const failed = (error: unknown): void => {
    if (isFailing || error instanceof StoreUnavailable) return
    isFailing = true
    log.error({ error }, 'changes of documents cannot be looked for')
  }
  const succeeded = (): void => {
    if (isFailing) log.info({}, 'changes of documents are looked for again')
    isFailing = false
  }
  const compare = (found: Revision): void => {
    const before = known
    known = found
    if (before === undefined) tell()
    else for (const [kind, revision] of found) if (before.get(kind) !== revision) tell(kind)
  }
  const look = async (): Promise<void> => {
    if (isAsking) return
    isAsking = true
    const begun = performance.now()
    try {
      compare(await revisions.read())
      askedAt = begun
      succeeded()
    } catch (error) {
      failed(error)
    } finally {
      isAsking = false
    }
  }
  return {
    start: () => {
      if (timer !== undefined) return
      known = undefined
      timer = setInterval(look, LOOK_EVERY_MS).unref()
      void look()
    },
    stop: () => {
      clearInterval(timer)
      timer = undefined
    },
    agoMs: () => performance.now() - askedAt,
  }
}

interface Stream {
  start(): void
  stop(): Promise<void>
}

/**
 * A change stream, where the server has them (a replica set, or a cluster): changes are known some milliseconds after they
 * are made. What a stream misses the revisions show, so it need not be resumed where it broke.
 */
function createStream(documents: Collection<SmallDocument>, log: Log, tell: (kind: string) => void): Stream {
  /** The stream that is to tell; those before it are only closed. */
  let listening: ChangeStream<SmallDocument> | undefined
  let isWanted = false
  let again: NodeJS.Timeout | undefined

  const listen = async (): Promise<void> => {
    const stream = documents.watch<SmallDocument>([], { maxAwaitTimeMS: PUSHED_WITHIN_MS })
    listening = stream
    try {
      for await (const change of stream) tell(kindOf(change))
    } catch (error) {
      if (listening === stream) failed(error)
    } finally {
      await leave(stream)
    }
  }
  const leave = async (stream: ChangeStream<SmallDocument>): Promise<void> => {
    if (listening === stream) listening = undefined
    await within(CLOSE_MS, stream.close()).catch((error: unknown) => {
      log.debug({ error }, 'the server did not hear that a change stream is closed')
    })
  }
  const failed = (error: unknown): void => {
    const isFinal = hasNone(error)
    log.debug(
      { error },
      isFinal ? 'the server has no change streams: revisions are looked at' : 'a change stream broke',
    )
    if (!isFinal) again = setTimeout(listen, AGAIN_MS).unref()
  }
  return {
    start: () => {
      if (isWanted) return
      isWanted = true
      void listen()
    },
    stop: async () => {
      isWanted = false
      clearTimeout(again)
      if (listening !== undefined) await leave(listening)
    },
  }
}

/** A deletion tells only the id, which begins with the kind. */
function kindOf(change: ChangeStreamDocument<SmallDocument>): string {
  return 'documentKey' in change ? (String(change.documentKey._id).split('\n', 1)[0] ?? '') : ''
}

/** MongoDB's "only supported on replica sets", CommandNotSupported, CommandNotFound and an unknown stage. */
const NO_STREAMS: ReadonlySet<unknown> = new Set([40_573, 115, 59, 40_324, 303])

function hasNone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_STREAMS.has(error.code)
}
