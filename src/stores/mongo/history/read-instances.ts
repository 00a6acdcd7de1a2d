/** Instances of several evolutions together, no more than are wanted. */

import { createCutting } from '../../../core/history/cut.ts'
import type { PastInstance, PastInstances } from '../../../core/history/past-instance.ts'
import { givenOf, restOf } from '../../../core/history/rest.ts'
import type { InstanceSelection, InstancesWanted } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { createFitting, type Most, type TooMuch } from '../../common/fitting.ts'
import { lastOf } from '../../common/last-of.ts'
import { pastInstance } from './codec.ts'
import { type SelectedEvolution, selectedEvolution } from './selected.ts'
import type { Asking, Bounds, Reading, Source } from './sources.ts'

export interface FoundInstances {
  /** For each evolution, in their order. */
  readonly found: readonly PastInstances[]
  readonly cutAt?: Micros
}

/** An Attribute of an evolution: what `lastN` counts by. */
interface AttributeOf {
  readonly evolution: number
  readonly name: string
  readonly sources: readonly Source[]
  /** At least one. */
  readonly lastN: number | undefined
}

/** At most `most` of all evolutions together, but for those that share the last time (EvolutionPage.cutAt). */
export async function readInstances(
  database: Asking,
  evolutions: readonly SelectedEvolution[],
  selection: InstanceSelection,
  { most, mostBytes = Number.POSITIVE_INFINITY, beyond }: Omit<InstancesWanted, 'kind'>,
): Promise<FoundInstances> {
  const attributes =
    beyond === undefined
      ? attributesOf(evolutions, selection)
      : await restOfAttributes(database, evolutions, selection, beyond)
  const backwards = selection.lastN !== undefined
  const all = await readUpTo(attributes, { limit: most + 1 }, { most, mostBytes })
  if (isFound(all)) return { found: byEvolution(evolutions.length, attributes, all) }
  const { cut, cutAt } = await readCut(attributes, backwards, { most, mostBytes }, all)
  if (cutAt === undefined) return { found: byEvolution(evolutions.length, attributes, cut) }
  const beyondCut = backwards ? { until: cutAt } : { from: cutAt + 1 }
  const isMore = await Promise.all(attributes.map((each, i) => isMoreOf(each, beyondCut, (cut[i] ?? []).length)))
  if (!isMore.includes(true)) return { found: byEvolution(evolutions.length, attributes, cut) }
  const empty = await Promise.all(
    attributes.map(async ({ sources }, i) => {
      if ((cut[i] ?? []).length > 0) return false
      return (await Promise.all(sources.map((source) => source.isAny()))).includes(true)
    }),
  )
  const found = byEvolution(evolutions.length, attributes, cut, empty)
  return { found, cutAt }
}

/** Of each Attribute its instances, in the order of time. */
type Found = readonly (readonly PastInstance[])[]

/** As many as are wanted, or as fit, and all of the time at which it is cut. */
async function readCut(
  attributes: readonly AttributeOf[],
  backwards: boolean,
  most: Most,
  tooMuch: TooMuch,
): Promise<{ readonly cut: Found; readonly cutAt: Micros | undefined }> {
  const fitting = createFitting(most, tooMuch)
  for (;;) {
    const cutAt = await cutOf(attributes, backwards, fitting.wanted())
    const mostBytes = fitting.bytesAt(cutAt)
    if (mostBytes === undefined) continue
    const bounds = cutAt === undefined ? {} : backwards ? { from: cutAt } : { until: cutAt + 1 }
    const cut = await readUpTo(attributes, bounds, { most: Number.POSITIVE_INFINITY, mostBytes })
    if (isFound(cut)) return { cut, cutAt }
    fitting.tooLarge(cut)
  }
}

function attributesOf(evolutions: readonly SelectedEvolution[], { lastN }: InstanceSelection): readonly AttributeOf[] {
  return evolutions.flatMap(({ sources }, evolution) => {
    const grouped = new Map<string, Source[]>()
    for (const source of sources) grouped.set(source.series.a, [...(grouped.get(source.series.a) ?? []), source])
    return [...grouped].map(([name, all]) => ({ evolution, name, sources: all, lastN }))
  })
}

/** What lies beyond a cut; of the last N what is left of them. */
async function restOfAttributes(
  database: Asking,
  evolutions: readonly SelectedEvolution[],
  selection: InstanceSelection,
  cutAt: Micros,
): Promise<readonly AttributeOf[]> {
  const within = (wanted: InstanceSelection) =>
    evolutions.map(({ head, periods }) => selectedEvolution(database, head, wanted, periods))
  const { lastN } = selection
  const rest = attributesOf(within(restOf(selection, cutAt)), selection)
  if (lastN === undefined) return rest
  const before = attributesOf(within(givenOf(selection, cutAt)), selection)
  const counts = await Promise.all(before.map(({ sources }) => countOf(sources, lastN)))
  return rest.map((each, i) => ({ ...each, lastN: lastN - (counts[i] ?? 0) })).filter((each) => each.lastN > 0)
}

