/** Which instances are the last of their Attribute, of all its datasets together (5.7.3.4). Generators: they yield after each piece. */

import type { Micros } from '../../../core/history/time-property.ts'
import type { SeriesRow } from './heads.ts'
import { inPieces } from './pieces.ts'
import type { Source } from './sources.ts'

interface SourceOfSeries {
  readonly series: Pick<SeriesRow, 'attribute'>
  readonly source: Pick<Source, 'times'>
}

/** Of a series: how many of its last are among the last of its Attribute, and the time of the first of these. */
export interface Last {
  readonly count: number
  readonly first?: Micros
}

/** Of a piece. */
const TIMES = 2_000

/** Of each series, of `n` together. `alone`: of a series that has no other beside it all its last are, and it is not read. */
export function* lastInstances(
  all: readonly SourceOfSeries[],
  n: number,
  alone: 'read' | 'unread',
  size = TIMES,
): Generator<void, readonly Last[]> {
  const byAttribute = new Map<string, number[]>()
  for (const [i, { series }] of all.entries()) {
    const group = byAttribute.get(series.attribute)
    if (group === undefined) byAttribute.set(series.attribute, [i])
    else group.push(i)
  }
  const found: Last[] = all.map(() => ({ count: n }))
  for (const group of byAttribute.values()) {
    if (group.length === 1 && alone === 'unread') continue
    const merged = group.flatMap((i) => all[i] ?? []).map(({ source }) => createBackwards(source, n, size))
    yield* takeLast(merged, n)
    for (const [at, { taken, first }] of merged.entries())
      found[group[at] ?? 0] = { count: taken, ...(first !== undefined && { first }) }
  }
  return found
}

/** A series that is gone back in. */
interface Backwards {
  readonly times: Generator<Micros | 'piece', void>
  /** The time of the next; undefined where there is none. */
  next: Micros | undefined
  taken: number
  /** The time of the last that was taken. */
  first: Micros | undefined
}

function createBackwards(source: Pick<Source, 'times'>, n: number, size: number): Backwards {
  return { times: timesBackwards(source, n, size), next: undefined, taken: 0, first: undefined }
}

/** The latest first; tells when a piece has been read. */
function* timesBackwards(
  source: Pick<Source, 'times'>,
  limit: number,
  size: number,
): Generator<Micros | 'piece', void> {
  let piece: Micros[] = []
  const read = (bounds: Parameters<Source['times']>[0], most: number) => {
    const asked = Math.min(bounds.limit ?? most, most)
    const times = source.times({ ...bounds, limit: asked })
    return { times, items: times, isAll: times.length < asked }
  }
  for (const _ of inPieces(read, { limit, backwards: true }, size, (time) => piece.push(time))) {
    yield* piece
    piece = []
    yield 'piece'
  }
  yield* piece
}

/** Always the latest that is left of all. */
function* takeLast(all: readonly Backwards[], n: number): Generator<void, void> {
  for (const each of all) yield* goOn(each)
  for (let left = n; left > 0; left--) {
    const latest = latestOf(all)
    if (latest === undefined) return
    latest.first = latest.next
    latest.taken++
    yield* goOn(latest)
  }
}

/** Of equal ones the first. */
function latestOf(all: readonly Backwards[]): Backwards | undefined {
  let latest: Backwards | undefined
  for (const each of all) {
    if (each.next !== undefined && (latest?.next === undefined || each.next > latest.next)) latest = each
  }
  return latest
}

function* goOn(each: Backwards): Generator<void, void> {
  let { value } = each.times.next()
  for (; value === 'piece'; value = each.times.next().value) yield
  each.next = value ?? undefined
}
