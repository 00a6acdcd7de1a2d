import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entity, Json } from '../../src/core/model/entity.ts'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { jsonValue } from '../support/arbitraries.ts'
import { casesOf } from '../support/long.ts'
import { entity, idsOf, NOW, type OpenStore, pageOf, property, put, setUp } from './contract-store.ts'

const V = 'https://example.org/v'

export function fidelityContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)

  async function storedAndRead(value: Json): Promise<Json | undefined> {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { attributes: { [V]: [property(value)] } }))
    return (await store().entities.retrieve(call, 'urn:x:1'))?.attributes[V]?.[0]?.value
  }

  it('keeps every member of an entity and of its attributes', async () => {
    const call = await fresh()
    const full: Entity = entity('urn:ngsi-ld:Straße:1', {
      types: ['https://example.org/A', 'https://example.org/B'],
      scopes: ['/Madrid/Centro', '/Madrid'],
      expiresAt: '2099-01-01T00:00:00.123456Z',
      createdAt: NOW - 1,
      attributes: {
        [V]: [
          property({ a: [1, null, 'ñ\u0000\u2028"\\'] }, { unitCode: 'CEL', observedAt: '2026-01-01T00:00:00Z' }),
          property('b', { datasetId: 'urn:d:1', attributes: { [V]: [property(true, { valueType: 'urn:t' })] } }),
          { ...property(['urn:x:2']), type: 'Relationship', datasetId: 'urn:d:2', objectType: ['urn:t'] },
        ],
      },
    })
    await put(store(), call, full)
    expect(await store().entities.retrieve(call, full.id)).toEqual(full)
  })

  it('keeps any JSON value', async () => {
    const call = await fresh()
    await fc.assert(
      fc.asyncProperty(jsonValue, async (value) => {
        const next = entity('urn:x:1', { attributes: { [V]: [property(value)] } })
        await put(store(), call, next)
        expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(next)
      }),
      { numRuns: casesOf(60) },
    )
  })

  it('keeps the digits of numbers that a double would change', async () => {
    const exact = (text: string): ExactNumber => new ExactNumber(text)
    const value = { id: exact('123456789012345678901'), list: [exact('0.1000000000000000055'), 0.1, 1e21] }
    expect(await storedAndRead(value)).toEqual(value)
    expect(await storedAndRead(exact('100000000000000001'))).toEqual(exact('100000000000000001'))
  })

  it('goes back to plain numbers when the exact ones are gone', async () => {
    const call = await fresh()
    for (const value of [new ExactNumber('9007199254740993'), 5]) {
      const next = entity('urn:x:1', { attributes: { [V]: [property(value)] } })
      await put(store(), call, next)
      const [found] = (await pageOf(store(), call, { filter: {}, limit: 1, offset: 0, count: false })).entities
      expect(found).toEqual(next)
    }
  })

  it.each([
    ['alone', '{"__proto__":{"polluted":1},"constructor":{"prototype":2},"toString":3}'],
    ['within', '[{"a":{"__proto__":null,"hasOwnProperty":[]}}]'],
  ])('keeps members named as those of Object.prototype: %s', async (_, text) => {
    const value: Json = JSON.parse(text)
    expect(JSON.stringify(await storedAndRead(value))).toBe(text)
    const call = await fresh()
    const beside = { [V]: [property(value), property(new ExactNumber('9007199254740993'), { datasetId: 'urn:d' })] }
    await put(store(), call, entity('urn:x:1', { attributes: beside }))
    const found = await store().entities.retrieve(call, 'urn:x:1')
    expect(JSON.stringify(found?.attributes[V]?.[0]?.value)).toBe(text)
    expect({}).not.toHaveProperty('polluted')
  })

  it('takes ids, types and attributes named as members of Object.prototype', async () => {
    const call = await fresh()
    const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty']
    for (const name of names) {
      const attributes = Object.fromEntries([[name, [property(1)]]])
      await put(store(), call, entity(name, { types: [name], attributes }))
    }
    for (const name of names) {
      expect((await store().entities.retrieve(call, name))?.types).toEqual([name])
      expect(await idsOf(store(), call, { types: [[name]] })).toEqual([name])
      expect(await idsOf(store(), call, { attributes: [name] })).toEqual([name])
    }
    expect(await idsOf(store(), call, { types: [['valueOf']] })).toEqual([])
    expect((await store().entities.countTypes(call)).get('constructor')).toBe(1)
  })

  it('gives every reader an object of its own', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    const first = await store().entities.retrieve(call, 'urn:x:1')
    Object.assign(first ?? {}, { types: ['changed'] })
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1'))
  })
}
