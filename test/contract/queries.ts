import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { EntityFilter } from '../../src/core/query/ast.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import { casesOf } from '../support/long.ts'
import { become, entity, idsOf, LIMITS, NOW, type OpenStore, pageOf, property, put, setUp } from './contract-store.ts'

const TYPES = ['urn:T:a', 'urn:T:b', 'urn:T:c']
const NAMES = ['urn:A:a', 'urn:A:b', 'urn:A:c', 'urn:A:d']

const populated = fc.record({
  types: fc.subarray(TYPES, { minLength: 1 }),
  names: fc.subarray(NAMES),
})
const filter: fc.Arbitrary<EntityFilter> = fc.record(
  {
    types: fc.array(fc.array(fc.constantFrom(...TYPES, 'urn:T:unknown'), { minLength: 1, maxLength: 3 }), {
      maxLength: 3,
    }),
    ids: fc.array(fc.integer({ min: 0, max: 30 }).map((n) => `urn:x:${n}`)),
    attributes: fc.array(fc.constantFrom(...NAMES, 'urn:A:unknown'), { maxLength: 3 }),
  },
  { requiredKeys: [] },
)

export function queryContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)

  it('selects what the evaluator selects, in order of creation, page by page, and counts it', async () => {
    const call = await fresh()
    const drawn = fc.sample(populated, { numRuns: 25, seed: 7 })
    const all = drawn.map(({ types, names }, i) =>
      entity(`urn:x:${i}`, { types, attributes: Object.fromEntries(names.map((name) => [name, [property(1)]])) }),
    )
    await put(store(), call, ...all)
    await fc.assert(
      fc.asyncProperty(filter, fc.nat({ max: 6 }), fc.nat({ max: 12 }), async (filter, limit, offset) => {
        const expected = all.filter((each) => matches(each, filter))
        const page = await pageOf(store(), call, { filter, limit, offset, count: true })
        expect(page).toEqual({ entities: expected.slice(offset, offset + limit), total: expected.length })
        const { ids } = await store().entities.walk(call, filter, 100)
        expect(ids).toEqual(expected.map(({ id }) => id))
      }),
      { numRuns: casesOf(300) },
    )
  })

  it('reads those of many ids that are there and have not expired, in the order of the ids', async () => {
    const call = await fresh()
    const soon = { expiresAt: new Date(NOW + 1_000).toISOString() }
    const transient = { attributes: { 'urn:A:a': [property(1)], 'urn:A:b': [property(2, soon)] } }
    const all = [entity('urn:x:1'), entity('urn:x:2', soon), entity('urn:x:3', transient), entity('urn:x:4')]
    await put(store(), call, ...all)
    const read = async (...ids: readonly string[]) => {
      const found = await store().entities.retrieveMany(call, ids)
      for (const { size } of found) expect(size).toBeGreaterThan(50)
      return found.map((each) => each.read())
    }
    const [one, two, three, four] = all
    expect(await read('urn:x:4', 'urn:x:0', 'urn:x:3', 'urn:x:2', 'urn:x:1')).toEqual([four, three, two, one])
    expect(await read('urn:x:0')).toEqual([])
    expect(await read()).toEqual([])
    setClock(NOW + 1_000)
    const rest = { ...three, attributes: { 'urn:A:a': [property(1)] } }
    expect(await read('urn:x:4', 'urn:x:3', 'urn:x:2')).toEqual([four, rest])
  })

  it('refuses a page of more bytes than the store was opened for, naming the limit, and answers a smaller one', async () => {
    const call = await fresh()
    const large = { attributes: { 'urn:A:a': [property('x'.repeat(2_500_000))] } }
    const ids = ['urn:x:1', 'urn:x:2', 'urn:x:3', 'urn:x:4']
    await put(store(), call, ...ids.map((id) => entity(id, large)))
    const page = (limit: number) => pageOf(store(), call, { filter: {}, limit, offset: 0, count: true })
    await expect(page(4)).rejects.toMatchObject({
      kind: 'TooManyResults',
      detail: expect.stringContaining(`${LIMITS.pageBytes} bytes together (BOYA_MAX_PAGE_BYTES)`),
    })
    const { entities, total } = await page(3)
    expect([entities.map(({ id }) => id), total]).toEqual([ids.slice(0, 3), 4])
    await expect(store().entities.retrieveMany(call, ids)).rejects.toMatchObject({ kind: 'TooManyResults' })
    expect(await store().entities.retrieveMany(call, ids.slice(1))).toHaveLength(3)
  })

  it('follows an entity whose types and attributes change', async () => {
    const call = await fresh()
    const before = entity('urn:x:1', { types: ['urn:T:a', 'urn:T:b'], attributes: { 'urn:A:a': [property(1)] } })
    const after = entity('urn:x:1', { types: ['urn:T:b', 'urn:T:c'], attributes: { 'urn:A:b': [property(1)] } })
    await put(store(), call, before, after)
    const selected = async (filter: EntityFilter): Promise<number> => (await idsOf(store(), call, filter)).length
    expect(await Promise.all(TYPES.map((type) => selected({ types: [[type]] })))).toEqual([0, 1, 1])
    expect(await Promise.all(NAMES.slice(0, 2).map((name) => selected({ attributes: [name] })))).toEqual([0, 1])
    await store().entities.write(call, 'urn:x:1', become(null))
    expect(await Promise.all(TYPES.map((type) => selected({ types: [[type]] })))).toEqual([0, 0, 0])
    expect(await Promise.all(NAMES.map((name) => selected({ attributes: [name] })))).toEqual([0, 0, 0, 0])
  })

  it('puts an entity that was deleted and made again at the end', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'), entity('urn:x:2'))
    await store().entities.write(call, 'urn:x:1', become(null))
    await put(store(), call, entity('urn:x:1'))
    expect(await idsOf(store(), call, {})).toEqual(['urn:x:2', 'urn:x:1'])
  })

  it('keeps the place of an entity that is changed or replaced', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'), entity('urn:x:2'))
    await put(store(), call, entity('urn:x:1', { types: ['urn:T:a'] }))
    expect(await idsOf(store(), call, {})).toEqual(['urn:x:1', 'urn:x:2'])
  })

  it('gives no total where none is asked for', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    const page = await pageOf(store(), call, { filter: {}, limit: 5, offset: 0, count: false })
    expect(page).toEqual({ entities: [entity('urn:x:1')] })
  })

  it('gives the total alone where no entity is asked for', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'), entity('urn:x:2'))
    const page = await pageOf(store(), call, { filter: {}, limit: 0, offset: 0, count: true })
    expect(page).toEqual({ entities: [], total: 2 })
  })

  it('takes an alternative without a type for any type', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1'))
    expect(await idsOf(store(), call, { types: [[]] })).toEqual(['urn:x:1'])
    expect(await idsOf(store(), call, { types: [[]], ids: ['urn:x:1'] })).toEqual(['urn:x:1'])
  })

  it('answers a selection of 2,000 types, alone, together and with ids, in order and page by page', async () => {
    const call = await fresh()
    const types = Array.from({ length: 2_000 }, (_, i) => `urn:T:${i}`)
    const all = [...Array(6).keys()].map((i) => entity(`urn:x:${i}`, { types: types.slice(i % 2, 2_000 - i) }))
    await put(store(), call, ...all, entity('urn:x:other'))
    const ids = all.map(({ id }) => id).concat('urn:x:other')
    const alternatives = types.map((type) => [type])
    for (const selection of [
      alternatives,
      [types],
      [types.slice(1, 1_998), ...alternatives.slice(1_990)],
      [types, []],
    ]) {
      for (const filter of [{ types: selection }, { types: selection, ids }]) {
        const expected = [...all, entity('urn:x:other')].filter((each) => matches(each, filter))
        const page = await pageOf(store(), call, { filter, limit: 3, offset: 1, count: true })
        expect(page).toEqual({ entities: expected.slice(1, 4), total: expected.length })
      }
    }
  })

  it('answers a selection of 2,000 attributes', async () => {
    const call = await fresh()
    const attributes = Array.from({ length: 2_000 }, (_, i) => `urn:A:${i}`)
    const having = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, [property(1)]]))
    await put(store(), call, entity('urn:x:1', { attributes: having(attributes) }), entity('urn:x:2'))
    await put(store(), call, entity('urn:x:3', { attributes: having(attributes.slice(1_500)) }))
    const page = await pageOf(store(), call, { filter: { attributes }, limit: 5, offset: 0, count: true })
    expect([page.entities.map(({ id }) => id), page.total]).toEqual([['urn:x:1', 'urn:x:3'], 2])
    expect(await idsOf(store(), call, { attributes, types: [['urn:T:none'], ['https://example.org/Road']] })).toEqual([
      'urn:x:1',
      'urn:x:3',
    ])
  })
}
