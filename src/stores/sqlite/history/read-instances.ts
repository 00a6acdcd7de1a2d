/** Instances of several evolutions together, no more than are wanted. Generators: they yield after each piece of a series. */

import { createCutting } from '../../../core/history/cut.ts'
import { givenOf, restOf } from '../../../core/history/rest.ts'
import type { InstanceSelection, InstancesWanted } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { createFitting, type Most, type TooMuch } from '../../common/fitting.ts'
import { lastOf } from '../../common/last-of.ts'
import type { Queried } from '../database.ts'
import type { Bounds } from './along.ts'
import type { SeriesRow } from './heads.ts'
import { lastInstances } from './last-instances.ts'
import { eachRow } from './pieces.ts'
import { bytesOfRow, type StoredRow } from './rows.ts'
import { type SelectedEvolution, selectedSource } from './selected.ts'
import type { Source } from './sources.ts'

export interface FoundSeries extends SeriesRow {
  /** In the order of time. */
  readonly rows: readonly StoredRow[]
}

export interface FoundInstances {
  /** For each evolution, in their order. */
  readonly found: readonly (readonly FoundSeries[])[]
  readonly cutAt?: Micros
}

/** An Attribute of an evolution: what `lastN` counts by. */
interface AttributeOf {
  readonly evolution: number
  readonly sources: readonly { readonly series: SeriesRow; readonly source: Source }[]
  /** At least one. */
  readonly lastN: number | undefined
}

/** At most `most` of all evolutions together, but for those that share the last time (EvolutionPage.cutAt). It yields after each piece of a series. */
export function* readInstances(
  database: Queried,
  evolutions: readonly SelectedEvolution[],
  selection: InstanceSelection,
  { most, mostBytes = Number.POSITIVE_INFINITY, beyond }: Omit<InstancesWanted, 'kind'>,
): Generator<void, FoundInstances> {
  const attributes = yield* attributesOf(database, evolutions, selection, beyond)
  const backwards = selection.lastN !== undefined
  const all = yield* readUpTo(attributes, { limit: most + 1 }, { most, mostBytes })
  if (isFound(all)) return { found: byEvolution(evolutions.length, all) }
  const { cut, cutAt } = yield* readCut(attributes, backwards, { most, mostBytes }, all)
  if (cutAt === undefined || !isMore(attributes, backwards ? { until: cutAt } : { from: cutAt + 1 }, cut))
    return { found: byEvolution(evolutions.length, cut) }
  const empty = attributes.flatMap((attribute) => emptyOf(attribute, cut))
  return { found: byEvolution(evolutions.length, [...cut, ...empty]), cutAt }
}

interface Cut {
  readonly cut: readonly FoundOf[]
  readonly cutAt: Micros | undefined
}

/** As many as are wanted, or as fit, and all of the time at which it is cut. */
function* readCut(
  attributes: readonly AttributeOf[],
  backwards: boolean,
  most: Most,
  tooMuch: TooMuch,
): Generator<void, Cut> {
  const fitting = createFitting(most, tooMuch)
  for (;;) {
    const cutAt = yield* cutOf(attributes, backwards, fitting.wanted())
    const mostBytes = fitting.bytesAt(cutAt)
    if (mostBytes === undefined) continue
    const bounds = cutAt === undefined ? {} : backwards ? { from: cutAt } : { until: cutAt + 1 }
    const cut = yield* readUpTo(attributes, bounds, { most: Number.POSITIVE_INFINITY, mostBytes })
    if (isFound(cut)) return { cut, cutAt }
    fitting.tooLarge(cut)
  }
}

function* attributesOf(
  database: Queried,
  evolutions: readonly SelectedEvolution[],
  selection: InstanceSelection,
  cutAt: Micros | undefined,
): Generator<void, readonly AttributeOf[]> {
  const { lastN } = selection
  const wanted = cutAt === undefined ? selection : restOf(selection, cutAt)
  const attributes: AttributeOf[] = []
  for (const [evolution, { series, periods }] of evolutions.entries()) {
    for (const some of byAttribute(series)) {
      const before =
        lastN === undefined || cutAt === undefined
          ? 0
          : countOf(database, some, givenOf(selection, cutAt), periods, lastN)
      const left = lastN === undefined ? undefined : lastN - before
      const sources = some.map((each) => ({ series: each, source: selectedSource(database, each, wanted, periods) }))
      if (left === undefined || left > 0) attributes.push({ evolution, sources, lastN: left })
      yield
    }
  }
  return attributes
}

function byAttribute(series: readonly SeriesRow[]): Iterable<readonly SeriesRow[]> {
  const groups = new Map<string, SeriesRow[]>()
  for (const each of series) {
    const group = groups.get(each.attribute)
    if (group === undefined) groups.set(each.attribute, [each])
    else group.push(each)
  }
  return groups.values()
}

