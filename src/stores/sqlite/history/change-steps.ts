/** Steps of the write queue that change evolutions, each of which is one commit with all that it does. */

import type { Addition, NewInstance } from '../../../core/history/past-instance.ts'
import { seriesFault } from '../../../core/history/series.ts'
import type { Instant } from '../../../core/model/entity.ts'
import { stringifyJson } from '../../../core/model/json-text.ts'
import { entityTooLarge } from '../../../core/model/problems.ts'
import type { EvolutionAddition, Outcome } from '../../../ports/history.ts'
import { instanceNameOf } from '../../common/instance-id.ts'
import { encodeInstance } from '../../common/instance-row.ts'
import { seriesKey } from '../../common/series-key.ts'
import type { Database } from '../database.ts'
import type { Step } from '../write-queue.ts'
import { deleteEvolution, deleteSeries, isAnyLeft } from './delete-rows.ts'
import { findHead, type SeriesRow, seriesOf } from './heads.ts'
import { type InstanceKey, replaceRow, writeReplacing } from './write-instances.ts'

type Added = 'created' | 'updated' | 'absent'

/** Throws BadRequestData where it is larger than an entity may be; the step refuses where the evolution would have too many series. */
export function addStep(
  database: Database,
  id: string,
  { types, additions }: EvolutionAddition,
  ifAbsent: 'make' | 'refuse',
  now: () => Instant,
): Step<Added> {
  const { evolutions, entityBytes } = database
  const bytes = Buffer.byteLength(stringifyJson(additions).text)
  if (bytes > entityBytes) throw entityTooLarge(id, bytes, entityBytes)
  return () => {
    const before = evolutions.find(id)
    if (before === undefined && ifAbsent === 'refuse') return { ok: true, value: 'absent' }
    const fault = seriesFault(id, additions, ...seriesIn(database, before?.hid))
    if (fault !== undefined) return { ok: false, error: fault }
    const time = now()
    const { hid } = evolutions.put(id, types, before?.deletedAt ?? null, time)
    writeReplacing(
      database,
      hid,
      additions.map((addition) => timed(addition, time)),
      time,
    )
    return { ok: true, value: before === undefined ? 'created' : 'updated' }
  }
}

/** Whether there is a series of the evolution, and how many there are. */
function seriesIn({ evolutions }: Database, hid: number | undefined) {
  return [
    (attribute: string, dataset: string) => hid !== undefined && evolutions.hasSeries(hid, attribute, dataset),
    () => (hid === undefined ? 0 : evolutions.countOfSeries(hid)),
  ] as const
}

/** What has no time of its own has come now. */
function timed({ attribute, instance }: Addition, now: Instant): Addition {
  return instance.createdAt === 0
    ? { attribute, instance: { ...instance, createdAt: now, modifiedAt: now } }
    : { attribute, instance }
}

/** 5.6.13: of one dataset, or of all. */
export function deleteAttributeStep(
  database: Database,
  id: string,
  attribute: string,
  which: { datasetId?: string } | 'all',
): Step<Outcome> {
  return onSeries(database, id, attribute, (all, hid) => {
    const gone = which === 'all' ? all : all.filter(({ dataset }) => dataset === (which.datasetId ?? ''))
    deleteSeries(database, hid, gone)
    return gone.length === 0 ? 'no attribute' : 'done'
  })
}

const DELETE = 'DELETE FROM instance WHERE sid = ? AND created_at = ? AND n = ?'

/** 5.6.15; with its series, where nothing else of that is left. */
export function deleteInstanceStep(
  database: Database,
  id: string,
  attribute: string,
  instanceId: string,
): Step<Outcome> {
  return onInstance(database, id, attribute, instanceId, ({ sid, created_at, n }, series, hid) => {
    database.sql(DELETE).run(sid, created_at, n)
    if (!isAnyLeft(database, sid)) deleteSeries(database, hid, [series])
  })
}

/** It stays in its series. */
export function replaceInstanceStep(
  database: Database,
  id: string,
  attribute: string,
  { instanceId, instance, now }: { instanceId: string; instance: NewInstance; now: () => Instant },
): Step<Outcome> {
  const replace = ({ sid, created_at, n }: InstanceKey): void => {
    const next = encodeInstance({ ...instance, createdAt: created_at, modifiedAt: now() })
    replaceRow(database.sql, { sid, created_at, n }, next)
  }
  return onInstance(database, id, attribute, instanceId, replace, instance)
}

/** 5.6.16. Its value: whether there was one. */
export function deleteEvolutionStep(database: Database, id: string): Step<boolean> {
  return () => ({ ok: true, value: deleteEvolution(database, id) })
}

function onInstance(
  database: Database,
  id: string,
  attribute: string,
  instanceId: string,
  change: (key: InstanceKey, series: SeriesRow, hid: number) => void,
  { datasetId }: { readonly datasetId?: string } = {},
): Step<Outcome> {
  return onSeries(database, id, attribute, (all, hid) => {
    const name = instanceNameOf(instanceId)
    const series = all.find(({ dataset }) => seriesKey(id, attribute, dataset) === name?.series)
    if (name === undefined || series === undefined) return 'no instance'
    const key = { sid: series.sid, created_at: name.createdAt, n: name.number }
    if (!isThere(database, key)) return 'no instance'
    if (datasetId !== undefined && datasetId !== series.dataset) return 'other dataset'
    change(key, series, hid)
    return 'done'
  })
}

function isThere({ sql }: Database, { sid, created_at, n }: InstanceKey): boolean {
  return sql('SELECT 1 FROM instance WHERE sid = ? AND created_at = ? AND n = ?').get(sid, created_at, n) !== undefined
}

/** `change`: of the series of the Attribute, which it has, and the number of the evolution. */
function onSeries(
  database: Database,
  id: string,
  attribute: string,
  change: (series: readonly SeriesRow[], hid: number) => Outcome,
): Step<Outcome> {
  return () => {
    const head = findHead(database, id)
    if (head === undefined) return { ok: true, value: 'no evolution' }
    database.evolutions.changed(id)
    const series = seriesOf(database, head.hid, [attribute])
    return { ok: true, value: series.length === 0 ? 'no attribute' : change(series, head.hid) }
  }
}
