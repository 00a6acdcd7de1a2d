import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { Call } from '../../src/ports/call.ts'
import { casesOf } from '../support/long.ts'
import { at, become, entity, NOW, type OpenStore, pageOf, put, setUp } from './contract-store.ts'

const A = 'urn:T:a'
const B = 'urn:T:b'

export function countContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)

  async function counts(call: Call): Promise<readonly [number, number | undefined, number | undefined]> {
    const byType = await store().entities.countTypes(call)
    return [await store().entities.count(call), byType.get(A), byType.get(B)]
  }

  it('begins with none', async () => {
    const call = await fresh()
    expect(await counts(call)).toEqual([0, undefined, undefined])
    expect((await store().entities.countTypes(call)).size).toBe(0)
  })

  it('keeps right after creation, change of type and deletion; two types count in both', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { types: [A] }), entity('urn:x:2', { types: [A, B] }))
    expect(await counts(call)).toEqual([2, 2, 1])
    await put(store(), call, entity('urn:x:1', { types: [B] }))
    expect(await counts(call)).toEqual([2, 1, 2])
    await store().entities.write(call, 'urn:x:2', become(null))
    expect(await counts(call)).toEqual([1, undefined, 1])
  })

  it('leaves out what has expired, before and after it is purged', async () => {
    const call = await fresh()
    const short = { expiresAt: at(1_000) }
    await put(store(), call, entity('urn:x:1', { types: [A, B], ...short }), entity('urn:x:2', { types: [A] }))
    expect(await counts(call)).toEqual([2, 2, 1])
    setClock(NOW + 1_000)
    expect(await counts(call)).toEqual([1, 1, undefined])
    await store().entities.purgeExpired(call, NOW + 1_000, 10)
    expect(await counts(call)).toEqual([1, 1, undefined])
  })

  it('counts an entity once that is written over an expired one', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { types: [A], expiresAt: at(1_000) }))
    setClock(NOW + 2_000)
    await put(store(), call, entity('urn:x:1', { types: [B] }))
    expect(await counts(call)).toEqual([1, undefined, 1])
  })

  it('is right after any writes at once', async () => {
    const next = fc.option(fc.subarray([A, B], { minLength: 1 }), { nil: null })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 5 }), next), { maxLength: 40 }), async (steps) => {
        const call = await fresh()
        await Promise.all(
          steps.map(([n, types]) =>
            store().entities.write(call, `urn:x:${n}`, become(types && entity(`urn:x:${n}`, { types }))),
          ),
        )
        const query = { filter: {}, limit: 10, offset: 0, count: false }
        const { entities } = await pageOf(store(), call, query)
        const having = (type: string): number | undefined => countOf(entities, type) || undefined
        expect(await counts(call)).toEqual([entities.length, having(A), having(B)])
      }),
      { numRuns: casesOf(20) },
    )
  })
}

function countOf(entities: readonly Entity[], type: string): number {
  return entities.filter(({ types }) => types.includes(type)).length
}
