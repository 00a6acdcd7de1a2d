import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AttributeTally } from '../../src/core/model/attribute-tally.ts'
import type { AttributeInstance, AttributeType, Entity } from '../../src/core/model/entity.ts'
import type { Call } from '../../src/ports/call.ts'
import type { EntityStore } from '../../src/ports/store.ts'
import { casesOf } from '../support/long.ts'
import { at, become, callIn, entity, NOW, type OpenStore, pageOf, property, put, setUp } from './contract-store.ts'

const T = ['urn:T:a', 'urn:T:b', 'urn:T:c'] as const
const A = ['urn:A:a', 'urn:A:b', 'urn:A:c'] as const
const [TA, TB] = T
const [AA, AB] = A

type Selection = Parameters<EntityStore['countAttributes']>[1]

/** `type attribute kind` → instances; `any` stands for whatever type. Repeated rows are told by their number. */
function numbers(tallies: readonly AttributeTally[]): Readonly<Record<string, number>> {
  const entries = tallies.map((each) => [keyOf(each.type, each.attribute, each.attributeType), each.instances] as const)
  expect(new Set(entries.map(([key]) => key)).size).toBe(entries.length)
  return Object.fromEntries(entries)
}

function keyOf(type: string | undefined, attribute: string, kind: AttributeType): string {
  return `${type ?? 'any'} ${attribute} ${kind}`
}

/** By a look at every entity. */
function counted(entities: readonly Entity[], { type, attribute }: NonNullable<Selection>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const { types, attributes } of entities) {
    for (const [name, instances] of Object.entries(attributes)) {
      for (const each of attribute === undefined || attribute === name ? instances : []) {
        for (const of of [undefined, ...types]) {
          if (type !== undefined && type !== of) continue
          const key = keyOf(of, name, each.type)
          found[key] = (found[key] ?? 0) + 1
        }
      }
    }
  }
  return found
}

