/** What every store promises of keeping the history bounded (ports/history.ts, retain). */

import { expect, it } from 'vitest'
import { aggregate } from '../../src/core/history/aggregate.ts'
import { aggregatesOf } from '../../src/core/history/aggregates-of.ts'
import { AGGREGATION_METHODS } from '../../src/core/history/methods.ts'
import type { NewInstance } from '../../src/core/history/past-instance.ts'
import type { Horizons } from '../../src/core/history/retention.ts'
import type { InstanceSelection, Wanted } from '../../src/core/history/selection.ts'
import { fromMicros, type Micros } from '../../src/core/history/time-property.ts'
import type { Call } from '../../src/ports/call.ts'
import { become, entity, NOW, type OpenStore, property, put, setUp } from './contract-store.ts'

const N = 'https://example.org/n'
const SENSOR = 'https://example.org/Sensor'
const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
/** On the hour. */
const BEGIN = NOW * 1_000

const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: true }
const RAW: Wanted = { kind: 'instances', most: 10_000 }
const HOURLY: Wanted = {
  kind: 'aggregates',
  methods: AGGREGATION_METHODS,
  duration: { months: 0, micros: HOUR },
  most: 10_000,
}

/** One every ten minutes, from five minutes past the hour on. */
const measured = (count: number, more: Partial<NewInstance> = {}): readonly NewInstance[] =>
  Array.from({ length: count }, (_, i) => ({
    ...{ type: 'Property', value: (i * 37) % 11, createdAt: 0, modifiedAt: 0, ...more },
    observedAt: fromMicros(BEGIN + 5 * MINUTE + i * 10 * MINUTE),
  }))

