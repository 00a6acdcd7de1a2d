/**
 * While the history is carried away nothing of it goes because of its age: of what is read in several steps something would be missing that
 * has gone into a summary in between. Who carries it says so in the store, again and again, and who keeps it bounded looks there.
 */

import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

type Documents = Pick<DocumentStore, 'put' | 'list' | 'delete'>

/** Kind of the documents. */
const CARRYING = 'carrying'
const BEAT_MS = 5_000
/** Times of machines are not compared: who is the same after so long has ended without saying so. */
export const GONE_MS = 20_000

export interface Carrying {
  end(): Promise<void>
}

/** Of all Tenants. `call`: in the default one. */
export async function beginCarrying(documents: Documents, call: Call, beatMs = BEAT_MS): Promise<Carrying> {
  const id = randomUUID()
  let beat = 0
  const tell = () => documents.put(call, CARRYING, id, { beat: ++beat })
  await tell()
  let telling: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    // Where the store does not answer what is read of it fails as well.
    telling = telling.then(tell).catch(() => undefined)
  }, beatMs).unref()
  return {
    end: async () => {
      clearInterval(timer)
      await telling
      await documents.delete(call, CARRYING, id)
    },
  }
}

/** Whether anybody says so. */
export async function isSaidToBeCarried(documents: Documents, call: Call): Promise<boolean> {
  return (await documents.list(call, CARRYING)).length > 0
}

/** Whether anybody does; those that do not any more are forgotten, and to know that takes a while. */
export async function isCarried(documents: Documents, call: Call, goneMs: number): Promise<boolean> {
  const before = await documents.list(call, CARRYING)
  if (before.length === 0) return false
  await pause(goneMs, undefined, { signal: call.signal() }).catch(() => undefined)
  if (call.signal().aborted) return true
  const known = new Map(before.map(({ id, document }) => [id, beatOf(document)]))
  const after = await documents.list(call, CARRYING)
  const gone = after.filter(({ id, document }) => known.get(id) === beatOf(document))
  for (const { id } of gone) await documents.delete(call, CARRYING, id)
  return after.length > gone.length
}

function beatOf(document: unknown): unknown {
  return (document as { readonly beat: unknown }).beat
}
