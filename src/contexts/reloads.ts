/**
 * When the operator's files are read again: an instance has them in its memory, so what one was told to read again, the
 * others on the same store read again as well.
 */

import { randomUUID } from 'node:crypto'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import type { StoredContexts } from './context-records.ts'
import type { FixedContexts } from './fixed-contexts.ts'

export interface Reloads {
  /** Tells the others that a file has been read again here. */
  announce(localId: string): Promise<void>
  /** Reads again what others have; one that is damaged or gone now stays as it is here. */
  follow(fixed: FixedContexts): Promise<void>
}

const KIND = 'fixedContextReload'

/** To be made before the files are read. `call` is of the default Tenant. */
export async function createReloads(documents: DocumentStore, stored: StoredContexts, call: Call): Promise<Reloads> {
  const known = new Map<string, unknown>()
  const missed = async (): Promise<readonly string[]> => {
    const reloads = (await documents.list(call, KIND)).filter(({ id, document }) => known.get(id) !== document)
    for (const { id, document } of reloads) known.set(id, document)
    return reloads.map(({ id }) => id)
  }
  await missed()
  return {
    announce: async (localId) => {
      const reload = randomUUID()
      known.set(localId, reload)
      await documents.put(call, KIND, localId, reload)
      await stored.moveOn(call)
    },
    follow: async (fixed) => {
      for (const localId of await missed()) await reloadHere(fixed, localId, call)
    },
  }
}

async function reloadHere(fixed: FixedContexts, localId: string, call: Call): Promise<void> {
  const context = fixed.find(localId)
  if (context === undefined) return
  await fixed.reload(context).catch((error: unknown) => {
    call.log.warn({ url: context.url, error }, 'a file that another process has read again cannot be read here')
  })
}
