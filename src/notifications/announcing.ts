/** Tells all instances on the store which Subscription is being changed. */

import { createInTurn } from '../duties/in-turn.ts'
import { movedOn, type NamedChanges } from '../duties/named-changes.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { ALL_TENANTS, revisionIdOf, SUBSCRIPTION_REVISION } from '../ports/subscription-documents.ts'

/** Resolves when all that look from then on are told. */
export type Announce = (tenant: string, id: string) => Promise<void>

interface Waiting {
  readonly names: string[]
  readonly written: Promise<void>
}

/**
 * First the document of the Tenant names the Subscription, then that of all the Tenant: so who looks reads one document
 * where nothing has changed, however many Tenants there are.
 */
export function createAnnounce(documents: Pick<DocumentStore, 'change'>, call: Call): Announce {
  const name = inBatches((document, names) =>
    documents.change(call, SUBSCRIPTION_REVISION, document, (current) => ({
      document: movedOn(current as NamedChanges | undefined, names),
      result: undefined,
    })),
  )
  return async (tenant, id) => {
    await name(revisionIdOf(tenant), id)
    await name(ALL_TENANTS, tenant)
  }
}

/** What is to be named while the last names are being written is named together: there is one document for many. */
function inBatches(write: (document: string, names: readonly string[]) => Promise<void>) {
  const waiting = new Map<string, Waiting>()
  const inTurn = createInTurn()
  const wait = (document: string): Waiting => {
    const names: string[] = []
    const written = inTurn.run(document, () => {
      waiting.delete(document)
      return write(document, names)
    })
    const made = { names, written }
    waiting.set(document, made)
    return made
  }
  return (document: string, name: string): Promise<void> => {
    const { names, written } = waiting.get(document) ?? wait(document)
    names.push(name)
    return written
  }
}
