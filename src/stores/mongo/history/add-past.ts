/** What is added to an evolution (5.6.11): what was observed when it was gives its place to it. */

import { type Adding, beginOf, type Change, cutOf, type MovedPast } from './heads.ts'
import { givenOf, insert, type Replacement, replace } from './instances.ts'
import { putHeads } from './put-heads.ts'
import { documentsOf, lastOf } from './record-past.ts'
import { standingAt } from './standing-at.ts'
import type { GoneInstance, InstanceDocument, StoredInstance } from './stored.ts'

/** Does a change of kind `add` to the evolution of its entity; any number of times, and by several at once. */
export async function addPast(moved: MovedPast, change: Change<Adding>): Promise<void> {
  const { ask, evolutions } = moved
  const { entity, position, since } = change
  const head = await ask(() =>
    evolutions.findOne({ _id: entity }, { projection: { n: 1, done: 1, m: 1, cut: 1, cuts: 1 } }),
  )
  const isDone = [head?.done, head?.cut].some((last) => last !== undefined && last >= position)
  if (isDone || (head?.n === undefined && change.past.goesInto)) return
  // Of those of one time the last.
  const all = new Map(documentsOf(change).map((each) => [each.t ? placeOf(each) : each._id, each]))
  const there = await sameTimes(moved, [...all.values()], ({ s, p }) => p > cutOf(head, s) && p < position)
  const added: InstanceDocument[] = []
  const replaced: Replacement[] = []
  for (const each of all.values()) {
    const was = there.get(placeOf(each))
    if (was === undefined) added.push(each)
    else if (!isSame(was, each)) replaced.push({ id: was._id, row: { ...rowOf(each), c: was.c, m: since } })
  }
  // Where it is done once more, and what it has replaced is gone, it does not come by itself.
  const gone = [...all.values()].filter((each) => there.has(placeOf(each)))
  await insert(moved, [...added, ...gone.map(({ _id }): GoneInstance => ({ _id, s: '', gone: since }))])
  await replace(moved, change, replaced)
  const last = lastOf([...added, ...replaced.map(({ row }) => row)])
  // Of an evolution from which something was taken it is not known, and what is added may be old.
  const isKnown = head?.n === undefined || head.m !== undefined
  const { types, instances, goesInto } = change.past
  const begins = goesInto ? undefined : beginOf(change)
  await putHeads(moved, [{ entity, position, begins, types, instances, last: isKnown ? last : undefined }])
}

function placeOf({ s, at, t }: InstanceDocument): string {
  return t ? `${s} ${at}` : ''
}

function rowOf(instance: InstanceDocument): StoredInstance {
  const { at, c, k, v, f } = instance
  return { at, c, k, v, f, ...givenOf(instance) }
}

function isSame(a: StoredInstance, b: StoredInstance): boolean {
  return a.k === b.k && a.v === b.v && a.r === b.r && a.x === b.x
}

/** What stands where each of the observed ones will, and meets the condition: the last of them. */
async function sameTimes(
  moved: MovedPast,
  all: readonly InstanceDocument[],
  counts: (instance: InstanceDocument) => boolean,
): Promise<ReadonlyMap<string, InstanceDocument>> {
  const bySeries = new Map<string, number[]>()
  for (const { s, at, t } of all) if (t) bySeries.set(s, [...(bySeries.get(s) ?? []), at])
  const there = new Map<string, InstanceDocument>()
  for (const [s, times] of bySeries) {
    for (const each of await standingAt(moved, s, times, { t: true })) if (counts(each)) there.set(placeOf(each), each)
  }
  return there
}
