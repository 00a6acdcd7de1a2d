/** Evolutions and their series by number, as they are written: what is known of them is remembered, for every write asks. */

import { LRUCache } from 'lru-cache'
import { hasRoom } from '../../../core/history/series.ts'
import type { Instant } from '../../../core/model/entity.ts'
import type { Names } from '../names.ts'
import type { Statements } from '../statements.ts'
import type { RecentAnswers } from './recent-answers.ts'

/** An evolution as far as writing it needs to know it. */
export interface Evolution {
  readonly hid: number
  /** IRIs. */
  readonly types: readonly string[]
  readonly deletedAt: Instant | null
}

/** A series: the instances of one Attribute and dataset of one entity. */
export interface Series {
  readonly sid: number
  /** A number that no instance of this millisecond has had from here yet. */
  readonly next: { createdAt: Instant; n: number }
  /** Whether it is known that an instance of it was observed. */
  isTimed: boolean
}

export interface Evolutions {
  find(id: string): Evolution | undefined
  /** Within a transaction, before anything of it is written. Makes it, or adds the types that it does not have; `deletedAt`: when its entity was deleted, null where it is there. */
  put(id: string, types: readonly string[], deletedAt: Instant | null, now: Instant): Evolution
  /** Within a transaction; made where it is missing, undefined where there is no room for it. `dataset`: '' for the default instance. */
  series(hid: number, attribute: string, dataset: string): Series | undefined
  /** As `series`, where it comes from another store: however many there are. */
  carriedSeries(hid: number, attribute: string, dataset: string): Series
  hasSeries(hid: number, attribute: string, dataset: string): boolean
  countOfSeries(hid: number): number
  /** Within a transaction: instances of it, or its series, become others than `put` is told of. */
  changed(id: string): void
  /** Within a transaction: its row is deleted, or becomes another. */
  forgetEvolution(id: string): void
  /** Within a transaction: its row is deleted, its evolution stays. */
  forgetSeries(hid: number, attribute: string, dataset: string): void
  /** What is known may not be so: the transaction was rolled back, or others have written. */
  forget(): void
}

/** Of each. */
const REMEMBERED = 20_000

const FIND = 'SELECT hid, types, deleted_at AS deletedAt FROM evolution WHERE id = ?'
const INSERT = 'INSERT INTO evolution (id, types, created_at, deleted_at) VALUES (?, ?, ?, ?)'
const UPDATE = 'UPDATE evolution SET types = ?, deleted_at = ? WHERE hid = ?'
const ADD_TYPE = 'INSERT OR IGNORE INTO evolution_type (type, hid) VALUES (?, ?)'
const FIND_SERIES = 'SELECT sid, timed FROM series WHERE hid = ? AND attribute = ? AND dataset = ?'
const COUNT_SERIES = 'SELECT count(*) AS count FROM series WHERE hid = ?'
const INSERT_SERIES = 'INSERT INTO series (hid, attribute, dataset, timed) VALUES (?, ?, ?, 0)'

/** Of one database. It remembers some twenty thousand of each. */
export function createEvolutions(sql: Statements, names: Names, answers: RecentAnswers): Evolutions {
  const evolutions = new LRUCache<string, Evolution>({ max: REMEMBERED })
  const series = new LRUCache<string, Series>({ max: REMEMBERED })
  const counts = new LRUCache<number, number>({ max: REMEMBERED })

  const find = (id: string): Evolution | undefined => {
    const known = evolutions.get(id)
    if (known !== undefined) return known
    const row: (Omit<Evolution, 'types'> & { types: string }) | undefined = sql(FIND).get(id)
    if (row === undefined) return undefined
    const found = { ...row, types: JSON.parse(row.types) as readonly string[] }
    evolutions.set(id, found)
    return found
  }
  const addTypes = (hid: number, types: readonly string[]): void => {
    for (const type of types) sql(ADD_TYPE).run(names.give(type), hid)
  }
  const make = (id: string, types: readonly string[], deletedAt: Instant | null, now: Instant): Evolution => {
    const { lastInsertRowid } = sql(INSERT).run(id, JSON.stringify(types), now, deletedAt)
    const made = { hid: Number(lastInsertRowid), types, deletedAt }
    addTypes(made.hid, types)
    counts.set(made.hid, 0)
    evolutions.set(id, made)
    return made
  }
  const findSeries = (hid: number, attribute: string, dataset: string): Series | undefined => {
    const nid = names.give(attribute)
    const key = keyOf(hid, nid, dataset)
    const known = series.get(key)
    if (known !== undefined) return known
    const row: { sid: number; timed: number } | undefined = sql(FIND_SERIES).get(hid, nid, dataset)
    return row && remember(key, row.sid, row.timed === 1)
  }
  const remember = (key: string, sid: number, isTimed: boolean): Series => {
    const found = { sid, next: { createdAt: Number.NaN, n: 0 }, isTimed }
    series.set(key, found)
    return found
  }
  const makeSeries = (hid: number, attribute: string, dataset: string): Series => {
    const nid = names.give(attribute)
    const count = countOfSeries(hid)
    const { lastInsertRowid } = sql(INSERT_SERIES).run(hid, nid, dataset)
    counts.set(hid, count + 1)
    return remember(keyOf(hid, nid, dataset), Number(lastInsertRowid), false)
  }
  const countOfSeries = (hid: number): number => {
    const known = counts.get(hid)
    if (known !== undefined) return known
    const { count } = sql(COUNT_SERIES).get(hid) as { count: number }
    counts.set(hid, count)
    return count
  }
  return {
    find,
    put: (id, types, deletedAt, now) => {
      answers.delete(id)
      const found = find(id)
      if (found === undefined) return make(id, types, deletedAt, now)
      const added = types.filter((type) => !found.types.includes(type))
      if (added.length === 0 && found.deletedAt === deletedAt) return found
      const changed = { ...found, types: [...found.types, ...added], deletedAt }
      sql(UPDATE).run(JSON.stringify(changed.types), deletedAt, changed.hid)
      addTypes(changed.hid, added)
      evolutions.set(id, changed)
      return changed
    },
    series: (hid, attribute, dataset) => {
      const found = findSeries(hid, attribute, dataset)
      if (found !== undefined || !hasRoom(countOfSeries(hid), attribute, dataset)) return found
      return makeSeries(hid, attribute, dataset)
    },
    carriedSeries: (hid, attribute, dataset) =>
      findSeries(hid, attribute, dataset) ?? makeSeries(hid, attribute, dataset),
    hasSeries: (hid, attribute, dataset) =>
      names.find(attribute) !== undefined && findSeries(hid, attribute, dataset) !== undefined,
    countOfSeries,
    changed: (id) => answers.delete(id),
    // Numbers are never given again: nobody asks for its series any more.
    forgetEvolution: (id) => {
      answers.delete(id)
      evolutions.delete(id)
    },
    forgetSeries: (hid, attribute, dataset) => {
      series.delete(keyOf(hid, names.give(attribute), dataset))
      counts.delete(hid)
    },
    forget: () => {
      answers.clear()
      evolutions.clear()
      series.clear()
      counts.clear()
    },
  }
}

/** `nid`: number of the Attribute. */
function keyOf(hid: number, nid: number, dataset: string): string {
  return `${hid} ${nid} ${dataset}`
}
