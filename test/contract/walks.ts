import { expect, it } from 'vitest'
import type { Call } from '../../src/ports/call.ts'
import { become, entity, type OpenStore, put, setUp } from './contract-store.ts'

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
    meanwhile: (ids: readonly string[]) => Promise<void>,
  ): Promise<string[]> {
    const seen: string[] = []
    let after: string | undefined
    for (let steps = 0; steps < 1_000; steps++) {
      const ids = await store().entities.ids(call, { types: [[ROAD]] }, step, after)
      if (ids.length === 0) return seen
      seen.push(...ids)
      after = ids.at(-1)
      await meanwhile(ids)
    }
    throw new Error('the walk does not end')
  }

  it('walks over 2,500 entities in order of creation', async () => {
    const { call, all } = await populate(2_500)
    expect(await walk(call, 700, async () => {})).toEqual(all)
  })

  it('walks on after the place of the last id, which the walk itself deletes', async () => {
    const { call, all } = await populate(250)
    const kept = new Set(all.filter((_, i) => i % 3 === 0))
    const seen = await walk(call, 20, async (ids) => {
      for (const id of ids) if (!kept.has(id)) await store().entities.write(call, id, become(null))
    })
    expect(seen).toEqual(all)
    expect(await store().entities.count(call)).toBe(kept.size)
  })

  it('misses nothing that is made after the last of all was deleted', async () => {
    const { call } = await populate(3)
    const [last] = (await store().entities.ids(call, {}, 3)).slice(-1)
    await store().entities.write(call, last ?? '', become(null))
    await put(store(), call, entity('urn:x:new'))
    expect(await store().entities.ids(call, {}, 3, last)).toEqual(['urn:x:new'])
  })

  it('walks by id and by attribute too', async () => {
    const { call, all } = await populate(8)
    const [, second, third] = all
    expect(await store().entities.ids(call, { ids: all.toReversed() }, 2, second)).toEqual(all.slice(2, 4))
    const attributes = ['https://example.org/n', 'https://example.org/other']
    expect(await store().entities.ids(call, { attributes }, 2, third)).toEqual(all.slice(3, 5))
  })

  it('pages over 2,500 entities while others are added and the last deleted, missing and repeating none', async () => {
    const { call, all } = await populate(2_500)
    const deleted = new Set<string>()
    const seen: string[] = []
    for (let offset = 0; ; offset += 500) {
      const query = { filter: { types: [[ROAD]] }, limit: 500, offset, count: false }
      const { entities } = await store().entities.query(call, query)
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
