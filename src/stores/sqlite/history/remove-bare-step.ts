/** A step of removing evolutions that have nothing. */

import type { Horizons } from '../../../core/history/retention.ts'
import type { Instant } from '../../../core/model/entity.ts'
import type { Retained } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import type { Step } from '../write-queue.ts'
import { deleteEvolution } from './delete-rows.ts'

/** Before the number of an evolution. */
export const BARE = 'e'
/** Evolutions that are looked at in one step. */
const EVOLUTIONS = 2_000

interface BareEvolution {
  readonly hid: number
  readonly id: string
  readonly types: string
  readonly last: Instant
  readonly isBare: number
}

const BARE_FROM = `SELECT e.hid, e.id, e.types, max(e.created_at, coalesce(e.deleted_at, 0)) AS last,
    NOT EXISTS (SELECT 1 FROM series s WHERE s.hid = e.hid) AS isBare
  FROM evolution e WHERE e.hid >= ? ORDER BY e.hid LIMIT ${EVOLUTIONS + 1}`

/** Those of entities that are gone, of which there never was anything, or nothing is left. */
export function removeBareStep(
  database: Database,
  horizonsOf: (types: readonly string[]) => Horizons | undefined,
  limit: number,
  from: number,
): Step<Retained> {
  return () => {
    const all = database.sql(BARE_FROM).all(from) as readonly BareEvolution[]
    let removed = 0
    for (const { hid, id, types, last, isBare } of all.slice(0, EVOLUTIONS)) {
      if (isBare === 0) continue
      if (removed >= limit) return { ok: true, value: { ...NOTHING, next: `${BARE}${hid}` } }
      const horizons = horizonsOf(JSON.parse(types))
      if (horizons === undefined || last * 1_000 >= horizons.rawBefore || isEntity(database, id)) continue
      deleteEvolution(database, id)
      removed++
    }
    const next = all[EVOLUTIONS]?.hid
    return { ok: true, value: { ...NOTHING, ...(next !== undefined && { next: `${BARE}${next}` }) } }
  }
}

/** Instances. */
const NOTHING = { removed: 0, summarized: 0 } as const

export function isEntity({ sql }: Database, id: string): boolean {
  return sql('SELECT 1 FROM entity WHERE id = ?').get(id) !== undefined
}
