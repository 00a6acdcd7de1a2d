/** What every store promises of evolutions with very many Attributes and datasets (core/history/series.ts). */

import { expect, it } from 'vitest'
import type { NewInstance } from '../../src/core/history/past-instance.ts'
import { MOST_SERIES } from '../../src/core/history/series.ts'
import type { Call } from '../../src/ports/call.ts'
import { entity, type OpenStore, property, put, setUp } from './contract-store.ts'

const N = 'https://example.org/n'
const ROAD = 'https://example.org/Road'
const ID = 'urn:x:1'
const LONG = `urn:${'x'.repeat(1_000)}`

export function historySeriesContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)
  const add = (call: Call, ...instances: readonly Partial<NewInstance>[]) => {
    const additions = instances.map((each) => ({
      attribute: N,
      instance: { type: 'Property', value: 1, createdAt: 0, modifiedAt: 0, ...each } as const,
    }))
    return store().history.add(call, ID, { types: [ROAD], additions }, 'make')
  }
  const datasets = (from: number, until: number) =>
    Array.from({ length: until - from }, (_, i) => ({ datasetId: `urn:d:${from + i}` }))
  const countOf = async (call: Call, ...datasetIds: readonly string[]) => {
    const selection = { timeProperty: 'observedAt', onlyTimed: false, datasetIds } as const
    const page = await store().history.retrieve(call, ID, selection, { kind: 'instances', most: 100 })
    return page?.evolutions[0]?.instances?.[N]?.length ?? 0
  }
  /** The entity with these datasets, of which some are other ones than before. */
  const become = (call: Call, all: readonly { datasetId: string }[], value: number) =>
    put(store(), call, entity(ID, { types: [ROAD], attributes: { [N]: all.map((each) => property(value, each)) } }))

  it('what is added is refused where it would be more than an evolution may have', async () => {
    const call = await fresh()
    await add(call, ...datasets(0, MOST_SERIES - 1))
    const tooMany = add(call, { datasetId: 'urn:e:1' }, { datasetId: 'urn:e:1' }, { datasetId: 'urn:e:2' })
    await expect(tooMany).rejects.toMatchObject({ kind: 'BadRequestData' })
    expect(await countOf(call, 'urn:e:1')).toBe(0)
    await add(call, { datasetId: 'urn:e:1' }, { datasetId: 'urn:e:1' })
    await add(call, { datasetId: 'urn:e:1' }, { datasetId: 'urn:d:7' })
    expect(await countOf(call, 'urn:e:1')).toBe(3)
    await expect(add(call, { datasetId: 'urn:e:2' })).rejects.toMatchObject({ kind: 'BadRequestData' })
    await store().history.deleteAttribute(call, ID, N, { datasetId: 'urn:d:7' })
    await add(call, { datasetId: 'urn:e:2' })
  })

  it('nor has it one whose names are too long', async () => {
    const call = await fresh()
    await expect(add(call, { datasetId: LONG })).rejects.toMatchObject({ kind: 'BadRequestData' })
    await become(call, [{ datasetId: LONG }, { datasetId: 'urn:d:1' }], 1)
    expect([await countOf(call, LONG), await countOf(call, 'urn:d:1')]).toEqual([0, 1])
  })

  it('what a change records beyond that is left out, and all else is recorded', async () => {
    const call = await fresh()
    const all = datasets(0, MOST_SERIES + 2)
    await become(call, all, 1)
    const last = all.slice(-3).map(({ datasetId }) => datasetId)
    expect(await countOf(call, ...last)).toBe(1)
    setClock(Date.UTC(2026, 0, 2))
    await become(call, [{ datasetId: 'urn:d:3' }, { datasetId: 'urn:f:1' }], 2)
    // What is gone is said of those that there are.
    expect(await countOf(call, ...last)).toBe(2)
    expect(await countOf(call, 'urn:d:3')).toBe(2)
    expect(await countOf(call, 'urn:f:1')).toBe(0)
    await become(call, [{ datasetId: 'urn:d:3' }], 3)
    expect(await countOf(call, 'urn:d:3')).toBe(3)
  })
}