export function historyRetentionContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)
  const add = (call: Call, id: string, instances: readonly NewInstance[], type = SENSOR) =>
    store().history.add(
      call,
      id,
      { types: [type], additions: instances.map((instance) => ({ attribute: N, instance })) },
      'make',
    )
  const retainAll = async (call: Call, horizons: Horizons, limit = 7, type = SENSOR) => {
    let [steps, removed, summarized] = [0, 0, 0]
    let cursor: string | undefined
    do {
      const step = await store().history.retain(
        call,
        (types) => (types.includes(type) ? horizons : undefined),
        limit,
        cursor,
      )
      ;[steps, removed, summarized] = [steps + 1, removed + step.removed, summarized + step.summarized]
      cursor = step.next
    } while (cursor !== undefined && steps < 1_000)
    return { steps, removed, summarized }
  }
  const rawTimes = async (call: Call, id: string): Promise<readonly Micros[]> => {
    const page = await store().history.retrieve(call, id, ALL, RAW)
    return (page?.evolutions[0]?.instances?.[N] ?? []).map(({ observedAt = '' }) => Date.parse(observedAt) * 1_000)
  }
  const hourly = async (call: Call, id: string, from: Micros = BEGIN) => {
    const page = await store().history.retrieve(call, id, { ...ALL, from }, HOURLY)
    const results = page?.evolutions[0]?.aggregates?.[N]?.flatMap(({ periods }) =>
      periods.map(({ from, until, summaries }) => [
        from,
        until,
        ...AGGREGATION_METHODS.map((method) => aggregate(summaries, method)),
      ]),
    )
    return { results, isSummarized: page?.isSummarized }
  }
  const expected = (instances: readonly NewInstance[]) => {
    const past = instances.map((instance, i) => ({ ...instance, instanceId: `urn:${i}` }))
    const { [N]: [series] = [] } = aggregatesOf({ [N]: past }, { ...ALL, from: BEGIN }, { months: 0, micros: HOUR })
    return series?.periods.map(({ from, until, summaries }) => [
      from,
      until,
      ...AGGREGATION_METHODS.map((method) => aggregate(summaries, method)),
    ])
  }
  const close = (results: readonly (readonly unknown[])[] | undefined) =>
    results?.map((row) =>
      row.map((cell) => (typeof cell === 'number' && Math.abs(cell) < 1e9 ? Math.round(cell * 1e9) / 1e9 : cell)),
    )

  it('removes what is too old, of the types that a rule is for, in small steps', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(30))
    await add(call, 'urn:s:2', measured(30), 'https://example.org/Other')
    const { removed, summarized, steps } = await retainAll(call, { rawBefore: BEGIN + 2 * HOUR })
    expect({ removed, summarized }).toEqual({ removed: 12, summarized: 0 })
    expect(steps).toBeGreaterThan(1)
    expect((await rawTimes(call, 'urn:s:1'))[0]).toBe(BEGIN + 2 * HOUR + 5 * MINUTE)
    expect(await rawTimes(call, 'urn:s:1')).toHaveLength(18)
    expect(await rawTimes(call, 'urn:s:2')).toHaveLength(30)
    expect(await retainAll(call, { rawBefore: BEGIN + 2 * HOUR })).toMatchObject({ removed: 0 })
  })

  it('summarizes, so that aggregates are what they were, and says so', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(30))
    const before = await hourly(call, 'urn:s:1')
    expect(before.isSummarized).toBeUndefined()
    expect(close(before.results)).toEqual(close(expected(measured(30))))
    const horizons = { rawBefore: BEGIN + 3 * HOUR, everyMicros: HOUR }
    expect(await retainAll(call, horizons)).toMatchObject({ removed: 18, summarized: 18 })
    expect(await rawTimes(call, 'urn:s:1')).toHaveLength(12)
    const after = await hourly(call, 'urn:s:1')
    expect(after.isSummarized).toBe(true)
    expect(close(after.results)).toEqual(close(before.results))
    const later = await hourly(call, 'urn:s:1', BEGIN + 3 * HOUR)
    expect(later.isSummarized).toBeUndefined()
    expect(later.results).toHaveLength(2)
  })

  it('says where what was summarized is not in aggregates, as it is not known what of it is asked for', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(30))
    await add(call, 'urn:s:2', measured(5))
    await retainAll(call, { rawBefore: BEGIN + 3 * HOUR, everyMicros: HOUR }, 7, 'none')
    const asked = async (id: string, more: Partial<InstanceSelection>) =>
      (await store().history.retrieve(call, id, { ...ALL, ...more }, HOURLY))?.lacksSummarized
    expect(await asked('urn:s:1', { lastN: 20 })).toBeUndefined()
    await retainAll(call, { rawBefore: BEGIN + HOUR, everyMicros: HOUR })
    for (const more of [{ lastN: 20 }, { timeProperty: 'modifiedAt' }] as const) {
      expect(await asked('urn:s:1', more)).toBe(true)
      expect(await asked('urn:s:1', { ...more, only: ['https://example.org/none'] })).toBeUndefined()
    }
    expect(await asked('urn:s:1', {})).toBeUndefined()
  })

  it('selects for aggregates also evolutions of which there are only summaries in the time', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(12))
    await add(call, 'urn:s:2', measured(1))
    await retainAll(call, { rawBefore: BEGIN + 2 * HOUR, everyMicros: HOUR })
    const found = async (wanted: Wanted, more: object, attributes?: readonly string[]) => {
      const filter = { types: [[SENSOR]], ...(attributes && { attributes }) }
      const selection = { ...ALL, ...more }
      const query = { filter, selection, wanted, limit: 10, offset: 0, count: true }
      const { evolutions, total } = await store().history.query(call, query)
      expect(evolutions).toHaveLength(total ?? -1)
      return evolutions.map(({ id }) => id)
    }
    expect(await found(HOURLY, {})).toEqual(['urn:s:1', 'urn:s:2'])
    expect(await found(HOURLY, { from: BEGIN + HOUR })).toEqual(['urn:s:1'])
    expect(await found(HOURLY, { only: [N], until: BEGIN + HOUR }, [N])).toEqual(['urn:s:1', 'urn:s:2'])
    expect(await found(HOURLY, {}, ['https://example.org/other'])).toEqual([])
    expect(await found(HOURLY, { timeProperty: 'createdAt' })).toEqual([])
    expect(await found(RAW, {})).toEqual([])
    expect(await found({ kind: 'aggregates', methods: [], most: 0 }, {})).toEqual(['urn:s:1', 'urn:s:2'])
  })

  it('summarizes a period of very many instances in parts, which are together what the whole would be', async () => {
    const call = await fresh()
    const many = Array.from({ length: 6_000 }, (_, i) => ({
      ...({ type: 'Property', value: i, createdAt: 0, modifiedAt: 0 } as const),
      observedAt: fromMicros(BEGIN + i * 500_000),
    }))
    for (let i = 0; i < many.length; i += 2_000) await add(call, 'urn:s:1', many.slice(i, i + 2_000))
    const { summarized, steps } = await retainAll(call, { rawBefore: BEGIN + HOUR, everyMicros: HOUR }, 100)
    expect(summarized).toBe(6_000)
    expect(steps).toBeGreaterThan(1)
    const page = await store().history.retrieve(call, 'urn:s:1', ALL, HOURLY)
    const [{ periods } = { periods: [] }] = page?.evolutions[0]?.aggregates?.[N] ?? []
    expect(periods).toHaveLength(1)
    const of = (method: 'totalCount' | 'min' | 'max' | 'avg') => aggregate(periods[0]?.summaries ?? [], method)
    expect([of('totalCount'), of('min'), of('max'), of('avg')]).toEqual([6_000, 0, 5_999, 2_999.5])
  })

  it('keeps what instances were together where the last one that is left is deleted', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(7))
    await retainAll(call, { rawBefore: BEGIN + HOUR, everyMicros: HOUR })
    const page = await store().history.retrieve(call, 'urn:s:1', ALL, RAW)
    const [left] = page?.evolutions[0]?.instances?.[N] ?? []
    expect(await store().history.deleteInstance(call, 'urn:s:1', N, left?.instanceId ?? '')).toBe('done')
    expect(await rawTimes(call, 'urn:s:1')).toEqual([])
    expect((await hourly(call, 'urn:s:1')).results).toHaveLength(1)
  })

  it('says of a Relationship that it was one (4.5.19.0)', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(6, { type: 'Relationship', value: 'urn:x:1' }))
    await retainAll(call, { rawBefore: BEGIN + HOUR, everyMicros: HOUR })
    const page = await store().history.retrieve(call, 'urn:s:1', ALL, HOURLY)
    expect(page?.evolutions[0]?.aggregates?.[N]).toMatchObject([{ type: 'Relationship' }])
  })

  it('takes what comes late into the summary of its period', async () => {
    const call = await fresh()
    const all = measured(12)
    await add(call, 'urn:s:1', [...all.slice(0, 2), ...all.slice(4)])
    const horizons = { rawBefore: BEGIN + 2 * HOUR, everyMicros: HOUR }
    await retainAll(call, horizons)
    await add(call, 'urn:s:1', all.slice(2, 4))
    const withoutDistinct = (results: Awaited<ReturnType<typeof hourly>>['results']) =>
      close(results)?.map((row) => row.filter((_, i) => i !== 2 + AGGREGATION_METHODS.indexOf('distinctCount')))
    expect(withoutDistinct((await hourly(call, 'urn:s:1')).results)).toEqual(withoutDistinct(expected(all)))
    await retainAll(call, horizons)
    expect(await rawTimes(call, 'urn:s:1')).toEqual([])
    expect(withoutDistinct((await hourly(call, 'urn:s:1')).results)).toEqual(withoutDistinct(expected(all)))
  })

  it('removes summaries in their time, and evolutions of which nothing is left, but for those of entities that are there', async () => {
    const call = await fresh()
    await add(call, 'urn:s:1', measured(12))
    await put(store(), call, entity('urn:s:2', { types: [SENSOR], attributes: { [N]: [property(1)] } }))
    await put(store(), call, entity('urn:s:3', { types: [SENSOR], attributes: { [N]: [property(1)] } }))
    await store().entities.write(call, 'urn:s:3', become(null))
    await retainAll(call, { rawBefore: BEGIN + 2 * HOUR, everyMicros: HOUR })
    expect((await hourly(call, 'urn:s:1')).results).toHaveLength(2)
    setClock(NOW + 1e9)
    await retainAll(call, { rawBefore: BEGIN + 5 * HOUR, everyMicros: HOUR, summariesBefore: BEGIN + 5 * HOUR })
    expect(await store().history.retrieve(call, 'urn:s:1', ALL, RAW)).toBeUndefined()
    expect(await store().history.retrieve(call, 'urn:s:3', ALL, RAW)).toBeUndefined()
    expect(await store().history.retrieve(call, 'urn:s:2', ALL, RAW)).toMatchObject({ evolutions: [{ id: 'urn:s:2' }] })
    await put(store(), call, entity('urn:s:2', { types: [SENSOR], attributes: { [N]: [property(2)] } }))
    const page = await store().history.retrieve(call, 'urn:s:2', { timeProperty: 'createdAt', onlyTimed: true }, RAW)
    expect(page?.evolutions[0]?.instances?.[N]).toHaveLength(1)
  })

  it('removes evolutions that have nothing, once they are too old, but for those of entities that are there', async () => {
    const call = await fresh()
    for (const id of ['urn:s:1', 'urn:s:2']) {
      await put(store(), call, entity(id, { types: [SENSOR], attributes: { [N]: [property(1)] } }))
    }
    await store().entities.write(call, 'urn:s:1', become(null))
    for (const id of ['urn:s:1', 'urn:s:2']) await store().history.deleteAttribute(call, id, N, 'all')
    const isThere = async (id: string) => (await store().history.retrieve(call, id, ALL, RAW)) !== undefined
    await retainAll(call, { rawBefore: BEGIN })
    expect([await isThere('urn:s:1'), await isThere('urn:s:2')]).toEqual([true, true])
    await retainAll(call, { rawBefore: BEGIN + HOUR }, 7, 'https://example.org/Other')
    expect([await isThere('urn:s:1'), await isThere('urn:s:2')]).toEqual([true, true])
    await retainAll(call, { rawBefore: BEGIN + HOUR })
    expect([await isThere('urn:s:1'), await isThere('urn:s:2')]).toEqual([false, true])
  })
}
