/**
 * Who is alive, as it stands in the store: one document that each instance writes its beat into. Who joins, leaves or is
 * taken for dead moves its version on; each says of which version it has drawn the consequences.
 */

import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

export interface Member {
  /** For people. */
  readonly instance: string
  readonly beat: number
  /** The version that it acts by; what it may have done by earlier ones it does no more. */
  readonly seen: number
}

export interface Members {
  readonly version: number
  readonly members: Readonly<Record<string, Member>>
}

export interface MembersDocument {
  read(): Promise<Members>
  /** Writes one's own beat, joining where one is not there, and takes out who is `gone`, unless it has beaten again. */
  beat(id: string, own: Member, gone: ReadonlyMap<string, number>): Promise<Members>
  leave(id: string): Promise<void>
}

/** Kind of the document. */
export const MEMBERS = 'members'
const ID = 'notifications'
const NONE: Members = { version: 0, members: {} }

export function createMembersDocument(documents: Pick<DocumentStore, 'get' | 'change'>, call: Call): MembersDocument {
  const change = (next: (current: Members) => Members): Promise<Members> =>
    documents.change(call, MEMBERS, ID, (current) => {
      const document = next((current as Members | undefined) ?? NONE)
      return { document, result: document }
    })
  return {
    read: async () => ((await documents.get(call, MEMBERS, ID)) as Members | undefined) ?? NONE,
    beat: (id, own, gone) => change((current) => beaten(current, id, own, gone)),
    leave: async (id) => {
      await change((current) => without(current, new Set([id])))
    },
  }
}

function beaten(current: Members, id: string, own: Member, gone: ReadonlyMap<string, number>): Members {
  const dead = [...gone].filter(([other, beat]) => current.members[other]?.beat === beat).map(([other]) => other)
  const left = without(current, new Set(dead))
  const isNew = left.members[id] === undefined
  // Who is new has done nothing yet that others would have to wait for.
  const version = isNew ? left.version + 1 : left.version
  return { version, members: { ...left.members, [id]: isNew ? { ...own, seen: version } : own } }
}

function without({ version, members }: Members, ids: ReadonlySet<string>): Members {
  const left = Object.entries(members).filter(([id]) => !ids.has(id))
  const isLess = left.length < Object.keys(members).length
  return { version: isLess ? version + 1 : version, members: Object.fromEntries(left) }
}