/** How many are selected of these series together, up to `most`. */
function countOf(
  database: Queried,
  series: readonly SeriesRow[],
  selection: InstanceSelection,
  periods: SelectedEvolution['periods'],
  most: number,
): number {
  let count = 0
  for (const each of series) {
    count += selectedSource(database, each, selection, periods).times({ limit: most - count }).length
    if (count === most) break
  }
  return count
}

interface FoundOf {
  readonly evolution: number
  readonly series: readonly FoundSeries[]
}

/** It is broken off where there are more, or where they are too large. */
function* readUpTo(
  attributes: readonly AttributeOf[],
  bounds: Bounds,
  { most, mostBytes }: Most,
): Generator<void, readonly FoundOf[] | TooMuch> {
  const found: FoundOf[] = []
  const read = { count: 0, bytes: 0 }
  for (const attribute of attributes) {
    const series = yield* readAttribute(attribute, bounds, read, mostBytes)
    if (read.bytes > mostBytes || read.count > most) return read
    if (series.length > 0) found.push({ evolution: attribute.evolution, series })
    yield
  }
  return found
}

function isFound(read: readonly FoundOf[] | TooMuch): read is readonly FoundOf[] {
  return Array.isArray(read)
}

/** What is read is added to `read`; nothing more is read where that is too large. */
function* readAttribute(
  { sources, lastN }: AttributeOf,
  bounds: Bounds,
  read: { count: number; bytes: number },
  mostBytes: number,
): Generator<void, readonly FoundSeries[]> {
  const backwards = lastN !== undefined
  const limit = Math.min(lastN ?? Number.POSITIVE_INFINITY, bounds.limit ?? Number.POSITIVE_INFINITY)
  const last = backwards ? yield* lastInstances(sources, limit, 'unread') : undefined
  const found: FoundSeries[] = []
  for (const [i, { series, source }] of sources.entries()) {
    const asked = { ...bounds, limit: last?.[i]?.count ?? limit, backwards }
    const rows: StoredRow[] = []
    const take = (row: StoredRow): void => {
      rows.push(row)
      read.count += 1
      read.bytes += bytesOfRow(row)
    }
    for (const _ of eachRow(source, asked, take)) {
      if (read.bytes > mostBytes) return found
      yield
    }
    if (rows.length > 0) found.push({ ...series, rows: backwards ? rows.reverse() : rows })
  }
  return found
}

function* cutOf(
  attributes: readonly AttributeOf[],
  backwards: boolean,
  most: number,
): Generator<void, Micros | undefined> {
  const cutting = createCutting(most, backwards)
  for (const { sources, lastN } of attributes) {
    const bound = cutting.bound()
    if (lastN === undefined) {
      for (const { source } of sources) {
        cutting.add(source.times({ limit: most + 1, ...(bound !== undefined && { until: bound + 1 }) }))
      }
    } else {
      const limit = Math.min(lastN, most + 1)
      const lists = sources.map(({ source }) => source.times({ limit, backwards: true, from: bound }))
      const last = lastOf(lists, lastN)
      for (const [i, list] of lists.entries()) cutting.add(list.slice(0, last[i]))
    }
    yield
  }
  return cutting.cutAt()
}

function isMore(attributes: readonly AttributeOf[], beyond: Bounds, cut: readonly FoundOf[]): boolean {
  return attributes.some((attribute) => isMoreOf(attribute, beyond, cut))
}

/** Whether anything is left of an Attribute: where many share one time, a part may have all there is. */
function isMoreOf({ evolution, sources, lastN }: AttributeOf, beyond: Bounds, cut: readonly FoundOf[]): boolean {
  const given = shownOf(evolution, sources, cut).reduce((sum, { rows }) => sum + rows.length, 0)
  if (lastN !== undefined && given >= lastN) return false
  return sources.some(({ source }) => source.times({ ...beyond, limit: 1 }).length > 0)
}

/** An Attribute of which all lies beyond the cut is shown as an empty one. */
function emptyOf({ evolution, sources }: AttributeOf, cut: readonly FoundOf[]): readonly FoundOf[] {
  const [first] = sources
  const isShown = shownOf(evolution, sources, cut).length > 0
  if (first === undefined || isShown || !sources.some(({ source }) => source.isAny())) return []
  return [{ evolution, series: [{ ...first.series, rows: [] }] }]
}

/** What the part has of an Attribute. */
function shownOf(evolution: number, [first]: AttributeOf['sources'], cut: readonly FoundOf[]): readonly FoundSeries[] {
  return cut
    .filter((found) => found.evolution === evolution)
    .flatMap(({ series }) => series.filter(({ attribute }) => attribute === first?.series.attribute))
}

function byEvolution(count: number, found: readonly FoundOf[]): readonly (readonly FoundSeries[])[] {
  const all: FoundSeries[][] = Array.from({ length: count }, () => [])
  for (const { evolution, series } of found) all[evolution]?.push(...series)
  return all
}
