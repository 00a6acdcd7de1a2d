/** Entities by id: those that are asked for in one turn of the event loop are read with one question. */

import { type EntityRow, READ_FIELDS } from './codec.ts'
import type { Queried } from './collections.ts'

/** Ids of one question. */
const MOST = 500

/** Those that are there, in no order. */
export async function readByIds(
  { entities, ask }: Pick<Queried, 'entities' | 'ask'>,
  ids: readonly string[],
): Promise<readonly EntityRow[]> {
  const rows: EntityRow[] = []
  for (let at = 0; at < ids.length; at += MOST) {
    const some = ids.slice(at, at + MOST)
    const [only = ''] = some
    const filter = { _id: some.length === 1 ? only : { $in: some } }
    const found = await ask(() =>
      entities.find<EntityRow>(filter, { projection: READ_FIELDS, limit: some.length, batchSize: MOST + 1 }).toArray(),
    )
    for (const row of found) if (row.body !== undefined) rows.push(row)
  }
  return rows
}

/** Reads an entity's row together with those that others ask for at the moment; undefined where there is none. */
export type ReadById = (id: string) => Promise<EntityRow | undefined>

interface Waiting {
  readonly resolve: (row: EntityRow | undefined) => void
  readonly reject: (error: unknown) => void
}

/** Ids that are read with one question by those who ask for one at a time. */
const TOGETHER = 64

export function createReadById(source: Pick<Queried, 'entities' | 'ask'>): ReadById {
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
