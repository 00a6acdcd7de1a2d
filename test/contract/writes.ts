import { expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import { notFound, Problem } from '../../src/core/model/problems.ts'
import type { Change } from '../../src/ports/store.ts'
import { become, entity, idsOf, NOW, type OpenStore, property, put, setUp } from './contract-store.ts'

const N = 'https://example.org/n'

const increment: Change<number> = (current) => {
  const n = Number(current?.attributes[N]?.[0]?.value ?? 0) + 1
  return { entity: { ...(current ?? entity('urn:x:1')), attributes: { [N]: [property(n)] } }, result: n }
}

function numberIn(found: Entity | undefined): unknown {
  return found?.attributes[N]?.[0]?.value
}

export function writeContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)

  it('gives the function undefined where there is no entity, and hands back its result', async () => {
    const call = await fresh()
    const seen: unknown[] = []
    const result = await store().entities.write(call, 'urn:x:1', (current) => {
      seen.push(current)
      return { entity: entity('urn:x:1'), result: 'made' }
    })
    expect(result).toBe('made')
    expect(new Set(seen)).toEqual(new Set([undefined]))
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
  })

  it('tells the function when it is called, and leaves the entity as it is where the same object comes back', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    setClock(NOW + 5)
    const seen = await store().entities.write(call, 'urn:x:1', (current, now) => ({
      ...(current !== undefined && { entity: current }),
      result: now,
    }))
    expect(seen).toBe(NOW + 5)
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
  })

  it('tells no change an earlier time than the one before it, also where the clock has been set back', async () => {
    const call = await fresh()
    const touch: Change<number> = (current, now) => ({
      entity: { ...(current ?? entity('urn:x:1')), modifiedAt: now },
      result: now,
    })
    const times: number[] = []
    for (const offset of [1_000, -60_000, 500, 2_000]) {
      setClock(NOW + offset)
      times.push(await store().entities.write(call, 'urn:x:1', touch))
    }
    expect(times.map((time) => time - NOW)).toEqual([1_000, 1_000, 1_000, 2_000])
  })

  it('lets nothing live longer because the clock has been set back for a while', async () => {
    const call = await fresh()
    const expiresAt = new Date(NOW + 100).toISOString()
    await put(store(), call, entity('urn:x:1', { modifiedAt: NOW + 5_000, expiresAt }))
    expect(await store().entities.write(call, 'urn:x:1', (current) => ({ result: current?.id }))).toBe('urn:x:1')
    setClock(NOW + 100)
    expect(await store().entities.write(call, 'urn:x:1', (current) => ({ result: current?.id }))).toBeUndefined()
  })

  it('gives the function what was written before', async () => {
    const call = await fresh()
    const before = entity('urn:x:1', { scopes: ['/a'] })
    await put(store(), call, before)
    const seen = await store().entities.write(call, 'urn:x:1', (current) => ({ result: current }))
    expect(seen).toEqual(before)
  })

  it('refuses an entity that is too large, naming the limit, and keeps what was there', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    const large = entity('urn:x:1', { attributes: { [N]: [property('x'.repeat(4_000_001))] } })
    await expect(put(store(), call, large)).rejects.toMatchObject({
      kind: 'BadRequestData',
      detail: expect.stringContaining('4000000'),
    })
    const settled = await store().entities.writeMany(call, [
      { id: 'urn:x:1', change: become(large) },
      { id: 'urn:x:2', change: become(entity('urn:x:2')) },
    ])
    expect(settled.map(({ ok }) => ok)).toEqual([false, true])
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
  })

  it('leaves the entity as it is where the function returns none', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    await store().entities.write(call, 'urn:x:1', () => ({ result: 0 }))
    await store().entities.write(call, 'urn:x:2', () => ({ result: 0 }))
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
    expect(await store().entities.retrieve(call, 'urn:x:2')).toBeUndefined()
  })

  it('deletes the entity where the function returns null, also where there is none', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    for (const id of ['urn:x:1', 'urn:x:1', 'urn:x:2']) await store().entities.write(call, id, become(null))
    expect(await store().entities.retrieve(call, 'urn:x:1')).toBeUndefined()
    expect(await idsOf(store(), call, {})).toEqual([])
  })

  it('keeps createdAt and modifiedAt as the function set them', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    const moved = entity('urn:x:1', { createdAt: NOW + 1, modifiedAt: NOW + 2.5 })
    await put(store(), call, { ...moved, modifiedAt: NOW + 2 })
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual({ ...moved, modifiedAt: NOW + 2 })
  })

  it('hands what the function throws to the caller and stores nothing of that write', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    const refuse = (): never => {
      throw notFound('no such thing')
    }
    await expect(store().entities.write(call, 'urn:x:1', refuse)).rejects.toThrow('no such thing')
    await expect(
      store().entities.write(call, 'urn:x:2', () => {
        throw new TypeError('a fault')
      }),
    ).rejects.toThrow(TypeError)
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
    expect(await store().entities.retrieve(call, 'urn:x:2')).toBeUndefined()
  })

  it('does not let a write that throws disturb those of the same moment', async () => {
    const call = await fresh()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        store().entities.write(call, `urn:x:${i}`, () => {
          if (i % 4 === 0) throw notFound(String(i))
          return { entity: entity(`urn:x:${i}`), result: i }
        }),
      ),
    )
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10)
    expect(await idsOf(store(), call, {})).toHaveLength(30)
  })

  it('loses nothing of 50 writers of one entity', async () => {
    const call = await fresh()
    const results = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const seen: number[] = []
        for (let i = 0; i < 5; i++) seen.push(await store().entities.write(call, 'urn:x:1', increment))
        return seen
      }),
    )
    expect(results.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 250 }, (_, i) => i + 1))
    expect(numberIn(await store().entities.retrieve(call, 'urn:x:1'))).toBe(250)
  })

  it('loses nothing of batches and single writers of one entity', async () => {
    const call = await fresh()
    const batch = Array.from({ length: 60 }, () => ({ id: 'urn:x:1', change: increment }))
    await Promise.all([
      store().entities.writeMany(call, batch),
      store().entities.writeMany(call, batch),
      ...Array.from({ length: 30 }, () => store().entities.write(call, 'urn:x:1', increment)),
    ])
    expect(numberIn(await store().entities.retrieve(call, 'urn:x:1'))).toBe(150)
  })

  it('answers a batch in its order, an id that comes twice seeing the first (5.5.11)', async () => {
    const call = await fresh()
    const ids = ['urn:x:1', 'urn:x:2', 'urn:x:1', 'urn:x:3', 'urn:x:1']
    const settled = await store().entities.writeMany<number>(
      call,
      ids.map((id) => ({
        id,
        change: (current, now) => {
          const { entity: next, result } = increment(current ?? entity(id), now)
          return { entity: next ?? null, result }
        },
      })),
    )
    expect(settled).toEqual([1, 1, 2, 1, 3].map((value) => ({ ok: true, value })))
    expect(numberIn(await store().entities.retrieve(call, 'urn:x:1'))).toBe(3)
  })

  it('lets one id be made, deleted and made again in one batch', async () => {
    const call = await fresh()
    const last = entity('urn:x:1', { types: ['https://example.org/Bridge'] })
    await store().entities.writeMany(
      call,
      [entity('urn:x:1'), null, last].map((next) => ({ id: 'urn:x:1', change: become(next) })),
    )
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(last)
    expect(await store().entities.countTypes(call)).toEqual(new Map([['https://example.org/Bridge', 1]]))
  })

  it('reports a Problem of a batch in its place and stores the others', async () => {
    const call = await fresh()
    const settled = await store().entities.writeMany<string>(
      call,
      ['a', 'b', 'c'].map((name) => ({
        id: `urn:x:${name}`,
        change: () => {
          if (name === 'b') throw new Problem('AlreadyExists', 'there is one')
          return { entity: entity(`urn:x:${name}`), result: name }
        },
      })),
    )
    expect(settled[0]).toEqual({ ok: true, value: 'a' })
    expect(settled[1]).toMatchObject({ ok: false, problem: { kind: 'AlreadyExists' } })
    expect(settled[2]).toEqual({ ok: true, value: 'c' })
    expect(await idsOf(store(), call, {})).toEqual(['urn:x:a', 'urn:x:c'])
  })

  it('rejects a batch whose function throws anything else', async () => {
    const call = await fresh()
    const fault = (): never => {
      throw new RangeError('a fault')
    }
    await expect(store().entities.writeMany(call, [{ id: 'urn:x:1', change: fault }])).rejects.toThrow(RangeError)
    expect(await store().entities.retrieve(call, 'urn:x:1')).toBeUndefined()
  })

  it('takes an empty batch', async () => {
    expect(await store().entities.writeMany(await fresh(), [])).toEqual([])
  })

  it('does not make a single write wait for a whole batch', async () => {
    const call = await fresh()
    const ended: string[] = []
    const batch = Array.from({ length: 3_000 }, (_, i) => entity(`urn:x:${i}`))
    await Promise.all([
      put(store(), call, ...batch).then(() => ended.push('batch')),
      store()
        .entities.write(call, 'urn:x:single', become(entity('urn:x:single')))
        .then(() => ended.push('single')),
    ])
    expect(ended).toEqual(['single', 'batch'])
  })
}
