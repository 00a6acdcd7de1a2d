/** What is taken from evolutions: in one document first, so that nobody sees half of it, and then removed. */

import type { Document } from 'mongodb'
import { isMade } from '../driver-errors.ts'
import { REMEMBERED } from '../remembered.ts'
import { textOf } from '../sequence.ts'
import { type Change, cutOf, type MovedPast, tellDone } from './heads.ts'
import { IS_THERE, present, removeSeries, takeAway } from './instances.ts'
import { keysBetween } from './series-key.ts'
import type { Past } from './stored.ts'

const FORGOTTEN = { m: '' } as const

/** 5.6.13: series of one Attribute, which nobody sees from the first write on. */
export async function deleteSeries(
  moved: MovedPast,
  change: Change<Extract<Past, { kind: 'deleteSeries' }>>,
): Promise<void> {
  const { position, past } = change
  const cuts = Object.fromEntries(past.series.map((s) => [`cuts.${s}`, position]))
  const $unset = { ...FORGOTTEN, ...(await oldCuts(moved, change)) }
  await tellDone(moved, change, { $set: cuts, $pull: { series: { s: { $in: past.series } } }, $unset })
  for (const s of past.series) await removeSeries(moved, s, position)
}

/** Nobody moves any more what was recorded before these: so the document has no more of them than come in an hour. */
async function oldCuts(
  { ask, evolutions }: MovedPast,
  { entity: _id, since, past }: Change<Extract<Past, { kind: 'deleteSeries' }>>,
): Promise<Document> {
  const head = await ask(() => evolutions.findOne({ _id }, { projection: { cuts: 1 } }))
  const old = Object.entries(head?.cuts ?? {}).filter(
    ([s, position]) => position < textOf(since - REMEMBERED) && !past.series.includes(s),
  )
  return Object.fromEntries(old.map(([s]) => [`cuts.${s}`, '']))
}

/** 5.6.15; with its series, where nothing else of that is left. */
export async function deleteInstance(
  moved: MovedPast,
  change: Change<Extract<Past, { kind: 'deleteInstance' }>>,
): Promise<void> {
  const found = await present(moved, change.past.instance)
  if (found !== undefined) await takeAway(moved, found._id, change.since)
  await tellDone(moved, change, { $unset: FORGOTTEN })
  if (found !== undefined) await forgetEmpty(moved, change, found.s)
}

/** A series of which nothing is left is none, unless something has been recorded since. */
async function forgetEmpty(moved: MovedPast, change: Change, s: string): Promise<void> {
  const { ask, evolutions, instances, summaries } = moved
  const { entity, position } = change
  const left = await ask(() => instances.findOne({ _id: keysBetween(s), ...IS_THERE }, { projection: { _id: 1 } }))
  if (left !== null) return
  const head = await ask(() => evolutions.findOne({ _id: entity, done: position }, { projection: { cut: 1, cuts: 1 } }))
  const kept = { s, p: { $gt: cutOf(head, s) } }
  if ((await ask(() => summaries.findOne(kept, { projection: { _id: 1 } }))) !== null) return
  const update: Document = { $pull: { series: { s } } }
  await ask(() => evolutions.updateOne({ _id: entity, done: position }, update))
}

const NO_MORE = ['n', 'createdAt', 'types', 'series', 'state', 'cuts', 'done', 'm', 'retained', 'held'] as const

/** What is recorded after it makes it anew, and what was recorded before it and is moved late is kept out. */
export async function deleteEvolution(moved: MovedPast, { entity, position }: Change): Promise<void> {
  const { ask, evolutions } = moved
  for (;;) {
    const head = await ask(() => evolutions.findOne({ _id: entity }))
    if (head?.cut !== undefined && head.cut >= position) {
      for (const s of head.dying ?? []) await removeSeries(moved, s, head.cut)
      return
    }
    const dying = [...new Set([...(head?.dying ?? []), ...(head?.series ?? []).map(({ s }) => s)])]
    const $unset = Object.fromEntries(NO_MORE.map((field) => [field, '' as const]))
    // As it was read: a series that has come since would be left behind.
    const asRead: Document = {
      _id: entity,
      done: head?.done ?? { $exists: false },
      cut: head?.cut ?? { $exists: false },
    }
    const update = { $set: { cut: position, dying }, $unset }
    await isMade(ask(() => evolutions.updateOne(asRead, update, { upsert: head === null })))
  }
}
