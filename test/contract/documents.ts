import { expect, it } from 'vitest'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { callIn, type OpenStore, setUp } from './contract-store.ts'

export function documentContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)

  it('keeps, replaces and deletes a document', async () => {
    const call = await fresh()
    const { documents } = store()
    expect(await documents.get(call, 'context', 'a')).toBeUndefined()
    await documents.put(call, 'context', 'a', { n: 1 })
    await documents.put(call, 'context', 'a', { n: [2, null] })
    expect(await documents.get(call, 'context', 'a')).toEqual({ n: [2, null] })
    expect(await documents.delete(call, 'context', 'a')).toBe(true)
    expect(await documents.delete(call, 'context', 'a')).toBe(false)
    expect(await documents.get(call, 'context', 'a')).toBeUndefined()
  })

  it('lists a kind by id, apart from other kinds', async () => {
    const call = await fresh()
    const { documents } = store()
    await Promise.all(['b', 'C', 'a', 'ä'].map((id) => documents.put(call, 'context', id, id)))
    await documents.put(call, 'subscription', 'a', 'other')
    expect(await documents.list(call, 'context')).toEqual(['C', 'a', 'b', 'ä'].map((id) => ({ id, document: id })))
    expect(await documents.list(call, 'registration')).toEqual([])
  })

  it('keeps digits and members named __proto__', async () => {
    const call = await fresh()
    const document: unknown = JSON.parse('{"__proto__":{"a":1}}')
    await store().documents.put(call, 'context', 'a', [document, new ExactNumber('9007199254740993')])
    const found = await store().documents.get(call, 'context', 'a')
    expect(found).toEqual([document, new ExactNumber('9007199254740993')])
    expect(JSON.stringify(found)).toContain('"__proto__":{"a":1}')
  })

  it('belongs to a Tenant', async () => {
    const [one, other] = [await fresh(), await fresh()]
    await store().documents.put(one, 'context', 'a', 1)
    expect(await store().documents.get(other, 'context', 'a')).toBeUndefined()
    expect(await store().documents.list(callIn(''), 'context')).toEqual([])
  })
}
