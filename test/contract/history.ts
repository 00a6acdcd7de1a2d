/** What every store promises of history (ports/history.ts), beside selections and aggregations, which history-agreement.ts has. */

import { describe, expect, it } from 'vitest'
import { type Addition, type NewInstance, type PastInstance, SCOPE } from '../../src/core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../src/core/history/selection.ts'
import { microsOf } from '../../src/core/history/time-property.ts'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { NGSI_LD_NULL } from '../../src/core/model/uri.ts'
import type { Query } from '../../src/core/query/ast.ts'
import type { Call } from '../../src/ports/call.ts'
import type { EvolutionFilter, EvolutionQuery, FoundEvolution } from '../../src/ports/history.ts'
import { at, become, callIn, entity, NOW, type OpenStore, property, put, setUp } from './contract-store.ts'

const N = 'https://example.org/n'
const M = 'https://example.org/m'
const ROAD = 'https://example.org/Road'
const BUS = 'https://example.org/Bus'
const ID = 'urn:x:1'

const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
const TIMED: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: true }
const MANY: Wanted = { kind: 'instances', most: 10_000 }

/** An instance that comes into the system when it is stored. */
const observed = (value: NewInstance['value'], offset: number, more: Partial<NewInstance> = {}): NewInstance => ({
  ...{ type: 'Property', value, observedAt: at(offset), createdAt: 0, modifiedAt: 0, ...more },
})
const of = (attribute: string, ...instances: readonly NewInstance[]): Addition[] =>
  instances.map((instance) => ({ attribute, instance }))

