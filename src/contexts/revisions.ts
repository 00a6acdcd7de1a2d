/** By what instances on one store tell one another what they have replaced or deleted: a text that is another each time. */

import { randomUUID } from 'node:crypto'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

export const REVISION = 'contextRevision'
/** The one of all @contexts that are in the store. Others are named by the local identifier of a file. */
export const STORED = 'stored'

export interface Revisions {
  /** Tells the others. */
  moveOn(id: string): Promise<void>
  /** Calls `onMoved` for each that another instance has moved on since this was last known. */
  look(): Promise<void>
}

/** `call`: of the default Tenant. What others did before is not told: nothing that is older is in memory. */
export async function openRevisions(
  documents: Pick<DocumentStore, 'list' | 'change'>,
  call: Call,
  onMoved: (id: string) => Promise<void> | void,
): Promise<Revisions> {
  const instance = randomUUID()
  /** The last ones of other instances. */
  const seen = new Map<string, unknown>()
  for (const { id, document } of await documents.list(call, REVISION)) seen.set(id, document)

  const see = async (id: string, revision: unknown): Promise<void> => {
    const isOwn = String(revision).startsWith(instance)
    if (revision === undefined || isOwn || seen.get(id) === revision) return
    seen.set(id, revision)
    await onMoved(id)
  }
  return {
    moveOn: async (id) => {
      const next = `${instance} ${randomUUID()}`
      const before = await documents.change(call, REVISION, id, (current) => ({ document: next, result: current }))
      // Another instance's, which nobody can look at any more.
      await see(id, before)
    },
    look: async () => {
      for (const { id, document } of await documents.list(call, REVISION)) await see(id, document)
    },
  }
}
