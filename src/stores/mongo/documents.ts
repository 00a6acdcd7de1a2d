/** Small documents by kind and id. */

import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import type { DocumentStore } from '../../ports/store.ts'
import { mapInTurns } from '../common/in-turns.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import { isMade } from './driver-errors.ts'
import type { SmallDocument } from './stored.ts'
import { nextVersion } from './version.ts'

/** What `createDocumentStore` makes: all but `watch`, which asks nothing. */
export type Documents = Omit<DocumentStore, 'watch'>

/** Lets others know of a change of a document. */
export type Around = <T>(tenant: string, kind: string, change: () => Promise<T>) => Promise<T>

export function createDocumentStore(databases: Databases, around: Around): Documents {
  return {
    get: async ({ tenant }, kind, id) => {
      const found = await find(await databases.of(tenant), kind, id)
      return found === undefined ? undefined : decode(found)
    },
    put: async ({ tenant }, kind, id, document) => {
      const database = await databases.of(tenant)
      const next = encode(kind, id, document, undefined)
      // Where somebody else made it at the same moment, it is there now.
      while (!(await around(tenant, kind, () => replace(database, next))));
    },
    change: async ({ tenant }, kind, id, change) => {
      const database = await databases.of(tenant)
      for (;;) {
        const found = await find(database, kind, id)
        const { document, result } = change(found === undefined ? undefined : decode(found))
        if (document === undefined || (document === null && found === undefined)) return result
        const next = document === null ? undefined : encode(kind, id, document, found?.version)
        if (await around(tenant, kind, () => exchange(database, found, next))) return result
      }
    },
    delete: async ({ tenant }, kind, id) => {
      const { ask, documents } = await databases.of(tenant)
      return around(tenant, kind, async () => {
        const { deletedCount } = await ask(() => documents.deleteOne({ _id: keyOf(kind, id) }))
        return deletedCount > 0
      })
    },
    list: async ({ tenant }, kind) => {
      const { ask, documents } = await databases.of(tenant)
      const found = await ask(() => documents.find({ kind }, { sort: { id: 1 } }).toArray())
      return mapInTurns(found, (each) => ({ id: each.id, document: decode(each) }))
    },
    count: async ({ tenant }, kind) => {
      const { ask, documents } = await databases.of(tenant)
      return ask(() => documents.countDocuments({ kind }))
    },
  }
}

/** No kind has a line break in it. */
function keyOf(kind: string, id: string): string {
  return `${kind}\n${id}`
}

async function find({ ask, documents }: Database, kind: string, id: string): Promise<SmallDocument | undefined> {
  return (await ask(() => documents.findOne({ _id: keyOf(kind, id) }))) ?? undefined
}

/** Whether it was done: another may have made one at the same moment. */
async function replace({ ask, documents }: Database, next: SmallDocument): Promise<boolean> {
  const { _id, ...fields } = next
  return ask(() => isMade(documents.replaceOne({ _id }, fields, { upsert: true })))
}

/** Whether what was found was still there. */
async function exchange(
  { ask, documents }: Database,
  found: SmallDocument | undefined,
  next: SmallDocument | undefined,
) {
  if (found === undefined) {
    return next === undefined || ask(() => isMade(documents.insertOne(next)))
  }
  const { _id, version } = found
  if (next === undefined) return (await ask(() => documents.deleteOne({ _id, version }))).deletedCount > 0
  return (await ask(() => documents.replaceOne({ _id, version }, next))).matchedCount > 0
}

function encode(kind: string, id: string, document: unknown, before: string | undefined): SmallDocument {
  const { text, exact } = stringifyJson(document)
  return { _id: keyOf(kind, id), kind, id, body: text, exact, version: nextVersion(before) }
}

function decode({ body, exact }: SmallDocument): unknown {
  return parseStoredJson(body, exact)
}
