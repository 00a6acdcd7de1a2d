import { expect, it } from 'vitest'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { notFound } from '../../src/core/model/problems.ts'
import type { DocumentChange } from '../../src/ports/store.ts'
import { callIn, type OpenStore, setUp } from './contract-store.ts'

const increment: DocumentChange<number> = (current) => {
  const n = typeof current === 'number' ? current + 1 : 1
  return { document: n, result: n }
}

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

  it('lists many without keeping everybody else waiting', async () => {
    const call = await fresh()
    const { documents } = store()
    const large = Array.from({ length: 4_000 }, (_, i) => ({ [`name${i}`]: [i, `${i}`, { of: i }] }))
    await Promise.all(Array.from({ length: 40 }, (_, i) => documents.put(call, 'large', `${i}`, large)))
    let longest = 0
    let last = performance.now()
    let isOn = true
    const look = (): void => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }
    const tick = (): void => {
      look()
      if (isOn) setImmediate(tick)
    }
    tick()
    const begun = performance.now()
    expect(await documents.list(call, 'large')).toHaveLength(40)
    look()
    isOn = false
    expect(longest).toBeLessThan((performance.now() - begun) / 2)
  })

  it('keeps digits and members named __proto__', async () => {
    const call = await fresh()
    const document: unknown = JSON.parse('{"__proto__":{"a":1}}')
    await store().documents.put(call, 'context', 'a', [document, new ExactNumber('9007199254740993')])
    const found = await store().documents.get(call, 'context', 'a')
    expect(found).toEqual([document, new ExactNumber('9007199254740993')])
    expect(JSON.stringify(found)).toContain('"__proto__":{"a":1}')
  })

  it('changes a document by what it is: undefined where there is none, absent leaves it, null deletes it', async () => {
    const call = await fresh()
    const { documents } = store()
    const seen: unknown[] = []
    const see = (written: object) => (current: unknown) => {
      seen.push(current)
      return { ...written, result: current }
    }
    expect(await documents.change(call, 'context', 'a', see({}))).toBeUndefined()
    expect(await documents.get(call, 'context', 'a')).toBeUndefined()
    await documents.change(call, 'context', 'a', see({ document: { n: [1] } }))
    expect(await documents.change(call, 'context', 'a', see({}))).toEqual({ n: [1] })
    expect(await documents.get(call, 'context', 'a')).toEqual({ n: [1] })
    expect(await documents.change(call, 'context', 'a', see({ document: null }))).toEqual({ n: [1] })
    expect(await documents.get(call, 'context', 'a')).toBeUndefined()
    await documents.change(call, 'context', 'a', see({ document: null }))
    expect(await documents.list(call, 'context')).toEqual([])
    expect(seen).toContainEqual({ n: [1] })
  })

  it('loses nothing of 50 changes of one document at once', async () => {
    const call = await fresh()
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store().documents.change(call, 'counter', 'a', increment)),
    )
    expect(results.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    expect(await store().documents.get(call, 'counter', 'a')).toBe(50)
  })

  it('lets one of 50 callers at once make a document, and gives it to the others', async () => {
    const call = await fresh()
    const made = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        store().documents.change(call, 'identity', 'a', (current) =>
          typeof current === 'string' ? { result: current } : { document: `urn:${i}`, result: `urn:${i}` },
        ),
      ),
    )
    expect(new Set(made)).toEqual(new Set([await store().documents.get(call, 'identity', 'a')]))
  })

  it('hands what the function throws to the caller and stores nothing of it', async () => {
    const call = await fresh()
    const { documents } = store()
    await documents.put(call, 'context', 'a', 1)
    const refuse = (): never => {
      throw notFound('no such thing')
    }
    const outcomes = await Promise.allSettled([
      documents.change(call, 'context', 'b', increment),
      documents.change(call, 'context', 'a', refuse),
      documents.change(call, 'context', 'a', increment),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(outcomes[1]).toMatchObject({ reason: { kind: 'ResourceNotFound' } })
    expect(await documents.get(call, 'context', 'a')).toBe(2)
  })

  it('keeps the number of documents of a kind', async () => {
    const call = await fresh()
    const { documents } = store()
    expect(await documents.count(call, 'context')).toBe(0)
    await documents.put(call, 'context', 'a', 1)
    await documents.put(call, 'context', 'a', 2)
    await documents.change(call, 'context', 'a', increment)
    await documents.change(call, 'context', 'b', increment)
    await documents.put(call, 'subscription', 'a', 1)
    expect(await documents.count(call, 'context')).toBe(2)
    await documents.delete(call, 'context', 'a')
    await documents.delete(call, 'context', 'a')
    expect(await documents.count(call, 'context')).toBe(1)
    await documents.change(call, 'context', 'b', () => ({ document: null, result: undefined }))
    await documents.change(call, 'context', 'b', () => ({ document: null, result: undefined }))
    expect(await documents.count(call, 'context')).toBe(0)
    expect(await documents.count(call, 'subscription')).toBe(1)
  })

  it('belongs to a Tenant', async () => {
    const [one, other] = [await fresh(), await fresh()]
    await store().documents.put(one, 'context', 'a', 1)
    expect(await store().documents.get(other, 'context', 'a')).toBeUndefined()
    expect(await store().documents.list(callIn(''), 'context')).toEqual([])
    expect(await store().documents.count(other, 'context')).toBe(0)
  })
}
