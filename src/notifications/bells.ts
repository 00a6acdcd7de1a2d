/** Instances tell one another in which queues they have committed notices that another one delivers. */

import { randomUUID } from 'node:crypto'
import { changedSince, movedOn, type NamedChanges } from '../duties/named-changes.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { type Ring, ringOf, textOfRing } from './queue-name.ts'

export interface Bells {
  /** They are told together with those of the same moment. */
  ring(rings: Iterable<Ring>): void
  /** Tells what is to be told still, and takes its document away. */
  close(): Promise<void>
}

interface BellsDeps {
  readonly documents: Pick<DocumentStore, 'put' | 'list' | 'delete' | 'watch'>
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  /** Another instance has rung. */
  readonly rung: (ring: Ring) => void
  /** It may have rung for any. */
  readonly rungForAny: () => void
}

/** What one instance has rung for last, and when it did. */
interface BellDocument extends NamedChanges {
  readonly at: number
}

/** Kind of the documents. */
export const NOTICE_BELL = 'noticeBell'
/** Milliseconds from one ring to the next. */
const PAUSE_MS = 100
/** Milliseconds until a store that failed is told again. */
const AGAIN_MS = 500
/** Milliseconds after which a document is taken for one of an instance that has died. */
const DEAD_MS = 3_600_000

/**
 * It tells soon, and goes on until it has; what an instance died with before it told is found when the others learn that it
 * is gone, and look at everything.
 */
export function createBells({ documents, call, rung, rungForAny }: BellsDeps): Bells {
  const id: string = randomUUID()
  const heard = new Map<string, number>()
  let own: BellDocument = { changes: 0, last: [], at: 0 }
  let waiting = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let hearing: Promise<void> = Promise.resolve()
  let lastAt = Number.NEGATIVE_INFINITY
  let isClosed = false

  const write = async (): Promise<void> => {
    timer = undefined
    if (waiting.size === 0) return
    lastAt = performance.now()
    const told = waiting
    own = { ...movedOn(own, [...told]), at: Date.now() }
    waiting = new Set()
    await documents.put(call, NOTICE_BELL, id, own).catch((error: unknown) => {
      call.log.debug({ error }, 'other instances could not be told of notices; they are told again')
      for (const key of told) waiting.add(key)
      plan(AGAIN_MS)
    })
  }
  const plan = (ms: number): void => {
    if (isClosed) return
    timer ??= setTimeout(() => {
      writing = writing.then(write)
    }, ms).unref()
  }
  const hear = (other: string, { at, ...revision }: BellDocument): void => {
    const before = heard.get(other)
    heard.set(other, revision.changes)
    // What it rang for before it was heard for the first time is found by a look.
    const keys = before === undefined ? undefined : changedSince(revision, before)
    if (keys === undefined) rungForAny()
    else for (const key of keys) rung(ringOf(key))
  }
  const listen = async (): Promise<void> => {
    const all = await documents.list(call, NOTICE_BELL)
    const there = new Set(all.map((each) => each.id))
    for (const other of heard.keys()) if (!there.has(other)) heard.delete(other)
    for (const { id: other, document } of all) {
      if (other === id) continue
      const bell = document as BellDocument
      if (Date.now() - bell.at > DEAD_MS) await documents.delete(call, NOTICE_BELL, other)
      else hear(other, bell)
    }
  }
  const watch = documents.watch(NOTICE_BELL, () => {
    hearing = hearing.then(listen).catch((error: unknown) => {
      call.log.debug({ error }, 'what other instances tell of notices could not be read; they are found by looking')
      rungForAny()
    })
  })
  return {
    ring: (rings) => {
      for (const ring of rings) waiting.add(textOfRing(ring))
      plan(Math.max(0, lastAt + PAUSE_MS - performance.now()))
    },
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await writing.then(write)
      await watch.close()
      await hearing
      await documents.delete(call, NOTICE_BELL, id).catch(() => undefined)
    },
  }
}