/** `isShared`: whether another instance can be opened on the same database. */
export function historyContract(open: OpenStore, isShared: boolean): void {
  const { store, fresh, another, setClock } = setUp(open)
  const add = (call: Call, additions: readonly Addition[], types: readonly string[] = [ROAD], id = ID) =>
    store().history.add(call, id, { types, additions }, 'make')
  const found = async (call: Call, selection = ALL, id = ID): Promise<FoundEvolution | undefined> =>
    (await store().history.retrieve(call, id, selection, MANY))?.evolutions[0]
  const instancesOf = async (call: Call, attribute = N, selection = ALL) =>
    (await found(call, selection))?.instances?.[attribute] ?? []
  const valuesOf = async (call: Call, attribute = N, selection = ALL) =>
    (await instancesOf(call, attribute, selection)).map(({ value }) => value)

  describe('a change of an entity', () => {
    it('adds what it wrote to the evolution of the entity', async () => {
      const call = await fresh()
      await put(
        store(),
        call,
        entity(ID, { attributes: { [N]: [property(1, { unitCode: 'CEL' })], [M]: [property(2)] } }),
      )
      setClock(NOW + 10)
      await store().entities.write(call, ID, (current) => ({
        ...{ result: undefined },
        ...(current && { entity: { ...current, attributes: { ...current.attributes, [N]: [property(3)] } } }),
      }))
      const { instances, ...head } = (await found(call)) ?? {}
      expect(head).toEqual({ id: ID, types: [ROAD], createdAt: NOW, modifiedAt: NOW + 10 })
      const id = expect.stringMatching(/^urn:ngsi-ld:Instance:/)
      expect(instances).toEqual({
        [N]: [
          property(1, { unitCode: 'CEL', instanceId: id } as object),
          property(3, { createdAt: NOW + 10, modifiedAt: NOW + 10, instanceId: id } as object),
        ],
        [M]: [property(2, { instanceId: id } as object)],
      })
      const ids = Object.values(instances ?? {})
        .flat()
        .map(({ instanceId }) => instanceId)
      expect(new Set(ids).size).toBe(3)
    })

    it('that is refused, or changes nothing, adds nothing', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID))
      await store().entities.write(call, ID, (current) => ({ ...(current && { entity: current }), result: undefined }))
      await expect(
        store().entities.write(call, ID, () => {
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await valuesOf(call)).toEqual([0])
    })

    it('each of one request is an instance of its own, in their order', async () => {
      const call = await fresh()
      const to = (value: number) => entity(ID, { attributes: { [N]: [property(value)] } })
      await put(store(), call, to(1), to(2), to(3))
      expect(await valuesOf(call)).toEqual([1, 2, 3])
    })

    it('keeps every value as it was written', async () => {
      const call = await fresh()
      const values = [
        0,
        -0.1,
        1e300,
        5e-324,
        '',
        '7',
        'é"\u0000',
        true,
        false,
        [],
        [1, 'a', null],
        {},
        { a: { b: [1] } },
      ]
      const more = [new ExactNumber('12345678901234567890.5'), 9_007_199_254_740_991, '2026-01-01T00:00:00Z']
      const all = [...values, ...more].map((value) => property(value, { datasetId: `urn:d:${JSON.stringify(value)}` }))
      await put(store(), call, entity(ID, { attributes: { [N]: all } }))
      const kept = await instancesOf(call)
      expect(kept.map(({ value }) => value)).toEqual([...values, ...more])
      expect(kept.map(({ datasetId }) => datasetId)).toEqual(all.map(({ datasetId }) => datasetId))
    })

    it('keeps all that an instance has beside its value', async () => {
      const call = await fresh()
      const sub = property('b', { observedAt: at(-1), attributes: { [N]: [property(1)] } })
      const rich = property(1, {
        ...{
          observedAt: '2020-01-01T00:00:00.123456Z',
          expiresAt: at(1e9),
          unitCode: 'CEL',
          valueType: 'https://x.y/z',
        },
        attributes: { [M]: [sub] },
      })
      const related = property('urn:x:2', { type: 'Relationship', objectType: [BUS] })
      const spoken = property({ en: 'a', fr: 'b' }, { type: 'LanguageProperty' })
      const attributes = { [N]: [rich], [M]: [related], 'https://example.org/l': [spoken] }
      await put(store(), call, entity(ID, { attributes }))
      const id = { instanceId: expect.any(String) }
      const kept = (await found(call))?.instances ?? {}
      expect(kept).toEqual({
        [N]: [{ ...rich, ...id }],
        [M]: [{ ...related, ...id }],
        'https://example.org/l': [{ ...spoken, ...id }],
      })
    })

    it('adds the types that the entity has since to those that it ever had, where nothing else changes, too', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID))
      await store().entities.write(call, ID, (current) => ({
        ...{ result: undefined },
        ...(current && { entity: { ...current, types: [...current.types, 'https://example.org/Way'] } }),
      }))
      expect((await found(call))?.types).toEqual([ROAD, 'https://example.org/Way'])
      expect(await valuesOf(call)).toEqual([0])
    })

    it('may have something for the evolution alone, with the change or without one', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID, { attributes: { [N]: [property(5, { observedAt: at(50) })] } }))
      setClock(NOW + 10)
      const late = (value: number, offset: number) =>
        of(N, observed(value, offset, { createdAt: NOW + 10, modifiedAt: NOW + 10 }))
      await store().entities.write(call, ID, () => ({ result: undefined, additions: late(4, 40) }))
      await store().entities.write(call, ID, (current) => ({
        ...{ result: undefined, additions: late(3, 30) },
        ...(current && { entity: { ...current, attributes: { ...current.attributes, [M]: [property(1)] } } }),
      }))
      expect(await valuesOf(call, N, TIMED)).toEqual([3, 4, 5])
      expect(await found(call)).toMatchObject({ modifiedAt: NOW + 10 })
      for (const value of [4, 4.5]) {
        await store().entities.write(call, ID, () => ({ result: undefined, additions: late(value, 40) }))
        expect(await valuesOf(call, N, TIMED)).toEqual([3, value, 5])
      }
      expect((await store().entities.retrieve(call, ID))?.attributes).toMatchObject({
        [N]: [{ value: 5 }],
        [M]: [{ value: 1 }],
      })
    })

    it('the deletion of an Attribute and of the entity stays in the evolution, which goes on when it comes again', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID, { attributes: { [N]: [property(1)], [M]: [property(2)] }, scopes: ['/a'] }))
      setClock(NOW + 10)
      await put(store(), call, entity(ID, { attributes: { [M]: [property(2)] }, scopes: ['/a'] }))
      setClock(NOW + 20)
      await store().entities.write(call, ID, become(null))
      const gone = await found(call)
      expect(gone).toMatchObject({ createdAt: NOW, modifiedAt: NOW + 20, deletedAt: NOW + 20 })
      expect(gone?.instances?.[N]).toMatchObject([{ value: 1 }, { value: NGSI_LD_NULL, deletedAt: NOW + 10 }])
      expect(gone?.instances?.[SCOPE]).toMatchObject([
        { value: ['/a'], observedAt: at(0).replace('.000Z', 'Z') },
        { value: NGSI_LD_NULL, deletedAt: NOW + 20 },
      ])
      const deleted = await found(call, { timeProperty: 'deletedAt', onlyTimed: true, from: (NOW + 15) * 1_000 })
      expect(Object.keys(deleted?.instances ?? {}).sort()).toEqual([M, SCOPE].sort())
      setClock(NOW + 30)
      await put(store(), call, entity(ID, { types: [BUS], attributes: { [N]: [property(5)] } }))
      const again = await found(call)
      expect(again).not.toHaveProperty('deletedAt')
      expect(again).toMatchObject({ createdAt: NOW, modifiedAt: NOW + 30 })
      expect([...(again?.types ?? [])].sort()).toEqual([BUS, ROAD])
      expect(again?.instances?.[N]?.map(({ value }) => value)).toEqual([1, NGSI_LD_NULL, 5])
    })

    it('what expires is gone from then on, whenever it is purged', async () => {
      const call = await fresh()
      const expiresAt = at(1_000)
      await put(
        store(),
        call,
        entity(ID, { expiresAt }),
        entity('urn:x:2', { attributes: { [N]: [property(1, { expiresAt })], [M]: [property(2)] } }),
      )
      setClock(NOW + 5_000)
      expect(await store().entities.purgeExpired(call, NOW + 5_000, 10)).toBe(2)
      expect(await found(call)).toMatchObject({ deletedAt: NOW + 1_000 })
      const other = (await found(call, ALL, 'urn:x:2')) ?? {}
      expect(other).not.toHaveProperty('deletedAt')
      expect(other).toMatchObject({
        instances: { [N]: [{ value: 1 }, { deletedAt: NOW + 1_000, createdAt: NOW + 5_000 }] },
      })
    })
  })

  describe('what is added (5.6.11, 5.6.12)', () => {
    it('makes an evolution, or goes into it, and changes no entity (4.3.1)', async () => {
      const call = await fresh()
      const { history } = store()
      expect(await history.add(call, ID, { types: [ROAD], additions: of(N, observed(1, 0)) }, 'refuse')).toBe('absent')
      expect(await history.retrieve(call, ID, ALL, MANY)).toBeUndefined()
      expect(await add(call, of(N, observed(1, 0)))).toBe('created')
      expect(await add(call, of(M, observed(2, 0)), [BUS])).toBe('updated')
      expect(await history.add(call, ID, { types: [], additions: of(N, observed(3, 5)) }, 'refuse')).toBe('updated')
      const evolution = await found(call)
      expect([...(evolution?.types ?? [])].sort()).toEqual([BUS, ROAD])
      expect(evolution?.instances?.[N]).toMatchObject([
        { value: 1, createdAt: NOW, modifiedAt: NOW },
        { value: 3, createdAt: NOW, modifiedAt: NOW },
      ])
      expect(await store().entities.retrieve(call, ID)).toBeUndefined()
      expect(await store().entities.count(call)).toBe(0)
      expect((await store().entities.countTypes(call)).size).toBe(0)
    })

    it('stands where its time says, in whatever order it comes, and takes the place of what was observed then', async () => {
      const call = await fresh()
      await add(call, of(N, observed(3, 30), observed(1, 10)))
      await add(call, of(N, observed(2, 20), observed(4, 40), observed(2.5, 20)))
      const before = await instancesOf(call)
      expect(before.map(({ value }) => value)).toEqual([1, 2.5, 3, 4])
      setClock(NOW + 50)
      await add(call, of(N, observed(3.5, 30), observed(1, 10), observed(9, 30, { datasetId: 'urn:d' })))
      const after = await instancesOf(call)
      expect(after.map(({ value }) => value)).toEqual([1, 2.5, 3.5, 9, 4])
      expect(after[0]).toEqual(before[0])
      expect(after[2]).toEqual({ ...before[2], value: 3.5, modifiedAt: NOW + 50 })
      expect(new Set(after.map(({ instanceId }) => instanceId)).size).toBe(5)
    })

    it('may be an evolution without instances', async () => {
      const call = await fresh()
      expect(await add(call, [])).toBe('created')
      expect(await found(call)).toMatchObject({ id: ID, types: [ROAD], createdAt: NOW })
    })

    it('goes with what the entity has recorded', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID, { attributes: { [N]: [property(7, { observedAt: at(25) })] } }))
      expect(await add(call, of(N, observed(2, 20), observed(3, 30)))).toBe('updated')
      expect(await valuesOf(call)).toEqual([2, 7, 3])
      expect(await store().entities.retrieve(call, ID)).toMatchObject({ attributes: { [N]: [{ value: 7 }] } })
    })

    it('is found also where it lies beyond the times that are told apart', async () => {
      const call = await fresh()
      const [past, future] = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']
      const timedAt = (observedAt: string) => ({ ...property(observedAt, { observedAt }), createdAt: 0, modifiedAt: 0 })
      await add(
        call,
        [future, at(0), past].flatMap((observedAt) => of(N, timedAt(observedAt))),
      )
      expect((await instancesOf(call, N, TIMED)).map(({ observedAt }) => observedAt)).toEqual([past, at(0), future])
      const since = { ...TIMED, from: NOW * 1_000 + 1 }
      expect((await instancesOf(call, N, since)).map(({ observedAt }) => observedAt)).toEqual([future])
      const query = { filter: {}, selection: since, wanted: MANY, limit: 10, offset: 0, count: true }
      expect((await store().history.query(call, query)).evolutions).toHaveLength(1)
      const horizons = { rawBefore: NOW * 1_000, everyMicros: 3_600_000_000 }
      expect(await store().history.retain(call, () => horizons, 100)).toMatchObject({ summarized: 1 })
      expect((await instancesOf(call, N, TIMED)).map(({ observedAt }) => observedAt)).toEqual([at(0), future])
    })

    it('keeps the times that it brings', async () => {
      const call = await fresh()
      const old = observed(1, 0, { createdAt: NOW - 500, modifiedAt: NOW - 400 })
      const gone = {
        ...observed(NGSI_LD_NULL, 0),
        observedAt: undefined,
        createdAt: NOW - 300,
        modifiedAt: NOW - 300,
        deletedAt: NOW - 350,
      }
      const { observedAt: _, ...deletion } = gone
      await add(call, of(N, old, deletion))
      expect(await instancesOf(call, N, { timeProperty: 'createdAt', onlyTimed: true })).toMatchObject([
        { createdAt: NOW - 500, modifiedAt: NOW - 400 },
        { createdAt: NOW - 300, deletedAt: NOW - 350 },
      ])
    })

    it('is refused as a whole where it is too large', async () => {
      const call = await fresh()
      const large = observed('x'.repeat(3_000_000), 0)
      const tooLarge = of(N, large, { ...large, datasetId: 'urn:d' })
      await expect(add(call, tooLarge)).rejects.toMatchObject({ kind: 'BadRequestData' })
      expect(await store().history.retrieve(call, ID, ALL, MANY)).toBeUndefined()
    })

    it('makes a Tenant only where it is to', async () => {
      const call = callIn(`made-${NOW}-history`)
      const addition = { types: [ROAD], additions: of(N, observed(1, 0)) }
      await expect(store().history.add(call, ID, addition, 'make')).rejects.toMatchObject({ kind: 'NonexistentTenant' })
      expect(await store().history.add(call, ID, addition, 'make', 'make')).toBe('created')
      expect(await valuesOf(call)).toEqual([1])
    })
  })

  describe('what is taken away or replaced (5.6.13–5.6.16)', () => {
    it('an Attribute, of one dataset or of all', async () => {
      const call = await fresh()
      const inD = { datasetId: 'urn:d' }
      await add(call, of(N, observed(1, 0), observed(2, 1, inD), observed(3, 2)))
      const { history } = store()
      expect(await history.deleteAttribute(call, 'urn:x:none', N, 'all')).toBe('no evolution')
      expect(await history.deleteAttribute(call, ID, M, 'all')).toBe('no attribute')
      expect(await history.deleteAttribute(call, ID, N, { datasetId: 'urn:other' })).toBe('no attribute')
      expect(await history.deleteAttribute(call, ID, N, {})).toBe('done')
      expect(await valuesOf(call)).toEqual([2])
      expect(await history.deleteAttribute(call, ID, N, {})).toBe('no attribute')
      await add(call, of(N, observed(4, 3)))
      expect(await valuesOf(call)).toEqual([2, 4])
      expect(await history.deleteAttribute(call, ID, N, 'all')).toBe('done')
      expect(await found(call)).toMatchObject({ id: ID, instances: {} })
    })

    it('an instance, known by its id', async () => {
      const call = await fresh()
      await add(call, of(N, observed(1, 0), observed(2, 1)))
      const { history } = store()
      const [first, second] = await instancesOf(call)
      const id = first?.instanceId ?? ''
      expect(await history.deleteInstance(call, 'urn:x:none', N, id)).toBe('no evolution')
      expect(await history.deleteInstance(call, ID, M, id)).toBe('no attribute')
      for (const other of ['urn:other', `${id}0`, 'urn:ngsi-ld:Instance:', 'urn:ngsi-ld:Instance:~'])
        expect(await history.deleteInstance(call, ID, N, other)).toBe('no instance')
      expect(await history.deleteInstance(call, ID, N, id)).toBe('done')
      expect(await history.deleteInstance(call, ID, N, id)).toBe('no instance')
      expect(await instancesOf(call)).toEqual([second])
    })

    it('an instance becomes another, but for its id and its createdAt (5.6.14), also at another time', async () => {
      const call = await fresh()
      await add(call, of(N, observed(1, 0), observed(2, 10)))
      const [first] = await instancesOf(call)
      const id = first?.instanceId ?? ''
      setClock(NOW + 500)
      const { history } = store()
      const next = observed('x', 20, { unitCode: 'CEL' })
      expect(await history.replaceInstance(call, ID, N, id, next)).toBe('done')
      const replaced = { ...next, instanceId: id, createdAt: NOW, modifiedAt: NOW + 500 }
      expect((await instancesOf(call))[1]).toEqual(replaced)
      expect(await valuesOf(call, N, TIMED)).toEqual([2, 'x'])
      const { observedAt: _, ...untimed } = next
      setClock(NOW + 600)
      expect(await history.replaceInstance(call, ID, N, id, untimed)).toBe('done')
      expect(await valuesOf(call, N, TIMED)).toEqual([2])
      const modified: InstanceSelection = { timeProperty: 'modifiedAt', onlyTimed: true, from: (NOW + 1) * 1_000 }
      expect(await instancesOf(call, N, modified)).toMatchObject([
        { value: 'x', modifiedAt: NOW + 600, createdAt: NOW },
      ])
      expect(await found(call)).toMatchObject({ modifiedAt: NOW + 600 })
      expect(await history.replaceInstance(call, ID, N, 'urn:other', next)).toBe('no instance')
      expect(await history.replaceInstance(call, ID, M, id, next)).toBe('no attribute')
      expect(await history.replaceInstance(call, 'urn:x:none', N, id, next)).toBe('no evolution')
    })

    it('all of it; the entity stays, and what it becomes is recorded anew', async () => {
      const call = await fresh()
      await put(store(), call, entity(ID), entity('urn:x:2'))
      expect(await store().history.deleteEvolution(call, ID)).toBe(true)
      expect(await store().history.deleteEvolution(call, ID)).toBe(false)
      expect(await store().history.retrieve(call, ID, ALL, MANY)).toBeUndefined()
      expect(await store().entities.retrieve(call, ID)).toMatchObject({ id: ID })
      expect(await valuesOf(call, N)).toEqual([])
      setClock(NOW + 10)
      await put(store(), call, entity(ID, { attributes: { [N]: [property(9)] } }))
      expect(await found(call)).toMatchObject({ createdAt: NOW + 10 })
      expect(await valuesOf(call)).toEqual([9])
      expect((await found(call, ALL, 'urn:x:2'))?.instances?.[N]).toHaveLength(1)
    })
  })

  describe('a query (5.7.4)', () => {
    const query = async (call: Call, filter: EvolutionFilter, more: Partial<EvolutionQuery> = {}) => {
      const asked = { filter, selection: TIMED, wanted: MANY, limit: 100, offset: 0, count: false, ...more }
      return await store().history.query(call, asked)
    }
    const idsOf = async (...asked: Parameters<typeof query>) => (await query(...asked)).evolutions.map(({ id }) => id)
    const three = async (): Promise<Call> => {
      const call = await fresh()
      await add(call, of(N, observed(1, 10), observed(50, 20)), [ROAD], 'urn:x:b')
      await add(call, [...of(N, observed(30, 20)), ...of(M, observed('long', 20))], [BUS], 'urn:x:c')
      await add(call, of(N, observed(99, 100)), [ROAD, BUS], 'urn:x:a')
      return call
    }
    const until = (offset: number): InstanceSelection => ({ ...TIMED, until: microsOf(at(offset)) })

    it('selects by id, type and pattern, in the order in which evolutions began, or by id', async () => {
      const call = await three()
      expect(await idsOf(call, {})).toEqual(['urn:x:b', 'urn:x:c', 'urn:x:a'])
      expect(await idsOf(call, {}, { orderById: 'asc' })).toEqual(['urn:x:a', 'urn:x:b', 'urn:x:c'])
      expect(await idsOf(call, {}, { orderById: 'desc' })).toEqual(['urn:x:c', 'urn:x:b', 'urn:x:a'])
      expect(await idsOf(call, { types: [[ROAD]] })).toEqual(['urn:x:b', 'urn:x:a'])
      expect(await idsOf(call, { types: [[ROAD, BUS]] })).toEqual(['urn:x:a'])
      expect(await idsOf(call, { ids: ['urn:x:c', 'urn:x:none', 'urn:x:b'] })).toEqual(['urn:x:b', 'urn:x:c'])
      expect(await idsOf(call, { idPattern: '[ab]$' })).toEqual(['urn:x:b', 'urn:x:a'])
      expect(await idsOf(call, { alternatives: [{ ids: ['urn:x:a'] }, { types: [[BUS]], idPattern: 'c' }] })).toEqual([
        'urn:x:c',
        'urn:x:a',
      ])
    })

    it('gives only entities with something in the time, of the Attributes that are asked for', async () => {
      const call = await three()
      expect(await idsOf(call, {}, { selection: until(100) })).toEqual(['urn:x:b', 'urn:x:c'])
      expect(await idsOf(call, {}, { selection: until(101) })).toEqual(['urn:x:b', 'urn:x:c', 'urn:x:a'])
      expect(await idsOf(call, {}, { selection: { ...TIMED, only: [M] } })).toEqual(['urn:x:c'])
      expect(await idsOf(call, {}, { selection: { ...TIMED, without: [N] } })).toEqual(['urn:x:c'])
      expect(await idsOf(call, { attributes: [M] })).toEqual(['urn:x:c'])
      expect(await idsOf(call, {}, { selection: { ...TIMED, timeProperty: 'deletedAt' } })).toEqual([])
      const { evolutions } = await query(call, { types: [[ROAD]] }, { selection: { ...until(100), lastN: 1 } })
      expect(evolutions).toMatchObject([{ id: 'urn:x:b', types: [ROAD], instances: { [N]: [{ value: 50 }] } }])
      expect(evolutions[0]?.instances?.[N]).toHaveLength(1)
    })

    it('by values within the time (4.9)', async () => {
      const call = await three()
      const above = (value: number): EvolutionFilter => ({
        q: { kind: 'term', path: { links: [], names: [N] }, test: { operator: '>', value: { kind: 'number', value } } },
      })
      expect(await idsOf(call, above(40), { selection: until(100) })).toEqual(['urn:x:b'])
      expect(await idsOf(call, above(40))).toEqual(['urn:x:b', 'urn:x:a'])
      expect(await idsOf(call, above(40), { selection: until(20) })).toEqual([])
      const { evolutions } = await query(call, above(40), { selection: until(100) })
      expect(evolutions[0]?.instances?.[N]?.map(({ value }) => value)).toEqual([1, 50])
      const m: EvolutionFilter = { q: { kind: 'term', path: { links: [], names: [M] } } }
      expect(await idsOf(call, m, { selection: { ...TIMED, only: [N] } })).toEqual(['urn:x:c'])
    })

    it('by Attributes that few or many have, page by page, in each order', async () => {
      const call = await fresh()
      const idOf = (i: number) => `urn:x:${String((i * 7) % 250).padStart(3, '0')}`
      const all = Array.from({ length: 250 }, (_, i) => ({ id: idOf(i), isRare: i % 50 === 3, isBus: i % 2 === 1 }))
      for (const { id, isRare, isBus } of all) {
        const additions = [
          ...of(N, observed(1, 10)),
          ...(isRare ? of(M, observed(1, 10, { datasetId: 'urn:d' }), observed(1, 10)) : []),
        ]
        await add(call, additions, [isBus ? BUS : ROAD], id)
      }
      const rare = all.filter(({ isRare }) => isRare).map(({ id }) => id)
      const term = (name: string): Query => ({ kind: 'term', path: { links: [], names: [name] } })
      expect(await idsOf(call, { attributes: [M] })).toEqual(rare)
      expect(await idsOf(call, { q: term(M) })).toEqual(rare)
      expect(await idsOf(call, { q: { kind: 'and', parts: [term(N), term(M)] } }, { limit: 2, offset: 1 })).toEqual(
        rare.slice(1, 3),
      )
      expect(await idsOf(call, { q: term(M), types: [[BUS]] })).toEqual(rare)
      expect(await idsOf(call, { q: term(M), types: [[ROAD]] })).toEqual([])
      expect(await idsOf(call, { q: term(M) }, { orderById: 'desc' })).toEqual(rare.toSorted().reverse())
      expect(await idsOf(call, {}, { selection: { ...TIMED, only: [M] } })).toEqual(rare)
      const either: EvolutionFilter = { q: { kind: 'or', parts: [term(M), term(N)] } }
      expect((await query(call, either, { limit: 0, count: true })).total).toBe(250)
      expect(await idsOf(call, either, { limit: 30, offset: 200 })).toEqual(all.slice(200, 230).map(({ id }) => id))
      expect(await idsOf(call, { attributes: ['https://example.org/none'] })).toEqual([])
      await store().history.deleteAttribute(call, rare[0] ?? '', M, 'all')
      expect(await idsOf(call, { attributes: [M] })).toEqual(rare.slice(1))
    })

    it('by values of which there are more than are read at once, in whichever dataset', async () => {
      const call = await fresh()
      const values = (dataset: string | undefined, from: number) =>
        Array.from({ length: 1_100 }, (_, i) =>
          observed(from + i, i, dataset === undefined ? {} : { datasetId: dataset }),
        )
      await add(call, [
        ...of(N, ...values(undefined, 0)),
        ...of(N, ...values('urn:d', 2_000)),
        ...of(M, observed(1, 0)),
      ])
      const is = (name: string, value: number, operator: '==' | '!=' = '=='): Query => ({
        ...{ kind: 'term', path: { links: [], names: [name] } },
        test: { operator, values: [{ kind: 'number', value }] },
      })
      const and = (...parts: readonly Query[]): EvolutionFilter => ({ q: { kind: 'and', parts } })
      expect(await idsOf(call, and(is(N, 3_099), is(M, 1), is(N, 1_099)))).toEqual([ID])
      expect(await idsOf(call, and(is(N, 3_099), is(M, 1), is(N, 1_100)))).toEqual([])
      expect(await idsOf(call, and(is(N, 1), is(N, 1, '!=')))).toEqual([ID])
      const until = { ...TIMED, until: microsOf(at(1_099)) }
      expect(await idsOf(call, { q: is(N, 3_098) }, { selection: until })).toEqual([ID])
      expect(await idsOf(call, { q: is(N, 3_099) }, { selection: until })).toEqual([])
      for (const timeProperty of ['createdAt', 'modifiedAt'] as const)
        expect(await idsOf(call, { q: is(N, 3_099) }, { selection: { ...TIMED, timeProperty } })).toEqual([ID])
    })

    it.each([200, 2_000])('by %i terms, each of which is judged, of the same Attribute or of others', async (terms) => {
      const call = await fresh()
      const names = Array.from({ length: 30 }, (_, i) => `https://example.org/many${i}`)
      for (const [i, id] of ['urn:x:1', 'urn:x:2', 'urn:x:3'].entries())
        await add(
          call,
          names.slice(i === 2 ? 1 : 0).flatMap((name) => of(name, observed(i, 0))),
          [ROAD],
          id,
        )
      const isNot = (value: number) => (_: unknown, i: number) => ({
        ...({ kind: 'term', path: { links: [], names: [names[i % 30] ?? ''] } } as const),
        test: { operator: '!=', values: [{ kind: 'number', value }] } as const,
      })
      const allOf = (last: number): Query => {
        return { kind: 'and', parts: [...Array.from({ length: terms }, isNot(-1)), isNot(last)(undefined, 0)] }
      }
      expect(await idsOf(call, { q: allOf(-2), attributes: names, types: [[ROAD]] })).toEqual(['urn:x:1', 'urn:x:2'])
      expect(await idsOf(call, { q: allOf(0), attributes: names }, { orderById: 'desc' })).toEqual(['urn:x:2'])
    })

    it('TooComplexQuery where the time for the call is over before all has been judged', async () => {
      const call = await fresh()
      for (let from = 0; from < 20_000; from += 5_000)
        await add(call, of(N, ...Array.from({ length: 5_000 }, (_, i) => observed(i, from + i))))
      const none: EvolutionFilter = {
        q: {
          kind: 'term',
          path: { links: [], names: [N] },
          test: { operator: '<', value: { kind: 'number', value: 0 } },
        },
      }
      const short: Call = { ...call, signal: () => AbortSignal.timeout(1) }
      await expect(query(short, none)).rejects.toMatchObject({ kind: 'TooComplexQuery' })
    })

    it('by places within the time (4.10)', async () => {
      const call = await fresh()
      const place = (x: number, offset: number) =>
        observed({ type: 'Point', coordinates: [x, 43] }, offset, { type: 'GeoProperty' })
      await add(call, of(N, place(1, 10), place(5, 20)), [BUS], 'urn:x:a')
      await add(call, of(N, place(5, 10)), [BUS], 'urn:x:b')
      const near: EvolutionFilter = {
        geo: {
          relation: { kind: 'maxDistance', metres: 1_000 },
          geometry: { type: 'Point', coordinates: [1, 43] },
          property: N,
        },
      }
      expect(await idsOf(call, near)).toEqual(['urn:x:a'])
      expect(await idsOf(call, near, { selection: { ...TIMED, from: microsOf(at(15)) } })).toEqual([])
    })

    it('by scopes that were valid within the time, and instances while they were (4.18, C.5.16)', async () => {
      const call = await fresh()
      const scope = (text: string, offset: number) => of(SCOPE, observed([text], offset))
      await add(
        call,
        [...scope('/a', 0), ...scope('/b', 20), ...of(N, observed(1, 10), observed(2, 30))],
        [ROAD],
        'urn:x:a',
      )
      await add(call, of(N, observed(3, 10)), [ROAD], 'urn:x:b')
      await add(call, [...scope('/a', 50), ...of(N, observed(4, 10))], [ROAD], 'urn:x:c')
      const inScope = (level: string): EvolutionFilter => ({ scopes: [[{ levels: [level], below: false }]] })
      const window = { selection: { ...TIMED, from: microsOf(at(5)), until: microsOf(at(40)) } }
      const a = await query(call, inScope('a'), window)
      expect(a.evolutions).toMatchObject([
        { id: 'urn:x:a', instances: { [N]: [{ value: 1 }] }, scopeBefore: [{ value: ['/a'] }] },
      ])
      const b = await query(call, inScope('b'), window)
      expect(b.evolutions).toMatchObject([{ id: 'urn:x:a', instances: { [N]: [{ value: 2 }] } }])
      expect(b.evolutions[0]?.scopeBefore).toBeUndefined()
      expect(await idsOf(call, inScope('c'), window)).toEqual([])
    })

    it('pages and counts', async () => {
      const call = await three()
      expect(await query(call, {}, { limit: 1, offset: 1, count: true })).toMatchObject({
        total: 3,
        evolutions: [{ id: 'urn:x:c' }],
        hasMore: true,
      })
      expect(await query(call, { types: [[ROAD]] }, { limit: 0, count: true })).toEqual({
        evolutions: [],
        total: 2,
        hasMore: true,
      })
      expect(await query(call, {}, { limit: 5, offset: 5, count: true })).toEqual({ evolutions: [], total: 3 })
      expect(await query(call, {}, { selection: until(100), limit: 0, count: true })).toMatchObject({ total: 2 })
      expect((await query(call, {}, { limit: 2 })).hasMore).toBe(true)
      expect((await query(call, {}, { limit: 2, offset: 1 })).hasMore).toBeUndefined()
    })

    it('cuts all at one time where there are more instances than were wanted', async () => {
      const call = await three()
      const wanted: Wanted = { kind: 'instances', most: 2 }
      const forwards = await query(call, {}, { wanted })
      expect(forwards.cutAt).toBe(microsOf(at(10)))
      expect(forwards.evolutions).toMatchObject([{ id: 'urn:x:b' }, { id: 'urn:x:c' }, { id: 'urn:x:a' }])
      const valuesIn = (page: typeof forwards) =>
        page.evolutions.map(({ instances = {} }) =>
          Object.values(instances)
            .flat()
            .map(({ value }) => value),
        )
      expect(valuesIn(forwards)).toEqual([[1], [], []])
      expect(forwards.evolutions[1]?.instances).toEqual({ [N]: [], [M]: [] })
      const backwards = await query(call, {}, { wanted, selection: { ...TIMED, lastN: 5 } })
      expect(backwards.cutAt).toBe(microsOf(at(100)))
      expect(valuesIn(backwards)).toEqual([[], [], [99]])
      expect(backwards.evolutions.slice(0, 2).map(({ instances }) => instances)).toEqual([
        { [N]: [] },
        { [N]: [], [M]: [] },
      ])
      // What shares one time is not taken apart.
      const shared = await query(call, {}, { wanted, selection: { ...TIMED, from: microsOf(at(20)) } })
      expect(shared.cutAt).toBe(microsOf(at(20)))
      expect(valuesIn(shared).flat().sort()).toEqual([30, 50, 'long'])
      expect((await query(call, {}, { wanted: { kind: 'instances', most: 5 } })).cutAt).toBeUndefined()
    })

    it('cuts where the instances are larger together than was wanted, but gives what is of one time', async () => {
      const call = await fresh()
      const long = (size: number, i: number) => observed('x'.repeat(size), i)
      await add(call, [
        ...of(N, ...[5_000, 10, 2_000, 2_000, 2_000, 2_000].map(long)),
        ...of(M, ...[2_000, 2_000].map(long)),
      ])
      const all = [10, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000]
      for (const [selection, expected] of [
        [TIMED, [...all, 5_000]],
        [{ ...TIMED, lastN: 5 }, all],
      ] as const) {
        const parts: (readonly PastInstance[])[] = []
        let beyond: number | undefined
        do {
          const wanted = {
            kind: 'instances',
            most: 100,
            mostBytes: 5_000,
            ...(beyond !== undefined && { beyond }),
          } as const
          const page = await store().history.retrieve(call, ID, selection, wanted)
          parts.push(Object.values(page?.evolutions[0]?.instances ?? {}).flat())
          beyond = page?.cutAt
        } while (beyond !== undefined)
        const sizeOf = ({ value }: PastInstance) => String(value).length
        expect(parts.flat().map(sizeOf).sort()).toEqual([...expected].sort())
        const tooLarge = parts.filter((part) => part.reduce((sum, each) => sum + sizeOf(each), 0) > 5_000)
        // What is of one time is not taken apart.
        for (const part of tooLarge) expect(new Set(part.map(({ observedAt }) => observedAt)).size).toBe(1)
        expect(tooLarge).toHaveLength(selection === TIMED ? 1 : 0)
        expect(parts.length).toBeLessThan(7)
      }
    })

    it('cuts nothing that is large only with what is not among the last', async () => {
      const call = await fresh()
      const datasets = Array.from({ length: 10 }, (_, i) => `urn:d:${i}`)
      const long = (datasetId: string, i: number) => observed('x'.repeat(500), i, { datasetId })
      for (let i = 0; i < 5; i++) await add(call, of(N, ...datasets.map((each) => long(each, i))))
      const wanted: Wanted = { kind: 'instances', most: 100, mostBytes: 5_000 }
      const page = await store().history.retrieve(call, ID, { ...TIMED, lastN: 5 }, wanted)
      expect(page?.cutAt).toBeUndefined()
      expect(page?.evolutions[0]?.instances?.[N]).toHaveLength(5)
    })

    it('gives the rest of what was cut of the evolutions that the whole question selects', async () => {
      const call = await three()
      const below: EvolutionFilter = {
        q: {
          kind: 'term',
          path: { links: [], names: [N] },
          test: { operator: '<', value: { kind: 'number', value: 5 } },
        },
      }
      const cut = await query(call, below, { wanted: { kind: 'instances', most: 1 } })
      expect(cut).toMatchObject({ cutAt: microsOf(at(10)), evolutions: [{ id: 'urn:x:b' }] })
      const rest = await query(call, below, { wanted: { kind: 'instances', most: 1, beyond: microsOf(at(10)) } })
      expect(rest.evolutions).toMatchObject([{ id: 'urn:x:b', instances: { [N]: [{ value: 50 }] } }])
      expect(rest.cutAt).toBeUndefined()
      const nothing = await query(call, below, { wanted: { kind: 'instances', most: 1, beyond: microsOf(at(20)) } })
      expect(nothing.evolutions).toMatchObject([{ id: 'urn:x:b', instances: {} }])
      // Of lastN counts what was given before.
      const last: Partial<EvolutionQuery> = { selection: { ...TIMED, only: [N], lastN: 1 } }
      const before = await query(
        call,
        {},
        { ...last, wanted: { kind: 'instances', most: 5, beyond: microsOf(at(20)) } },
      )
      expect(before.evolutions.map(({ instances }) => instances)).toEqual([{}, {}, {}])
    })
  })

  it('Tenants have histories of their own', async () => {
    const [one, other] = [await fresh(), await fresh()]
    await add(one, of(N, observed(1, 0)))
    expect(await store().history.retrieve(other, ID, ALL, MANY)).toBeUndefined()
    const nowhere = callIn('nowhere-history')
    await expect(store().history.retrieve(nowhere, ID, ALL, MANY)).rejects.toMatchObject({ kind: 'NonexistentTenant' })
    await expect(store().history.deleteEvolution(nowhere, ID)).rejects.toMatchObject({ kind: 'NonexistentTenant' })
  })

  it.runIf(isShared)('another instance on the same database has the same, whatever each remembers', async () => {
    const second = await another()
    if (second === undefined) throw new Error('there is no other instance')
    try {
      const call = await fresh()
      await put(store(), call, entity(ID))
      await put(second, call, entity(ID, { attributes: { [N]: [property(1)] } }))
      expect(await valuesOf(call)).toEqual([0, 1])
      expect(await second.history.deleteEvolution(call, ID)).toBe(true)
      await put(store(), call, entity(ID, { attributes: { [N]: [property(2)] } }))
      await put(second, call, entity(ID, { attributes: { [N]: [property(3)] } }))
      expect(await valuesOf(call)).toEqual([2, 3])
      const page = await second.history.retrieve(call, ID, ALL, MANY)
      expect(page?.evolutions[0]?.instances?.[N]?.map(({ value }) => value)).toEqual([2, 3])
    } finally {
      await second.close()
    }
  })
}
