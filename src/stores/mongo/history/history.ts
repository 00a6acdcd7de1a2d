/** The evolutions of all Tenants. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Filter } from 'mongodb'
import type { Addition } from '../../../core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import { stringifyJson } from '../../../core/model/json-text.ts'
import { entityTooLarge } from '../../../core/model/problems.ts'
import type { Call } from '../../../ports/call.ts'
import type { Clock } from '../../../ports/clock.ts'
import type {
  EvolutionAddition,
  EvolutionPage,
  EvolutionQuery,
  FoundEvolution,
  HistoryStore,
  Outcome,
} from '../../../ports/history.ts'
import { resultOf } from '../../common/outcome.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import { tookTooLong } from '../../common/took-too-long.ts'
import type { Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { addedInstance, documentIdOf, storedInstance } from './codec.ts'
import { type Judged, judge } from './judge.ts'
import { cutOf } from './move-past.ts'
import { countOf, readAggregates } from './read-aggregates.ts'
import { readInstances } from './read-instances.ts'
import { retain } from './retain.ts'
import { headOf, selectedEvolution } from './selected.ts'
import { seriesKey } from './series-key.ts'
import type { EvolutionDocument, Past, StoredSeries } from './stored.ts'

interface HistoryOptions {
  /** Of what is added at once. */
  readonly entityBytes: number
}

/** Evolutions that are judged together. */
const TOGETHER = 20

export function createHistoryStore(databases: Databases, clock: Clock, { entityBytes }: HistoryOptions): HistoryStore {
  /** What is done to an evolution stands in the document of its entity first, as what changes record does. */
  const write = async (database: Database, id: string, past: Past): Promise<void> => {
    const [outcome] = await database.writes.run([
      {
        id,
        step: (state, _, __, record) => {
          record(past, clock.now())
          return { outcome: { ok: true, value: { result: undefined, queues: [] } }, state }
        },
      },
    ])
    resultOf(outcome)
    await database.mover.moveAll(id)
  }
  /** As it is, with all that was acknowledged before. */
  const find = async (database: Database, id: string): Promise<EvolutionDocument | undefined> => {
    await database.mover.moveAll(id)
    const head = await database.ask(() => database.evolutions.findOne({ _id: id }))
    return head?.n === undefined ? undefined : head
  }
  const onSeries = async (
    { tenant }: Call,
    id: string,
    attribute: string,
    change: (database: Database, head: EvolutionDocument, series: readonly StoredSeries[]) => Promise<Outcome>,
  ): Promise<Outcome> => {
    const database = await databases.of(tenant)
    const head = await find(database, id)
    if (head === undefined) return 'no evolution'
    const series = (head.series ?? []).filter(({ a }) => a === attribute)
    return series.length === 0 ? 'no attribute' : change(database, head, series)
  }
  const onInstance = (
    call: Call,
    id: string,
    attribute: string,
    instanceId: string,
    pastOf: (instance: string) => Past,
  ) =>
    onSeries(call, id, attribute, async (database, head, series) => {
      const instance = documentIdOf(instanceId)
      const found =
        instance === undefined ? null : await database.ask(() => database.instances.findOne({ _id: instance }))
      const isIts = found !== null && series.some(({ s }) => s === found.s) && found.p > cutOf(head, found.s)
      if (instance === undefined || !isIts) return 'no instance'
      await write(database, id, pastOf(instance))
      return 'done'
    })
  return {
    add: async ({ tenant }, id, addition, ifAbsent, missingTenant) => {
      const bytes = Buffer.byteLength(stringifyJson(addition.additions).text)
      if (bytes > entityBytes) throw entityTooLarge(id, bytes, entityBytes)
      if (missingTenant === 'make' && !(await databases.tenants.exists(tenant))) await databases.tenants.create(tenant)
      const database = await databases.of(tenant)
      const isThere = (await find(database, id)) !== undefined
      if (!isThere && ifAbsent === 'refuse') return 'absent'
      await write(database, id, addedBy(addition, clock.now()))
      return isThere ? 'updated' : 'created'
    },
    deleteAttribute: (call, id, attribute, which) =>
      onSeries(call, id, attribute, async (database, _, all) => {
        const own = which === 'all' ? undefined : seriesKey(id, attribute, which.datasetId ?? '')
        const series = all.map(({ s }) => s).filter((s) => own === undefined || s === own)
        if (series.length === 0) return 'no attribute'
        await write(database, id, { kind: 'deleteSeries', series })
        return 'done'
      }),
    replaceInstance: (call, id, attribute, instanceId, instance) =>
      onInstance(call, id, attribute, instanceId, (found) => {
        return {
          kind: 'replaceInstance',
          instance: found,
          row: storedInstance({ ...instance, createdAt: 0, modifiedAt: clock.now() }),
        }
      }),
    deleteInstance: (call, id, attribute, instanceId) =>
      onInstance(call, id, attribute, instanceId, (instance) => ({ kind: 'deleteInstance', instance })),
    deleteEvolution: async ({ tenant }, id) => {
      const database = await databases.of(tenant)
      if ((await find(database, id)) === undefined) return false
      await write(database, id, { kind: 'deleteEvolution' })
      return true
    },
    retrieve: async ({ tenant }, id, selection, wanted) => {
      const database = await databases.of(tenant)
      const head = await find(database, id)
      if (head === undefined) return undefined
      return show(database, [{ evolution: selectedEvolution(database, head, selection) }], selection, wanted)
    },
    query: async (call, query) => {
      const database = await databases.of(call.tenant)
      await database.mover.moveAll()
      return runQuery(database, call, query)
    },
    retain: async ({ tenant }, horizons, limit, cursor) => {
      const database = await databases.of(tenant)
      await database.mover.moveAll()
      return retain(database, horizons, limit, cursor)
    },
  }
}

