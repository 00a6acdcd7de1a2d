import { expect, it } from 'vitest'
import type { EntityFilter } from '../../src/core/query/ast.ts'
import type { Call } from '../../src/ports/call.ts'
import type { Cursor } from '../../src/ports/store.ts'
import { become, entity, type OpenStore, pageOf, put, setUp } from './contract-store.ts'

const ROAD = 'https://example.org/Road'

export function walkContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)

  async function populate(count: number): Promise<{ call: Call; all: readonly string[] }> {
    const call = await fresh()
    const all = Array.from({ length: count }, (_, i) => `urn:x:${(i * 7) % count}`)
    await put(store(), call, ...all.map((id) => entity(id)))
    return { call, all }
  }

  async function walk(
    call: Call,
    step: number,
    meanwhile: (ids: readonly string[]) => Promise<void> = async () => {},
    filter: EntityFilter = { types: [[ROAD]] },
  ): Promise<string[]> {
    const seen: string[] = []
    let cursor: Cursor | undefined
    for (let steps = 0; steps < 1_000; steps++) {
      const { ids, next } = await store().entities.walk(call, filter, step, cursor)
      expect(ids.length).toBeLessThanOrEqual(step)
      seen.push(...ids)
      await meanwhile(ids)
      if (next === undefined) return seen
      cursor = next
    }
    throw new Error('the walk does not end')
  }

  const remove = (call: Call, ...ids: readonly string[]) =>
    Promise.all(ids.map((id) => store().entities.write(call, id, become(null))))

  it('walks over 2,500 entities in order of creation', async () => {
    const { call, all } = await populate(2_500)
    expect(await walk(call, 700)).toEqual(all)
    expect(await walk(call, 2_500)).toEqual(all)
  })

  it('ends where there is nothing', async () => {
    const call = await fresh()
    expect(await store().entities.walk(call, {}, 5)).toEqual({ ids: [] })
    expect(await store().entities.walk(call, { ids: [] }, 5)).toEqual({ ids: [] })
  })

  it('walks on while it deletes what it is given', async () => {
    const { call, all } = await populate(250)
    const kept = new Set(all.filter((_, i) => i % 3 === 0))
    const seen = await walk(call, 20, async (ids) => {
      await remove(call, ...ids.filter((id) => !kept.has(id)))
    })
    expect(seen).toEqual(all)
    expect(await store().entities.count(call)).toBe(kept.size)
  })

  it('walks on where everything that it was given is deleted, and made again', async () => {
    const { call, all } = await populate(40)
    const { ids, next } = await store().entities.walk(call, {}, 10)
    await remove(call, ...ids)
    await put(store(), call, ...ids.map((id) => entity(id)))
    const rest = await store().entities.walk(call, {}, 100, next)
    expect(rest).toEqual({ ids: [...all.slice(10), ...ids] })
    expect(await store().entities.walk(call, {}, 100, next)).toEqual(rest)
  })

  it('misses nothing that is made after all the rest was deleted', async () => {
    const { call, all } = await populate(4)
    const { next } = await store().entities.walk(call, {}, 3)
    await remove(call, ...all)
    await put(store(), call, entity('urn:x:new'))
    expect(await store().entities.walk(call, {}, 3, next)).toEqual({ ids: ['urn:x:new'] })
  })

  it('keeps 1,500 walks at once apart', async () => {
    const { call, all } = await populate(3)
    const begun = await Promise.all(Array.from({ length: 1_500 }, () => store().entities.walk(call, {}, 1)))
    await remove(call, all[0] ?? '')
    for (const { next } of [...begun.slice(0, 2), ...begun.slice(-2)]) {
      expect((await store().entities.walk(call, {}, 5, next)).ids).toEqual(all.slice(1))
    }
  })

  it('walks by id and by attribute too', async () => {
    const { call, all } = await populate(8)
    expect(await walk(call, 2, undefined, { ids: all.toReversed() })).toEqual(all)
    const attributes = ['https://example.org/n', 'https://example.org/other']
    expect(await walk(call, 3, undefined, { attributes })).toEqual(all)
  })

  it('walks by what has to be looked at in each entity, while it deletes what it is given', async () => {
    const { call, all } = await populate(2_500)
    const filter = { idPattern: '[0-4]$' }
    const matching = all.filter((id) => /[0-4]$/.test(id))
    expect(await walk(call, 3_000, undefined, filter)).toEqual(matching)
    expect(await walk(call, 900, (ids) => remove(call, ...ids).then(() => {}), filter)).toEqual(matching)
    expect(await store().entities.count(call)).toBe(all.length - matching.length)
  })

  it('pages over 2,500 entities while others are added and the last deleted, missing and repeating none', async () => {
    const { call, all } = await populate(2_500)
    const deleted = new Set<string>()
    const seen: string[] = []
    for (let offset = 0; ; offset += 500) {
      const query = { filter: { types: [[ROAD]] }, limit: 500, offset, count: false }
      const { entities } = await pageOf(store(), call, query)
      if (entities.length === 0) break
      seen.push(...entities.map(({ id }) => id))
      const last = all[2_499 - offset / 500]
      if (last !== undefined && !seen.includes(last)) {
        deleted.add(last)
        await store().entities.write(call, last, become(null))
        await put(store(), call, entity(`urn:new:${offset}`), entity(`urn:b:${offset}`, { types: ['urn:Bridge'] }))
      }
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((id) => id.startsWith('urn:x:'))).toEqual(all.filter((id) => !deleted.has(id)))
  })
}
