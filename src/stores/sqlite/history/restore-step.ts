/** A step of the write queue that puts in place what comes from another store: one part of an evolution. */

import type {
  CarriedEvolution,
  CarriedFate,
  CarriedInstance,
  CarriedSeries,
  CarriedSummary,
  EvolutionPart,
  Restored,
} from '../../../core/history/carried.ts'
import type { Restoring } from '../../../ports/history.ts'
import { fateOf, isSameEvolution, isSameInstance, isSameSummary } from '../../common/carried.ts'
import { encodeInstance } from '../../common/instance-row.ts'
import type { Database } from '../database.ts'
import type { Step } from '../write-queue.ts'
import { findHead, seriesOf } from './heads.ts'
import { COLUMNS, type StoredRow } from './rows.ts'
import { keptSummaries, putSummary } from './summaries.ts'
import { observe, put, replaceRow } from './write-instances.ts'

/** All of it or nothing. */
export function restoreStep(
  database: Database,
  { evolution, series }: EvolutionPart,
  restoring: Restoring,
): Step<Restored> {
  return () => {
    if (!restoring.dryRun) database.evolutions.changed(evolution.id)
    const fate = restoreEvolution(database, evolution, restoring)
    if (fate === 'differs' || (fate !== 'created' && restoring.there === 'leave')) {
      return { ok: true, value: { evolution: fate, summaries: [], instances: [] } }
    }
    const all = series.map((each) => restoreSeries(database, evolution.id, each, restoring))
    const [summaries, instances] = [all.flatMap((each) => each.summaries), all.flatMap((each) => each.instances)]
    return { ok: true, value: { evolution: fate, summaries, instances } }
  }
}

function restoreEvolution(database: Database, carried: CarriedEvolution, restoring: Restoring): CarriedFate {
  const { id, types, createdAt, deletedAt } = carried
  const head = findHead(database, id)
  const fate = fateOf(head && carriedHead(head), carried, isSameEvolution, restoring)
  if (restoring.dryRun) return fate
  if (fate === 'created') database.evolutions.put(id, types, deletedAt ?? null, createdAt)
  if (fate === 'replaced' && head !== undefined) replaceHead(database, head.hid, carried)
  return fate
}

function carriedHead({ deletedAt, ...head }: NonNullable<ReturnType<typeof findHead>>): CarriedEvolution {
  return { ...head, ...(deletedAt !== null && { deletedAt }) }
}

const REPLACE = 'UPDATE evolution SET types = ?, created_at = ?, deleted_at = ? WHERE hid = ?'

function replaceHead({ sql, names, evolutions }: Database, hid: number, carried: CarriedEvolution): void {
  const { id, types, createdAt, deletedAt = null } = carried
  sql('DELETE FROM evolution_type WHERE hid = ?').run(hid)
  for (const type of types) sql('INSERT INTO evolution_type (type, hid) VALUES (?, ?)').run(names.give(type), hid)
  sql(REPLACE).run(JSON.stringify(types), createdAt, deletedAt, hid)
  evolutions.forgetEvolution(id)
}

function restoreSeries(database: Database, id: string, series: CarriedSeries, restoring: Restoring) {
  const sid = restoring.dryRun ? findSeries(database, id, series) : makeSeries(database, id, series)
  const summaries = series.summaries.map((each) => restoreSummary(database, sid, each, restoring))
  const instances = series.instances.map((each) => restoreInstance(database, sid, each, restoring))
  if (sid !== undefined && !restoring.dryRun && series.isObserved) observe(database.sql, sid)
  return { summaries, instances }
}

function findSeries(database: Database, id: string, { attribute, datasetId = '' }: CarriedSeries): number | undefined {
  const head = findHead(database, id)
  return head && seriesOf(database, head.hid, [attribute]).find(({ dataset }) => dataset === datasetId)?.sid
}

function makeSeries({ evolutions }: Database, id: string, { attribute, datasetId = '' }: CarriedSeries) {
  const evolution = evolutions.find(id)
  return evolution && evolutions.carriedSeries(evolution.hid, attribute, datasetId).sid
}

function restoreSummary(
  { sql }: Database,
  sid: number | undefined,
  carried: CarriedSummary,
  restoring: Restoring,
): CarriedFate {
  const { begins } = carried
  const [there] = sid === undefined ? [] : keptSummaries(sql, sid, { from: begins, until: begins + 1 })
  const fate = fateOf(there, carried, isSameSummary, restoring)
  const isWritten = fate === 'created' || fate === 'replaced'
  if (isWritten && !restoring.dryRun && sid !== undefined) putSummary(sql, sid, carried)
  return fate
}

const BY_NUMBER = `SELECT ${COLUMNS} FROM instance INDEXED BY instance_created WHERE sid = ? AND created_at = ? AND n = ?`

function restoreInstance(
  { sql }: Database,
  sid: number | undefined,
  { number: n, ...instance }: CarriedInstance,
  restoring: Restoring,
): CarriedFate {
  const row = encodeInstance(instance)
  if (sid === undefined) return 'created'
  // Most are not there.
  if (!restoring.dryRun && put(sql, sid, n, row)) return 'created'
  const there: StoredRow | undefined = sql(BY_NUMBER).get(sid, row.created_at, n)
  const fate = fateOf<StoredRow>(there, { ...row, n }, isSameInstance, restoring)
  if (fate === 'replaced' && !restoring.dryRun) replaceRow(sql, { sid, created_at: row.created_at, n }, row)
  return fate
}
