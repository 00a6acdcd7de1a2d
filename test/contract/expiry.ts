import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { Call } from '../../src/ports/call.ts'
import { casesOf } from '../support/long.ts'
import { at, become, entity, idsOf, NOW, type OpenStore, pageOf, property, put, setUp } from './contract-store.ts'

const A = 'urn:A:a'
const B = 'urn:A:b'
const ROAD = 'https://example.org/Road'
const SOON = NOW + 1_000

export function expiryContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)
  const short = { expiresAt: at(1_000) }

  async function everywhere(call: Call): Promise<number[]> {
    const { entities } = store()
    const filters = [
      {},
      { types: [[ROAD]] },
      { ids: ['urn:x:1'] },
      { attributes: [A] },
      { types: [[ROAD]], attributes: [A] },
    ]
    const found: number[] = [(await entities.retrieve(call, 'urn:x:1')) === undefined ? 0 : 1]
    for (const filter of filters) {
      const page = await pageOf(store(), call, { filter, limit: 10, offset: 0, count: true })
      found.push(page.entities.length, page.total ?? -1, (await entities.walk(call, filter, 10)).ids.length)
    }
    return [...new Set([...found, await entities.count(call)])]
  }

  it('lets an entity go everywhere at the very moment', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { ...short, attributes: { [A]: [property(1)] } }))
    setClock(SOON - 1)
    expect(await everywhere(call)).toEqual([1])
    setClock(SOON)
    expect(await everywhere(call)).toEqual([0])
    expect((await store().entities.countTypes(call)).size).toBe(0)
  })

  it('shows a change no expired entity, and a new one takes its place with nothing left of it', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { ...short, types: ['urn:T:old'], attributes: { [A]: [property(1)] } }))
    await put(store(), call, entity('urn:x:2'))
    setClock(SOON)
    const next = entity('urn:x:1', { attributes: { [B]: [property(2)] } })
    const seen = await store().entities.write(call, 'urn:x:1', (current) => ({ entity: next, result: current }))
    expect(seen).toBeUndefined()
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(next)
    expect(await idsOf(store(), call, { types: [['urn:T:old']] })).toEqual([])
    expect(await idsOf(store(), call, { attributes: [A] })).toEqual([])
    expect(await idsOf(store(), call, {})).toEqual(['urn:x:2', 'urn:x:1'])
  })

  it('leaves nothing behind where an expired entity is deleted', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', short))
    setClock(SOON)
    await store().entities.write(call, 'urn:x:1', become(null))
    expect(await everywhere(call)).toEqual([0])
  })

  it('takes expired attributes, instances and sub-attributes out of what it hands out', async () => {
    const call = await fresh()
    const sub = property(1, { attributes: { [A]: [property(1, short)], [B]: [property(2)] } })
    const attributes = { [A]: [property(1, short)], [B]: [sub, property(2, { ...short, datasetId: 'urn:d:1' })] }
    await put(store(), call, entity('urn:x:1', { attributes }))
    const left: Entity = entity('urn:x:1', {
      attributes: { [B]: [property(1, { attributes: { [B]: [property(2)] } })] },
    })
    setClock(SOON - 1)
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(entity('urn:x:1', { attributes }))
    setClock(SOON)
    expect(await store().entities.retrieve(call, 'urn:x:1')).toEqual(left)
    const page = await pageOf(store(), call, { filter: {}, limit: 1, offset: 0, count: false })
    expect(page.entities).toEqual([left])
    expect(await store().entities.write(call, 'urn:x:1', (current) => ({ result: current }))).toEqual(left)
  })

  it('selects no entity by an attribute of which every instance has expired', async () => {
    const call = await fresh()
    const other = property(1, { datasetId: 'urn:d:1', expiresAt: at(2_000) })
    await put(store(), call, entity('urn:x:1', { attributes: { [A]: [property(1, short), other] } }))
    for (const [time, expected] of [
      [SOON, 1],
      [NOW + 1_999, 1],
      [NOW + 2_000, 0],
    ] as const) {
      setClock(time)
      for (const filter of [
        { attributes: [A] },
        { types: [[ROAD]], attributes: [A, B] },
        { ids: ['urn:x:1'], attributes: [A] },
      ]) {
        const page = await pageOf(store(), call, { filter, limit: 5, offset: 0, count: true })
        expect([page.entities.length, page.total]).toEqual([expected, expected])
      }
    }
  })

  it('follows an expiry that is moved or taken away', async () => {
    const call = await fresh()
    const attributes = { [A]: [property(1)] }
    await put(store(), call, entity('urn:x:1', { ...short, attributes: { [A]: [property(1, short)] } }))
    await put(store(), call, entity('urn:x:1', { attributes }))
    setClock(SOON)
    expect(await everywhere(call)).toEqual([1])
    await put(store(), call, entity('urn:x:1', { attributes, expiresAt: at(2_000) }))
    setClock(NOW + 2_000)
    expect(await everywhere(call)).toEqual([0])
  })

  it('writes an entity of which something had expired as if that had never been', async () => {
    const call = await fresh()
    const attributes = { [A]: [property(1, short)], [B]: [property(1)] }
    await put(store(), call, ...[1, 2, 3].map((i) => entity(`urn:x:${i}`, { attributes })))
    setClock(SOON)
    const { entities } = store()
    await entities.write(call, 'urn:x:1', (current) => ({
      entity: current === undefined ? null : { ...current, types: ['urn:T:a'] },
      result: undefined,
    }))
    await entities.write(call, 'urn:x:2', become(null))
    await entities.write(call, 'urn:x:3', () => ({ result: undefined }))
    // What is found now was stored: the clock stands before the expiry again.
    setClock(SOON - 1)
    const left = entity('urn:x:1', { types: ['urn:T:a'], attributes: { [B]: [property(1)] } })
    expect(await entities.retrieve(call, 'urn:x:1')).toEqual(left)
    expect(await idsOf(store(), call, { attributes: [A] })).toEqual(['urn:x:3'])
    expect(await idsOf(store(), call, { attributes: [B] })).toEqual(['urn:x:1', 'urn:x:3'])
    expect(await entities.countTypes(call)).toEqual(
      new Map([
        [ROAD, 1],
        ['urn:T:a', 1],
      ]),
    )
    setClock(SOON)
    expect(await entities.purgeExpired(call, SOON, 10)).toBe(1)
  })

  it('looks up and counts what is there after any writes, purges and lapses of time', async () => {
    const expiresAt = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined })
    const drawn = fc.record({
      types: fc.subarray([ROAD, 'urn:T:a'], { minLength: 1 }),
      entity: expiresAt,
      a: expiresAt,
    })
    const step = fc.oneof(
      fc.record({ write: fc.nat({ max: 2 }), next: fc.option(drawn) }),
      fc.record({ lapse: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ purge: fc.integer({ min: 1, max: 3 }) }),
    )
    const until = (now: number, after: number | undefined) =>
      after === undefined ? {} : { expiresAt: new Date(now + after).toISOString() }
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const call = await fresh()
        const { entities } = store()
        let now = NOW
        for (const each of steps) {
          if ('lapse' in each) {
            now += each.lapse
            setClock(now)
          } else if ('purge' in each) await entities.purgeExpired(call, now, each.purge)
          else {
            const { write, next } = each
            const id = `urn:x:${write}`
            const attributes = { [A]: [property(1, until(now, next?.a))], [B]: [property(1)] }
            const made = next && entity(id, { types: next.types, attributes, ...until(now, next.entity) })
            await entities.write(call, id, become(made))
          }
          const there = await Promise.all([0, 1, 2].map((n) => entities.retrieve(call, `urn:x:${n}`)))
          const present = there.filter((one) => one !== undefined)
          for (const filter of [{}, { types: [[ROAD]] }, { types: [['urn:T:a']] }, { attributes: [A] }]) {
            const page = await pageOf(store(), call, { filter, limit: 5, offset: 0, count: true })
            expect(page.total).toBe(page.entities.length)
            expect(page.entities.map(({ id }) => id).sort()).toEqual(
              present.filter((one) => matches(one, filter)).map(({ id }) => id),
            )
          }
          expect(await entities.count(call)).toBe(present.length)
        }
      }),
      { numRuns: casesOf(40) },
    )
  })

  it('purges entities and attributes, at most as many entities as asked for, and says how many', async () => {
    const call = await fresh()
    const gone = Array.from({ length: 5 }, (_, i) => entity(`urn:gone:${i}`, short))
    const partly = Array.from({ length: 3 }, (_, i) =>
      entity(`urn:partly:${i}`, { attributes: { [A]: [property(1, short)], [B]: [property(2)] } }),
    )
    await put(store(), call, ...gone, ...partly, entity('urn:x:1'))
    const { entities } = store()
    expect(await entities.purgeExpired(call, SOON - 1, 100)).toBe(0)
    const touched: number[] = []
    for (let i = 0; i < 4; i++) touched.push(await entities.purgeExpired(call, SOON, 3))
    expect(touched).toEqual([3, 3, 2, 0])
    // The clock still stands before the expiry: what is not there now has been purged.
    expect(await idsOf(store(), call, {})).toEqual([...partly.map(({ id }) => id), 'urn:x:1'])
    expect(await idsOf(store(), call, { attributes: [A] })).toEqual([])
    expect(await idsOf(store(), call, { attributes: [B] })).toHaveLength(3)
    expect(await entities.count(call)).toBe(4)
  })

  it('purges an entity once of which attributes have expired too', async () => {
    const call = await fresh()
    await put(store(), call, entity('urn:x:1', { ...short, attributes: { [A]: [property(1, short)] } }))
    expect(await store().entities.purgeExpired(call, SOON, 10)).toBe(1)
    expect(await store().entities.purgeExpired(call, SOON, 10)).toBe(0)
  })
}