/** How many are selected of these together, up to `most`. */
async function countOf(sources: readonly Source[], most: number): Promise<number> {
  let count = 0
  for (const source of sources) {
    if (count < most) count += (await source.times({ limit: most - count })).length
  }
  return count
}

/** Questions that are asked at once. */
const TOGETHER = 16

/** It is broken off where there are more, or where they are too large. */
async function readUpTo(
  attributes: readonly AttributeOf[],
  bounds: Bounds,
  { most, mostBytes }: Most,
): Promise<Found | TooMuch> {
  const found: (readonly PastInstance[])[] = []
  const reading: Reading = { count: 0, bytes: 0, mostBytes }
  for (let at = 0; at < attributes.length; at += TOGETHER) {
    const some = await Promise.all(
      attributes.slice(at, at + TOGETHER).map((each) => readAttribute(each, { ...bounds, reading })),
    )
    if (reading.bytes > mostBytes || reading.count > most) return reading
    found.push(...some)
  }
  return found
}

function isFound(read: Found | TooMuch): read is Found {
  return Array.isArray(read)
}

interface Placed {
  readonly instance: PastInstance
  readonly time: Micros
}

async function readAttribute({ sources, lastN }: AttributeOf, bounds: Bounds): Promise<readonly PastInstance[]> {
  const limit = Math.min(lastN ?? Number.POSITIVE_INFINITY, bounds.limit ?? Number.POSITIVE_INFINITY)
  const counts = lastN === undefined ? undefined : await lastCounts(sources, limit)
  const backwards = lastN !== undefined
  const read = (source: Source, count: number) =>
    count === 0 ? [] : source.read({ ...bounds, ...(Number.isFinite(count) && { limit: count }), backwards })
  const lists = await Promise.all(sources.map((source, i) => read(source, counts?.[i] ?? limit)))
  const placed = lists.flatMap((list, i): Placed[] => {
    const source = sources[i]
    if (source === undefined) return []
    const all = list.map((each) => ({ instance: pastInstance(each, source.series.d), time: source.timeOf(each) }))
    return backwards ? all.reverse() : all
  })
  if (sources.length > 1) placed.sort((a, b) => a.time - b.time)
  return placed.map(({ instance }) => instance)
}

/** Of each how many are among the last `n` of all together. */
async function lastCounts(sources: readonly Source[], n: number): Promise<readonly number[]> {
  if (sources.length === 1) return [n]
  return lastOf(await Promise.all(sources.map((source) => source.times({ limit: n, backwards: true }))), n)
}

async function cutOf(
  attributes: readonly AttributeOf[],
  backwards: boolean,
  most: number,
): Promise<Micros | undefined> {
  const cutting = createCutting(most, backwards)
  for (const { sources, lastN } of attributes) {
    const bound = cutting.bound()
    if (lastN === undefined) {
      const asked = { limit: most + 1, ...(bound !== undefined && { until: bound + 1 }) }
      for (const source of sources) cutting.add(await source.times(asked))
    } else {
      const asked = { limit: Math.min(lastN, most + 1), backwards: true, from: bound }
      const lists = await Promise.all(sources.map((source) => source.times(asked)))
      const last = lastOf(lists, lastN)
      for (const [i, list] of lists.entries()) cutting.add(list.slice(0, last[i]))
    }
  }
  return cutting.cutAt()
}

/** Whether anything is left of an Attribute: where many share one time, a part may have all there is. */
async function isMoreOf({ sources, lastN }: AttributeOf, beyond: Bounds, given: number): Promise<boolean> {
  if (lastN !== undefined && given >= lastN) return false
  const times = await Promise.all(sources.map((source) => source.times({ ...beyond, limit: 1 })))
  return times.some((each) => each.length > 0)
}

/** `empty`: Attributes of which all lies beyond the cut. */
function byEvolution(
  count: number,
  attributes: readonly AttributeOf[],
  found: readonly (readonly PastInstance[])[],
  empty: readonly boolean[] = [],
): readonly PastInstances[] {
  const all: Record<string, readonly PastInstance[]>[] = Array.from({ length: count }, () => ({}))
  for (const [i, { evolution, name }] of attributes.entries()) {
    const instances = found[i] ?? []
    const into = all[evolution]
    if (into !== undefined && (instances.length > 0 || empty[i])) into[name] = instances
  }
  return all
}
