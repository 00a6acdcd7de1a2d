/** The lease as it stands in the store: a document that changes only as what it was when it was looked at. */

import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

/** Times of different machines are not compared, so there is none in it. */
export interface Held {
  /** For people. */
  readonly instance: string
  /** Another one each time that an instance gets the lease. */
  readonly holder: string
  /** Another one with each renewal. */
  readonly beat: number
}

export interface LeaseDocument {
  read(): Promise<Held | undefined>
  /** Returns whether nothing had changed since it was `seen`, so that it is `held` now. */
  take(held: Held, seen: Held | undefined): Promise<boolean>
  /** Returns whether it was still the holder's. */
  renew(held: Held): Promise<boolean>
  /** Where it is still the holder's. */
  give(holder: string): Promise<void>
}

/** Kind of the document. */
export const LEASE = 'lease'
const ID = 'duties'

export function createLeaseDocument(documents: Pick<DocumentStore, 'get' | 'change'>, call: Call): LeaseDocument {
  const write = (document: Held | null, mayWrite: (current: Held | undefined) => boolean): Promise<boolean> =>
    documents.change(call, LEASE, ID, (current) =>
      mayWrite(current as Held | undefined) ? { document, result: true } : { result: false },
    )
  return {
    read: async () => (await documents.get(call, LEASE, ID)) as Held | undefined,
    take: (held, seen) => write(held, (current) => isSameBeat(current, seen)),
    renew: (held) => write(held, (current) => current?.holder === held.holder),
    give: async (holder) => {
      await write(null, (current) => current?.holder === holder)
    },
  }
}

export function isSameBeat(one: Held | undefined, other: Held | undefined): boolean {
  return one?.holder === other?.holder && one?.beat === other?.beat
}
