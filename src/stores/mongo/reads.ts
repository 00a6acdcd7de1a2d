/** Entities by id: those that are asked for in one turn of the event loop are read with one question. */

import { pageTooLarge } from '../../core/model/problems.ts'
import { batchesOf } from './batches.ts'
import { type EntityRow, READ_FIELDS } from './codec.ts'
import type { Queried } from './collections.ts'

type Source = Pick<Queried, 'entities' | 'ask'>

/** Ids of one question. */
const MOST = 500

/**
 * Those that are there, in no order. Throws TooManyResults where they have more than `maxBytes` together, before more of
 * them is read.
 */
export async function readByIds(
  source: Source,
  ids: readonly string[],
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<readonly EntityRow[]> {
  const rows: EntityRow[] = []
  let bytes = 0
  for await (const some of batchesById(source, ids)) {
    for (const row of some) bytes += Buffer.byteLength(row.body ?? '')
    if (bytes > maxBytes) throw pageTooLarge(maxBytes)
    rows.push(...some)
  }
  return rows
}

/** The same as they arrive. */
export async function* batchesById(source: Source, ids: readonly string[]): AsyncGenerator<readonly EntityRow[]> {
  for (let at = 0; at < ids.length; at += MOST) {
    const found = rowsById<EntityRow>(source, ids.slice(at, at + MOST), READ_FIELDS)
    for await (const rows of found) yield rows.filter(({ body }) => body !== undefined)
  }
}

/** What stands at these ids, of what has been entities as well, in batches as they arrive. */
export async function* rowsById<R extends EntityRow>(
  { entities, ask }: Source,
  ids: readonly string[],
  projection: object,
): AsyncGenerator<readonly R[]> {
  const filter = { _id: ids.length === 1 ? (ids[0] ?? '') : { $in: [...ids] } }
  const options = { projection, limit: ids.length, batchSize: ids.length + 1 }
  yield* batchesOf({ ask }, entities.find<R>(filter, options))
}

/** Reads an entity's row together with those that others ask for at the moment; undefined where there is none. */
export type ReadById = (id: string) => Promise<EntityRow | undefined>

interface Waiting {
  readonly resolve: (row: EntityRow | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Ids that are read with one question by those who ask for one at a time. */
const TOGETHER = 64

export function createReadById(source: Source): ReadById {
  let waiting = new Map<string, Waiting[]>()

  const read = async (asked: ReadonlyMap<string, readonly Waiting[]>): Promise<void> => {
    try {
      const rows = new Map((await readByIds(source, [...asked.keys()])).map((row) => [row._id, row]))
      for (const [id, all] of asked) for (const { resolve } of all) resolve(rows.get(id))
    } catch (error) {
      for (const all of asked.values()) for (const { reject } of all) reject(error)
    }
  }
  const send = (): void => {
    const asked = waiting
    waiting = new Map()
    if (asked.size > 0) void read(asked)
  }
  return (id) =>
    new Promise((resolve, reject) => {
      if (waiting.size === 0) setImmediate(send)
      const all = waiting.get(id) ?? []
      all.push({ resolve, reject })
      waiting.set(id, all)
      if (waiting.size === TOGETHER) send()
    })
}
