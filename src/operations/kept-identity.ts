/** The id of this broker (5.2.40) in its store: the same over restarts and in all processes. `call`: of the default Tenant. */

import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

const KIND = 'identity'
const ID = 'broker'

/** Keeps an id where there is none; returns the one that is kept. */
export function keepIdentity(documents: DocumentStore, call: Call, id: string): Promise<string> {
  return documents.change(call, KIND, ID, (kept) =>
    typeof kept === 'string' ? { result: kept } : { document: id, result: id },
  )
}

/** Undefined where no broker was ever started on the store. */
export async function keptIdentity(documents: DocumentStore, call: Call): Promise<string | undefined> {
  const kept = await documents.get(call, KIND, ID)
  return typeof kept === 'string' ? kept : undefined
}
