/**
 * Numbers by which instances see that documents of the default Tenant have changed, a number for each kind. One that is
 * going to change a document says so before, and that it has afterwards: who ends in between leaves his mark, and others
 * look again as long as it is there, because they cannot know whether the change was made.
 */

import { randomBytes } from 'node:crypto'
import type { Collection, UpdateFilter } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Connection } from './connection.ts'
import type { RevisionsDocument } from './stored.ts'

export const REVISIONS = 'revisions'

/** What is known of the kinds at a moment: it is compared, and not looked into. */
export type Revision = ReadonlyMap<string, string>

export interface Revisions {
  /** Lets others know of a change of a document of the kind. */
  around<T>(kind: string, change: () => Promise<T>): Promise<T>
  read(): Promise<Revision>
}

/** Milliseconds after which nobody who made a mark can be changing something any more. */
const MARK_MS = 10_000

export function createRevisions(documents: Collection<RevisionsDocument>, ask: Connection['ask'], log: Log): Revisions {
  /** When marks were first seen here: no times of other machines are compared. */
  const seen = new Map<string, number>()
  let reading = 0

  const update = (change: UpdateFilter<RevisionsDocument>) => ask(() => documents.updateOne({ _id: REVISIONS }, change))
  const forget = (mark: string): Promise<unknown> => update({ $unset: { [`open.${mark}`]: '' } })
  const standing = ({ open = {} }: RevisionsDocument): ReadonlySet<string> => {
    const now = performance.now()
    const kinds = new Set<string>()
    for (const mark of seen.keys()) if (!(mark in open)) seen.delete(mark)
    for (const [mark, kind] of Object.entries(open)) {
      const since = seen.get(mark) ?? now
      seen.set(mark, since)
      kinds.add(kind)
      if (now - since > MARK_MS) forget(mark).catch(() => seen.set(mark, now))
    }
    return kinds
  }
  return {
    around: async (kind, change) => {
      const mark = randomBytes(6).toString('hex')
      await update({ $set: { [`open.${mark}`]: kind }, $inc: { [`kinds.${kind}`]: 1 } })
      try {
        return await change()
      } finally {
        await update({ $unset: { [`open.${mark}`]: '' }, $inc: { [`kinds.${kind}`]: 1 } }).catch((error: unknown) => {
          log.debug({ error }, 'others look again for a while, because they could not be told that a change is done')
        })
      }
    },
    read: async () => {
      const found = (await ask(() => documents.findOne({ _id: REVISIONS }))) ?? { _id: REVISIONS }
      const open = standing(found)
      const kinds = Object.entries(found.kinds ?? {})
      // Where a mark stands it is another revision each time.
      return new Map(kinds.map(([kind, n]) => [kind, open.has(kind) ? `${n} ${++reading}` : String(n)]))
    },
  }
}
