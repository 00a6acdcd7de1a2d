/** Tells all instances on the store which Subscription is being changed. */

import { movedOn, type NamedChanges } from '../duties/named-changes.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { revisionIdOf, SUBSCRIPTION_REVISION } from '../ports/subscription-documents.ts'

/** Resolves when all that look from then on are told. */
export type Announce = (tenant: string, id: string) => Promise<void>

interface Waiting {
  readonly ids: string[]
  readonly told: Promise<void>
}

/** What is announced while the last announcement is being written is the next one: there is one document for all. */
export function createAnnounce(documents: Pick<DocumentStore, 'change'>, call: Call): Announce {
  const waiting = new Map<string, Waiting>()
  const underWay = new Map<string, Promise<unknown>>()

  const write = async (tenant: string, ids: readonly string[]): Promise<void> => {
    waiting.delete(tenant)
    await documents.change(call, SUBSCRIPTION_REVISION, revisionIdOf(tenant), (current) => ({
      document: movedOn(current as NamedChanges | undefined, ids),
      result: undefined,
    }))
  }
  const wait = (tenant: string): Waiting => {
    const ids: string[] = []
    const told = (underWay.get(tenant) ?? Promise.resolve()).then(() => write(tenant, ids))
    const ended = told
      .catch(() => undefined)
      .then(() => {
        if (underWay.get(tenant) === ended) underWay.delete(tenant)
      })
    underWay.set(tenant, ended)
    const made = { ids, told }
    waiting.set(tenant, made)
    return made
  }
  return (tenant, id) => {
    const { ids, told } = waiting.get(tenant) ?? wait(tenant)
    ids.push(id)
    return told
  }
}