function addedBy({ types, additions }: EvolutionAddition, now: number): Past {
  const timed = ({ attribute, instance }: Addition): Addition =>
    instance.createdAt === 0
      ? { attribute, instance: { ...instance, createdAt: now, modifiedAt: now } }
      : { attribute, instance }
  return { kind: 'add', types, instances: additions.map(timed).map(addedInstance) }
}

async function runQuery(database: Database, call: Call, query: EvolutionQuery): Promise<EvolutionPage> {
  const { filter, selection, wanted, limit, offset, count } = query
  const signal = call.signal()
  const page: Judged[] = []
  let total = 0
  for await (const heads of candidates(database, query)) {
    if (signal.aborted) throw tookTooLong()
    if (!count && page.length === limit) break
    for (const judged of await Promise.all(heads.map((head) => judge(database, head, filter, selection)))) {
      if (judged !== undefined && ++total > offset && page.length < limit) page.push(judged)
    }
    await nextTurn()
  }
  const shown = page.length === 0 ? { evolutions: [] } : await show(database, page, selection, wanted)
  return { ...shown, ...(count && { total }) }
}

/** In the order of the answer, some at a time. */
async function* candidates(
  { ask, evolutions }: Database,
  { filter, orderById }: EvolutionQuery,
): AsyncGenerator<readonly EvolutionDocument[]> {
  const field = orderById === undefined ? 'n' : '_id'
  const sign = orderById === 'desc' ? -1 : 1
  let beyond: Filter<EvolutionDocument> = {}
  for (;;) {
    const which = { $and: [{ n: { $exists: true } }, sourceOf(filter), beyond] }
    const found = await ask(() => evolutions.find(which, { sort: { [field]: sign }, limit: TOGETHER }).toArray())
    if (found.length > 0) yield found
    const last = found.at(-1)
    if (last === undefined || found.length < TOGETHER) return
    beyond = { [field]: { [sign === 1 ? '$gt' : '$lt']: last[field] } }
  }
}

function sourceOf(filter: EvolutionQuery['filter']): Filter<EvolutionDocument> {
  const selectors = filter.alternatives ?? [filter]
  const ids = selectors.map((each) => each.ids)
  if (!ids.includes(undefined)) return { _id: { $in: ids.flatMap((some) => [...(some ?? [])]) } }
  // Of a conjunction of types one will do.
  const types = selectors.map((each) => each.types?.flatMap(([type]) => type ?? []))
  return types.includes(undefined) ? {} : { types: { $in: types.flatMap((some) => some ?? []) } }
}

async function show(
  database: Database,
  page: readonly Judged[],
  selection: InstanceSelection,
  wanted: Wanted,
): Promise<EvolutionPage> {
  const heads = await Promise.all(page.map(({ evolution }) => headOf(database, evolution.head)))
  const evolutions = page.map(({ evolution }) => evolution)
  const withScope = (i: number) => {
    const before = page[i]?.scopeBefore
    return before === undefined ? {} : { scopeBefore: [before] }
  }
  if (wanted.kind === 'instances') {
    const { found, cutAt } = await readInstances(evolutions, selection, wanted.most)
    const shown = heads.map((head, i): FoundEvolution => ({ ...head, instances: found[i] ?? {}, ...withScope(i) }))
    return { evolutions: shown, ...(cutAt !== undefined && { cutAt }) }
  }
  const all = await Promise.all(evolutions.map((each) => readAggregates(database, each, selection, wanted)))
  if (all.reduce((sum, { attributes }) => sum + countOf(attributes), 0) > wanted.most) throw tooManyPeriods()
  return {
    evolutions: heads.map((head, i) => ({ ...head, aggregates: all[i]?.attributes ?? {}, ...withScope(i) })),
    ...(all.some(({ isSummarized }) => isSummarized) && { isSummarized: true }),
  }
}
