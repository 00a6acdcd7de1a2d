/** The evolutions of all Tenants. */

import { setMaxListeners } from 'node:events'
import type { Addition, NewInstance } from '../../../core/history/past-instance.ts'
import { seriesFault } from '../../../core/history/series.ts'
import { stringifyJson } from '../../../core/model/json-text.ts'
import { entityTooLarge } from '../../../core/model/problems.ts'
import type { Call } from '../../../ports/call.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { EvolutionAddition, HistoryStore, Outcome } from '../../../ports/history.ts'
import { instanceNameOf } from '../../common/instance-id.ts'
import { resultOf } from '../../common/outcome.ts'
import { seriesKey } from '../../common/series-key.ts'
import type { Step } from '../changes.ts'
import type { Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import { untilAborted } from '../until-aborted.ts'
import { addedInstance, storedInstance } from './codec.ts'
import { cutOf } from './heads.ts'
import { findInstance } from './instance-number.ts'
import { restore } from './restore.ts'
import { retain } from './retain.ts'
import { runQuery } from './run-query.ts'
import { selectedEvolution, seriesOf } from './selected.ts'
import { show } from './show.ts'
import type { EvolutionDocument, InstanceDocument, Past, StoredSeries } from './stored.ts'
import { walk } from './walk.ts'

interface HistoryOptions {
  /** Of what is added at once. */
  readonly entityBytes: number
}

/** The HistoryStore (ports/history.ts) of all databases. `clock`: for `createdAt` and `modifiedAt`, milliseconds. */
export function createHistoryStore(databases: Databases, clock: Clock, { entityBytes }: HistoryOptions): HistoryStore {
  /** What is done to an evolution stands in the document of its entity first, as what changes record does. Returns its position. */
  const write = async (database: Database, id: string, past: Past): Promise<string> => {
    let position = ''
    const step: Step = (state, _, __, record) => {
      position = record(past, clock.now())
      return { outcome: { ok: true, value: { result: undefined, queues: [] } }, state }
    }
    const [outcome] = await database.writes.run([{ id, step }])
    resultOf(outcome)
    return position
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
    const series = seriesOf(head).filter(({ a }) => a === attribute)
    return series.length === 0 ? 'no attribute' : change(database, head, series)
  }
  const onInstance = (
    call: Call,
    id: string,
    attribute: string,
    instanceId: string,
    pastOf: (found: InstanceDocument, series: StoredSeries) => Past,
    { datasetId }: { readonly datasetId?: string } = {},
  ) =>
    onSeries(call, id, attribute, async (database, head, all) => {
      const name = instanceNameOf(instanceId)
      const found = name === undefined ? undefined : await findInstance(database, name)
      const series = all.find(({ s }) => s === found?.s)
      if (found === undefined || series === undefined || found.p <= cutOf(head, series.s)) return 'no instance'
      if (datasetId !== undefined && datasetId !== series.d) return 'other dataset'
      await write(database, id, pastOf(found, series))
      return 'done'
    })
  return {
    add: async ({ tenant }, id, addition, ifAbsent, missingTenant) => {
      const bytes = Buffer.byteLength(stringifyJson(addition.additions).text)
      if (bytes > entityBytes) throw entityTooLarge(id, bytes, entityBytes)
      if (missingTenant === 'make' && !(await databases.tenants.exists(tenant))) await databases.tenants.create(tenant)
      const database = await databases.of(tenant)
      const head = await find(database, id)
      const isThere = head !== undefined
      if (!isThere && ifAbsent === 'refuse') return 'absent'
      const known = new Set(head?.series?.map(({ s }) => s))
      const has = (attribute: string, dataset: string) => known.has(seriesKey(id, attribute, dataset))
      const fault = seriesFault(id, addition.additions, has, () => known.size)
      if (fault !== undefined) throw fault
      const position = await write(database, id, addedBy(addition, ifAbsent, clock.now()))
      // Of several that come at once one has made it.
      return isThere || (await find(database, id))?.n !== position ? 'updated' : 'created'
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
      onInstance(
        ...([call, id, attribute, instanceId] as const),
        ({ _id }, series) => replacedBy(_id, series, instance, clock.now()),
        instance,
      ),
    deleteInstance: (call, id, attribute, instanceId) =>
      onInstance(call, id, attribute, instanceId, ({ _id }) => ({ kind: 'deleteInstance', instance: _id })),
    deleteEvolution: async ({ tenant }, id) => {
      const database = await databases.of(tenant)
      if ((await find(database, id)) === undefined) return false
      await write(database, id, { kind: 'deleteEvolution' })
      return true
    },
    retrieve: async (call, id, selection, wanted) => {
      const database = await databases.of(call.tenant)
      const head = await find(database, id)
      if (head === undefined) return undefined
      const asking = { ...database, signal: signalOf(call) }
      const judged = { evolution: selectedEvolution(asking, head, selection) }
      return untilAborted(asking.signal, show(asking, [judged], selection, wanted))
    },
    query: async (call, query) => {
      const database = await databases.of(call.tenant)
      const signal = signalOf(call)
      await database.mover.moveAll()
      return untilAborted(signal, runQuery({ ...database, signal }, query))
    },
    walk: async ({ tenant }, limit, cursor) => {
      const database = await databases.of(tenant)
      await database.mover.moveAll()
      return walk(database, limit, cursor)
    },
    restore: async ({ tenant }, parts, restoring) => restore(await databases.of(tenant), parts, restoring),
    retain: async ({ tenant }, horizons, limit, cursor) => {
      const database = await databases.of(tenant)
      await database.mover.moveAll()
      return retain(database, clock.now(), horizons, limit, cursor)
    },
  }
}

/** That of the call, for any number of questions at once. */
function signalOf(call: Call): AbortSignal {
  const signal = call.signal()
  setMaxListeners(0, signal)
  return signal
}

/** As it is, with all that was acknowledged before. */
async function find({ ask, mover, evolutions }: Database, id: string): Promise<EvolutionDocument | undefined> {
  await mover.move(id)
  const head = await ask(() => evolutions.findOne({ _id: id }))
  return head?.n === undefined ? undefined : head
}

function addedBy({ types, additions }: EvolutionAddition, ifAbsent: 'make' | 'refuse', now: number): Past {
  const timed = ({ attribute, instance }: Addition): Addition =>
    instance.createdAt === 0
      ? { attribute, instance: { ...instance, createdAt: now, modifiedAt: now } }
      : { attribute, instance }
  return { kind: 'add', types, instances: additions.map(timed).map(addedInstance), goesInto: ifAbsent === 'refuse' }
}

function replacedBy(instance: string, { s, a, d }: StoredSeries, next: NewInstance, now: number): Past {
  const row = storedInstance({ ...next, createdAt: now, modifiedAt: now })
  return { kind: 'replaceInstance', instance, series: { s, a, d }, row }
}
