/** What every store promises of evolutions that go from one store to another (ports/history.ts, walk and restore). */

import { expect, it } from 'vitest'
import type { EvolutionPart, Restored } from '../../src/core/history/carried.ts'
import { type Addition, type NewInstance, SCOPE } from '../../src/core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../src/core/history/selection.ts'
import type { Entity, Json } from '../../src/core/model/entity.ts'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import type { Call } from '../../src/ports/call.ts'
import type { EvolutionQuery, Restoring } from '../../src/ports/history.ts'
import { at, become, entity, NOW, type OpenStore, property, put, setUp } from './contract-store.ts'

const [N, M] = ['https://example.org/n', 'https://example.org/m']
const ROAD = 'https://example.org/Road'
const HOUR = 3_600_000

const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
const MANY: Wanted = { kind: 'instances', most: 10_000 }
const KEEP: Restoring = { there: 'keep' }

const observed = (value: Json, offset: number, more: Partial<NewInstance> = {}): Addition => ({
  attribute: N,
  instance: { type: 'Property', value, observedAt: at(offset), createdAt: 0, modifiedAt: 0, ...more },
})

export function historyTransferContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)
  const walk = async (call: Call, limit = 1_000, meanwhile = async () => {}): Promise<readonly EvolutionPart[]> => {
    const parts: EvolutionPart[] = []
    let cursor: string | undefined
    for (let steps = 0; steps < 5_000; steps++) {
      const step = await store().history.walk(call, limit, cursor)
      expect(
        step.parts.flatMap((each) => each.series.flatMap(({ instances }) => instances)).length,
      ).toBeLessThanOrEqual(limit)
      parts.push(...step.parts)
      cursor = step.next
      if (cursor === undefined) return parts
      await meanwhile()
    }
    throw new Error('the walk does not end')
  }
  const restore = (call: Call, parts: readonly EvolutionPart[], restoring = KEEP) =>
    store().history.restore(call, parts, restoring)
  const shown = async (call: Call, id: string) => (await store().history.retrieve(call, id, ALL, MANY))?.evolutions
  const add = (call: Call, id: string, ...additions: readonly Addition[]) =>
    store().history.add(call, id, { types: [ROAD], additions }, 'make')
  const change = (call: Call, id: string, more: Partial<Entity>) =>
    store().entities.write(call, id, (current) => ({
      result: undefined,
      ...(current && { entity: { ...current, ...more } }),
    }))

  /** Of three entities, one of which is gone, and one without any instances. */
  async function settle(): Promise<Call> {
    const call = await fresh()
    const digits = new ExactNumber('12345678901234567890.123456789')
    const all = [
      entity('urn:x:2', {
        scopes: ['/a', '/b/c'],
        attributes: {
          [N]: [property(1, { unitCode: 'CEL' }), property(digits, { datasetId: 'urn:d:1', observedAt: at(-5) })],
          [M]: [
            { type: 'LanguageProperty', value: { de: 'ä', '@none': 'a' }, createdAt: NOW, modifiedAt: NOW },
            property('\0', { datasetId: 'urn:d:2', attributes: { [N]: [property(-0)] } }),
          ],
        },
      }),
      entity('urn:x:1'),
      entity('urn:x:3', { attributes: {} }),
    ]
    for (const each of all) await put(store(), call, each)
    setClock(NOW + 10)
    await change(call, 'urn:x:2', {
      types: [ROAD, 'https://example.org/Bus'],
      scopes: ['/d'],
      attributes: { [N]: [property(2), property(3, { datasetId: 'urn:d:1' })] },
    })
    setClock(NOW + 20)
    await store().entities.write(call, 'urn:x:1', become(null))
    await add(call, 'urn:only', ...Array.from({ length: 30 }, (_, i) => observed(i, (i % 7) * 1_000)))
    await add(call, 'urn:only', observed('again', 3_000), { attribute: SCOPE, instance: observed(['/x'], 0).instance })
    return call
  }

  it('puts all that a walk meets into another store, with the same times and the same ids', async () => {
    const call = await settle()
    const parts = await walk(call)
    expect(parts.filter(({ series }) => series.length === 0).map(({ evolution }) => evolution)).toEqual([
      { id: 'urn:x:2', types: [ROAD, 'https://example.org/Bus'], createdAt: NOW },
      { id: 'urn:x:1', types: [ROAD], createdAt: NOW, deletedAt: NOW + 20 },
      { id: 'urn:only', types: [ROAD], createdAt: NOW + 20 },
    ])
    const other = await fresh()
    for (const { evolution, instances } of await restore(other, parts)) {
      expect(['created', 'unchanged']).toContain(evolution)
      expect(new Set([...instances, 'created'])).toEqual(new Set(['created']))
    }
    expect(await walk(other)).toEqual(parts)
    for (const id of ['urn:x:1', 'urn:x:2', 'urn:only']) expect(await shown(other, id)).toEqual(await shown(call, id))
    const query: EvolutionQuery = {
      ...{ filter: { types: [['https://example.org/Bus']] }, selection: ALL, wanted: MANY },
      ...{ limit: 10, offset: 0, count: true },
    }
    expect(await store().history.query(other, query)).toEqual(await store().history.query(call, query))
  })

  it('walks in steps of any size over the same', async () => {
    const call = await settle()
    const whole = contentOf(await walk(call))
    for (const limit of [1, 2, 3, 7, 31]) expect(contentOf(await walk(call, limit))).toEqual(whole)
    const other = await fresh()
    for (const part of await walk(call, 2)) await restore(other, [part])
    expect(contentOf(await walk(other))).toEqual(whole)
  })

  it('meets what is there all the time once, whatever is added and deleted meanwhile', async () => {
    const call = await fresh()
    for (let i = 0; i < 30; i++) await add(call, `urn:x:${i}`, observed(i, 0), observed(i, 1))
    let i = 0
    const parts = await walk(call, 3, async () => {
      await add(call, `urn:new:${i}`, observed(0, 0))
      // Where the walk is, before it, and behind it.
      if (i % 2 === 0) await store().history.deleteEvolution(call, `urn:x:${(i * 7) % 30}`)
      i++
    })
    const ids = parts.filter(({ series }) => series.length === 0).map(({ evolution }) => evolution.id)
    expect(new Set(ids).size).toBe(ids.length)
    const left = await walk(call)
    for (const { evolution } of left.filter(({ evolution: { id } }) => id.startsWith('urn:x:')))
      expect(ids).toContain(evolution.id)
  })

  it('changes nothing where it is there and the same, whoever put it there', async () => {
    const call = await settle()
    const parts = await walk(call)
    const before = await shown(call, 'urn:only')
    for (const restoring of [KEEP, { there: 'replace' }, { there: 'leave' }] as const)
      expect(fatesOf(await restore(call, parts, restoring))).toEqual(new Set(['unchanged']))
    const other = await fresh()
    await restore(other, parts.slice(0, 4))
    await restore(other, parts)
    expect(fatesOf(await restore(other, parts))).toEqual(new Set(['unchanged']))
    expect(await walk(other)).toEqual(parts)
    expect([await walk(call), await shown(call, 'urn:only')]).toEqual([parts, before])
  })

  it('keeps what differs, replaces it, or leaves all of the evolution', async () => {
    const call = await fresh()
    await add(call, 'urn:x:1', observed(1, 0), observed(2, 10), observed(3, 20))
    const parts = await walk(call)
    const changed = parts.map(({ evolution, series }) => ({
      evolution,
      series: series.map((each) => ({
        ...each,
        instances: each.instances.map((one, i) => (i === 1 ? { ...one, value: 'new', observedAt: at(500) } : one)),
      })),
    }))
    const values = async () =>
      (await shown(call, 'urn:x:1'))?.[0]?.instances?.[N]?.map(({ value, observedAt }) => [value, observedAt])
    expect((await restore(call, changed))[1]).toEqual({
      ...{ evolution: 'unchanged', summaries: [], instances: ['unchanged', 'differs', 'unchanged'] },
    })
    const ids = (await shown(call, 'urn:x:1'))?.[0]?.instances?.[N]?.map(({ instanceId }) => instanceId)
    const dry = await restore(call, changed, { there: 'replace', dryRun: true })
    expect(await values()).toEqual([1, 2, 3].map((n, i) => [n, at(i * 10)]))
    expect(await restore(call, changed, { there: 'replace' })).toEqual(dry)
    expect(dry[1]?.instances).toEqual(['unchanged', 'replaced', 'unchanged'])
    expect(await values()).toEqual([
      [1, at(0)],
      [3, at(20)],
      ['new', at(500)],
    ])
    const after = (await shown(call, 'urn:x:1'))?.[0]?.instances?.[N]?.map(({ instanceId }) => instanceId)
    expect(after).toEqual([ids?.[0], ids?.[2], ids?.[1]])
    const [head] = changed
    const evolution = { id: 'urn:x:1', types: ['urn:T'], createdAt: NOW - 5, deletedAt: NOW + 7 }
    const gone = [{ evolution, series: head?.series ?? [] }]
    expect(await restore(call, gone)).toEqual([{ evolution: 'differs', summaries: [], instances: [] }])
    expect((await restore(call, gone, { there: 'replace' }))[0]?.evolution).toBe('replaced')
    expect((await walk(call))[0]?.evolution).toEqual(evolution)
    const found = await store().history.query(call, {
      ...{ filter: { types: [['urn:T']] }, selection: ALL, wanted: MANY, limit: 10, offset: 0, count: true },
    })
    expect(found.total).toBe(1)
  })

  it('tells what would become of it, and writes nothing', async () => {
    const parts = await walk(await settle())
    const other = await fresh()
    const dry = await restore(other, parts, { there: 'keep', dryRun: true })
    expect(dry[0]).toEqual({ evolution: 'created', summaries: [], instances: [] })
    expect(new Set(dry.flatMap(({ instances }) => instances))).toEqual(new Set(['created']))
    expect(await walk(other)).toEqual([])
  })

  it('makes an evolution with all of its series, and leaves one that is there', async () => {
    const call = await fresh()
    const one = { ...observed(1, 0).instance, createdAt: NOW - HOUR, modifiedAt: NOW - HOUR, number: 0 }
    const [n, m] = [N, M].map((attribute) => ({ attribute, isObserved: true, summaries: [], instances: [one] }))
    const part = { evolution: { id: 'urn:x:1', types: [ROAD], createdAt: NOW - HOUR }, series: n && m ? [n, m] : [] }
    expect(await restore(call, [part], { there: 'leave' })).toEqual([
      { evolution: 'created', summaries: [], instances: ['created', 'created'] },
    ])
    const later = { ...part, series: part.series.map((each) => ({ ...each, instances: [{ ...one, number: 1 }] })) }
    expect(await restore(call, [later], { there: 'leave' })).toEqual([
      { evolution: 'unchanged', summaries: [], instances: [] },
    ])
    const [evolution] = (await shown(call, 'urn:x:1')) ?? []
    expect(evolution).toMatchObject({ createdAt: NOW - HOUR, modifiedAt: NOW - HOUR })
    expect(Object.values(evolution?.instances ?? {}).flat()).toHaveLength(2)
  })

  it('is gone on with by changes of the entity, and by those of its instances', async () => {
    const parts = await walk(await settle())
    const call = await fresh()
    await restore(call, parts)
    setClock(NOW + 30)
    await put(store(), call, entity('urn:x:1', { attributes: { [N]: [property(9)] } }))
    const [again] = (await shown(call, 'urn:x:1')) ?? []
    expect(again?.instances?.[N]?.map(({ value }) => value)).toEqual([0, 'urn:ngsi-ld:null', 9])
    expect(again?.deletedAt).toBeUndefined()
    const instances = async () => (await shown(call, 'urn:only'))?.[0]?.instances?.[N] ?? []
    const [first, second] = await instances()
    const { instance } = observed('late', 9_000)
    const replaced = await store().history.replaceInstance(call, 'urn:only', N, first?.instanceId ?? '', instance)
    expect(replaced).toBe('done')
    expect(await store().history.deleteInstance(call, 'urn:only', N, second?.instanceId ?? '')).toBe('done')
    expect((await instances()).at(-1)).toMatchObject({ value: 'late', instanceId: first?.instanceId })
    expect((await instances()).map(({ instanceId }) => instanceId)).not.toContain(second?.instanceId)
    const left = await instances()
    await restore(call, await walk(call))
    expect(await instances()).toEqual(left)
  })

  it('comes again where it has been deleted', async () => {
    const parts = await walk(await settle())
    const call = await fresh()
    await restore(call, parts)
    const all = await shown(call, 'urn:only')
    const again = async () => {
      await restore(call, parts)
      expect(await shown(call, 'urn:only')).toEqual(all)
    }
    const first = all?.[0]?.instances?.[N]?.[0]?.instanceId ?? ''
    expect(await store().history.deleteInstance(call, 'urn:only', N, first)).toBe('done')
    await again()
    expect(await store().history.deleteAttribute(call, 'urn:only', N, 'all')).toBe('done')
    await again()
    expect(await store().history.deleteEvolution(call, 'urn:only')).toBe(true)
    await again()
  })

  it('takes along what is only in summaries', async () => {
    const call = await fresh()
    await add(call, 'urn:x:1', ...Array.from({ length: 20 }, (_, i) => observed(i / 3, i * 600_000)))
    await add(call, 'urn:x:1', observed('a', 0, { datasetId: 'urn:d' }))
    const horizons = { rawBefore: (NOW + 2 * HOUR) * 1_000, everyMicros: HOUR * 1_000 }
    let cursor: string | undefined
    do cursor = (await store().history.retain(call, () => horizons, 100, cursor)).next
    while (cursor !== undefined)
    const parts = await walk(call)
    const [n, d] = parts.flatMap(({ series }) => series)
    expect([n?.summaries.length, n?.instances.length]).toEqual([2, 8])
    expect([d?.summaries.length, d?.instances.length]).toEqual([1, 0])
    const other = await fresh()
    await restore(other, parts)
    expect(await walk(other)).toEqual(parts)
    expect(contentOf(await walk(other, 3))).toEqual(contentOf(parts))
    const sums: Wanted = {
      kind: 'aggregates',
      methods: ['sum', 'stddev'],
      most: 100,
      duration: { months: 0, micros: HOUR * 1_000 },
    }
    const timed = { ...ALL, onlyTimed: true }
    const before = await store().history.retrieve(call, 'urn:x:1', timed, sums)
    expect(before?.isSummarized).toBe(true)
    expect(await store().history.retrieve(other, 'urn:x:1', timed, sums)).toEqual(before)
    const changed = parts.map((part) => ({
      ...part,
      series: part.series.map((each) => ({
        ...each,
        summaries: each.summaries.map((one, i) => (i === 0 ? { ...one, ends: one.ends + 1 } : one)),
      })),
    }))
    expect((await restore(other, changed)).flatMap(({ summaries }) => summaries)).toEqual([
      'differs',
      'unchanged',
      'differs',
    ])
    await restore(other, changed, { there: 'replace' })
    expect(await walk(other)).toEqual(changed)
  })
}

function fatesOf(restored: readonly Restored[]): Set<string> {
  return new Set(restored.flatMap(({ evolution, summaries, instances }) => [evolution, ...summaries, ...instances]))
}

/** Whatever the steps in which it came. */
function contentOf(parts: readonly EvolutionPart[]): unknown {
  const all = new Map<string, unknown[]>()
  for (const { evolution, series } of parts) {
    const of = (key: unknown): unknown[] => {
      const name = JSON.stringify([evolution, key])
      if (!all.has(name)) all.set(name, [])
      return all.get(name) ?? []
    }
    if (series.length === 0) of('there').push('once')
    for (const { attribute, datasetId, summaries, instances } of series) {
      of([attribute, datasetId]).push(...summaries, ...instances)
    }
  }
  return [...all]
}