export function discoveryContract(open: OpenStore): void {
  const { store, fresh, setClock } = setUp(open)
  const none = 'urn:nobody'
  const selections: readonly NonNullable<Selection>[] = [
    {},
    ...[...T, none].map((type) => ({ type })),
    ...[...A, none].map((attribute) => ({ attribute })),
    ...T.flatMap((type) => A.map((attribute) => ({ type, attribute }))),
  ]
  const all = async (call: Call) => numbers(await store().entities.countAttributes(call))

  async function expectCounted(call: Call): Promise<void> {
    const { entities } = await pageOf(store(), call, { filter: {}, limit: 100, offset: 0, count: false })
    for (const selection of selections) {
      expect(numbers(await store().entities.countAttributes(call, selection))).toEqual(counted(entities, selection))
    }
    const types = new Set(entities.flatMap((each) => each.types))
    expect(new Set((await store().entities.countTypes(call)).keys())).toEqual(types)
  }

  it('finds nothing where nothing is stored', async () => {
    expect(await all(await fresh())).toEqual({})
  })

  it('throws NonexistentTenant where there is no such Tenant', async () => {
    await expect(all(callIn('nobody'))).rejects.toMatchObject({ kind: 'NonexistentTenant' })
  })

  it('counts an entity of two types in both and once in all, each instance by its kind, and no sub-attribute', async () => {
    const call = await fresh()
    const sub = property(1, { attributes: { [A[2]]: [property(1)] } })
    await put(
      store(),
      call,
      entity('urn:x:1', {
        types: [TA, TB],
        attributes: { [AA]: [property(1), relationship({ datasetId: 'urn:d:1' })] },
      }),
      entity('urn:x:2', { types: [TA], attributes: { [AA]: [property(1)], [AB]: [sub] } }),
      entity('urn:x:3', { types: [T[2]], attributes: {} }),
    )
    expect(await all(call)).toEqual({
      [`any ${AA} Property`]: 2,
      [`any ${AA} Relationship`]: 1,
      [`any ${AB} Property`]: 1,
      [`${TA} ${AA} Property`]: 2,
      [`${TA} ${AA} Relationship`]: 1,
      [`${TA} ${AB} Property`]: 1,
      [`${TB} ${AA} Property`]: 1,
      [`${TB} ${AA} Relationship`]: 1,
    })
    await expectCounted(call)
  })

  it('follows changes of types, of the kind of an Attribute and of its instances, and deletion', async () => {
    const call = await fresh()
    const steps: readonly (Entity | null)[] = [
      entity('urn:x:1', { types: [TA], attributes: { [AA]: [property(1)], [AB]: [property(1)] } }),
      entity('urn:x:1', { types: [TA, TB], attributes: { [AA]: [property(2)], [AB]: [property(2)] } }),
      entity('urn:x:1', { types: [TB, TA], attributes: { [AA]: [relationship()], [AB]: [property(2)] } }),
      entity('urn:x:1', { types: [TB], attributes: { [AA]: [relationship(), property(1, { datasetId: 'urn:d:1' })] } }),
      entity('urn:x:1', { types: [TB], attributes: {} }),
      null,
    ]
    for (const step of steps) {
      await store().entities.write(call, 'urn:x:1', become(step))
      expect(await all(call)).toEqual(counted(step === null ? [] : [step], {}))
      await expectCounted(call)
    }
  })

  it('takes nothing of a write that failed', async () => {
    const call = await fresh()
    const change = (): never => {
      throw new Error('refused')
    }
    await put(store(), call, entity('urn:x:1', { types: [TA], attributes: { [AA]: [property(1)] } }))
    await expect(store().entities.write(call, 'urn:x:1', change)).rejects.toThrow('refused')
    await expectCounted(call)
  })

  it('leaves out what has expired, of entities and of instances, before and after it is purged', async () => {
    const call = await fresh()
    const short = { expiresAt: at(1_000) }
    await put(
      store(),
      call,
      entity('urn:x:1', { types: [TA, TB], attributes: { [AA]: [property(1), relationship(short)] }, ...short }),
      entity('urn:x:2', {
        types: [TA],
        attributes: { [AA]: [property(1), relationship({ ...short, datasetId: 'urn:d:1' })] },
      }),
      entity('urn:x:3', { types: [T[2]], attributes: { [AB]: [property(1, short)] } }),
    )
    expect(await all(call)).toMatchObject({ [`any ${AA} Property`]: 2, [`any ${AB} Property`]: 1 })
    const left = { [`any ${AA} Property`]: 1, [`${TA} ${AA} Property`]: 1 }
    setClock(NOW + 1_000)
    expect(await all(call)).toEqual(left)
    await expectCounted(call)
    expect(await store().entities.purgeExpired(call, NOW + 1_000, 10)).toBe(3)
    expect(await all(call)).toEqual(left)
    await expectCounted(call)
  })

  it('says what counting the entities says, after any writes at once, purges and lapses of time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(stepArb, { maxLength: 8 }), { maxLength: 8 }), async (groups) => {
        const call = await fresh()
        let now = NOW
        for (const group of groups) {
          await Promise.all(group.map((step) => take(call, step, now)))
          now += 1_000
          setClock(now)
          await expectCounted(call)
        }
      }),
      { numRuns: casesOf(60) },
    )
  })

  async function take(call: Call, step: Step, now: number): Promise<unknown> {
    const { entities } = store()
    if (step === 'purge') return entities.purgeExpired(call, now, 2)
    const { id, next } = step
    return entities.write(call, id, (current) => {
      if (next === null || next.whole || current === undefined)
        return { entity: next?.entity ?? null, result: undefined }
      // What a change does not touch stays the same object.
      const attributes = { ...current.attributes, ...next.entity.attributes }
      return { entity: { ...current, types: next.entity.types, attributes }, result: undefined }
    })
  }
}

function relationship(more: Partial<AttributeInstance> = {}): AttributeInstance {
  return property('urn:x:2', { type: 'Relationship', ...more })
}

type Step =
  | 'purge'
  | { readonly id: string; readonly next: { readonly whole: boolean; readonly entity: Entity } | null }

const KINDS: readonly AttributeType[] = ['Property', 'Relationship', 'ListProperty', 'JsonProperty']
const expiry = fc
  .option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 2 })
  .map((seconds) => (seconds === undefined ? {} : { expiresAt: at(seconds * 1_000) }))
const instanceArb: fc.Arbitrary<AttributeInstance> = fc
  .record({ type: fc.constantFrom(...KINDS), expiry, sub: expiry })
  .map(({ type, expiry: own, sub }) => property([], { type, ...own, attributes: { [AA]: [property(1, sub)] } }))
const instancesArb = fc
  .array(instanceArb, { minLength: 1, maxLength: 3 })
  .map((list) => list.map((each, i) => (i === 0 ? each : { ...each, datasetId: `urn:d:${i}` })))
const stepArb: fc.Arbitrary<Step> = fc
  .record({
    n: fc.nat({ max: 4 }),
    what: fc.constantFrom('put', 'put', 'change', 'change', 'delete', 'purge'),
    types: fc.shuffledSubarray([...T], { minLength: 1 }),
    attributes: fc.dictionary(fc.constantFrom(...A), instancesArb),
    expiry,
  })
  .map(({ n, what, types, attributes, expiry: own }) => {
    if (what === 'purge') return what
    const id = `urn:x:${n}`
    const next = { whole: what === 'put', entity: entity(id, { types, attributes, ...own }) }
    return { id, next: what === 'delete' ? null : next }
  })
