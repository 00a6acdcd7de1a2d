import { expect, it } from 'vitest'
import { notFound } from '../../src/core/model/problems.ts'
import { become, callIn, entity, LIMITS, type OpenStore, property, put, setUp } from './contract-store.ts'

export function tenantContract(open: OpenStore): void {
  const { store, fresh } = setUp(open)

  it('has the default Tenant from the beginning, in no list', async () => {
    expect(await store().tenants.exists('')).toBe(true)
    await put(store(), callIn(''), entity('urn:x:default'))
    expect(await store().entities.retrieve(callIn(''), 'urn:x:default')).toBeDefined()
    expect(await store().tenants.list()).not.toContain('')
  })

  it('makes a Tenant for callers at once', async () => {
    expect(await store().tenants.exists('at-once')).toBe(false)
    await Promise.all(Array.from({ length: 10 }, () => store().tenants.create('at-once')))
    expect(await store().tenants.exists('at-once')).toBe(true)
    expect((await store().tenants.list()).filter((name) => name === 'at-once')).toHaveLength(1)
  })

  it('makes a Tenant with the first change that stores something, where a write may, and with none that does not', async () => {
    const call = callIn('on-demand')
    const { entities, tenants } = store()
    const refuse = (): never => {
      throw notFound('no such thing')
    }
    await expect(entities.write(call, 'urn:x:1', refuse, 'make')).rejects.toThrow('no such thing')
    expect(await entities.write(call, 'urn:x:1', () => ({ result: 1 }), 'make')).toBe(1)
    const large = become(entity('urn:x:1', { attributes: { 'urn:n': [property('x'.repeat(LIMITS.entityBytes))] } }))
    await expect(entities.write(call, 'urn:x:1', large, 'make')).rejects.toMatchObject({ kind: 'BadRequestData' })
    const changes = [large, become(null)].map((change) => ({ id: 'urn:x:1', change }))
    const settled = await entities.writeMany(call, changes, 'make')
    expect(settled.map(({ ok }) => ok)).toEqual([false, true])
    expect(await tenants.exists('on-demand')).toBe(false)

    const made = await entities.writeMany(
      call,
      [...changes, { id: 'urn:x:2', change: become(entity('urn:x:2')) }],
      'make',
    )
    expect(made.map(({ ok }) => ok)).toEqual([false, true, true])
    expect(await entities.count(call)).toBe(1)
  })

  it('keeps Tenants apart', async () => {
    const [one, other] = [await fresh(), await fresh()]
    await put(store(), one, entity('urn:x:1'))
    expect(await store().entities.retrieve(other, 'urn:x:1')).toBeUndefined()
    expect(await store().entities.count(other)).toBe(0)
    await put(store(), other, entity('urn:x:1', { types: ['urn:T:other'] }))
    await store().entities.write(one, 'urn:x:1', become(null))
    expect((await store().entities.retrieve(other, 'urn:x:1'))?.types).toEqual(['urn:T:other'])
  })

  it('takes any name that a header can carry, each its own Tenant, listed in order', async () => {
    const names = [
      'City',
      'city',
      'CITY',
      'a b',
      '../up',
      'a/b',
      'a%2fb',
      'ü',
      'constructor',
      'con',
      '.',
      "o'x",
      '東京',
    ]
    for (const name of names) await store().tenants.create(name)
    for (const name of names) await put(store(), callIn(name), entity(`urn:x:${name}`))
    for (const name of names) {
      expect((await store().entities.walk(callIn(name), {}, 10)).ids).toEqual([`urn:x:${name}`])
    }
    const listed = await store().tenants.list()
    expect(listed.filter((name) => names.includes(name))).toEqual(names.toSorted())
    expect(listed).toEqual(listed.toSorted())
  })

  it.each([
    ['empty', ''],
    ['with a control character', 'a\nb'],
    ['with half a character', 'a\ud800'],
    ['too long', 'x'.repeat(201)],
    ['too long once encoded', 'X'.repeat(150)],
  ])('refuses a name that is %s, and has no such Tenant', async (_, name) => {
    await expect(store().tenants.create(name)).rejects.toMatchObject({ kind: 'BadRequestData' })
    if (name !== '') expect(await store().tenants.exists(name)).toBe(false)
  })

  it('makes as many Tenants as it was opened for, and refuses more by name while the others go on', async () => {
    const left = LIMITS.tenants - (await store().tenants.list()).length
    const names = Array.from({ length: left + 10 }, (_, i) => `more-${i}`)
    const outcomes = await Promise.allSettled(names.map((name) => store().tenants.create(name)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(left)
    expect(outcomes.at(-1)).toMatchObject({
      reason: { kind: 'Conflict', detail: expect.stringContaining('BOYA_MAX_TENANTS') },
    })
    expect(await store().tenants.list()).toHaveLength(LIMITS.tenants)
    expect(await store().tenants.exists(names.at(-1) ?? '')).toBe(false)
    await store().tenants.create('more-0')
    await put(store(), callIn('more-0'), entity('urn:x:1'))
    expect(await store().entities.count(callIn('more-0'))).toBe(1)
  })

  it('answers NonexistentTenant where there is none', async () => {
    const { entities, documents } = store()
    const call = callIn('nobody')
    const query = { filter: {}, limit: 1, offset: 0, count: true }
    const asked = [
      entities.retrieve(call, 'urn:x:1'),
      entities.write(call, 'urn:x:1', become(entity('urn:x:1'))),
      entities.writeMany(call, []),
      entities.query(call, query),
      entities.walk(call, {}, 1),
      entities.countTypes(call),
      entities.count(call),
      entities.purgeExpired(call, 0, 1),
      documents.get(call, 'context', 'a'),
      documents.put(call, 'context', 'a', 1),
      documents.change(call, 'context', 'a', () => ({ result: 1 })),
      documents.count(call, 'context'),
      documents.delete(call, 'context', 'a'),
      documents.list(call, 'context'),
    ]
    for (const outcome of await Promise.allSettled(asked)) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'NonexistentTenant' } })
    }
    expect(await store().tenants.exists('nobody')).toBe(false)
  })
}
