/** What is large, or much: it is the trouble of who wrote it, and of nobody else. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import { MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AttributeInstance, Entity } from '../../src/core/model/entity.ts'
import type { Store } from '../../src/ports/store.ts'
import { KEEP_ALL } from '../../src/stores/common/keep-all.ts'
import type { State, Step } from '../../src/stores/mongo/changes.ts'
import { encodeLeft } from '../../src/stores/mongo/codec.ts'
import { collectionsOf } from '../../src/stores/mongo/collections.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { readByIds } from '../../src/stores/mongo/reads.ts'
import { nextVersion } from '../../src/stores/mongo/version.ts'
import type { Group } from '../../src/stores/mongo/write-queue.ts'
import { createApply } from '../../src/stores/mongo/writes.ts'
import { become, callIn, entity, idsOf, LIMITS, NOW, property, put, quietLog } from '../contract/contract-store.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'

const call = callIn('')
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

let database: FreshDatabase | undefined
let client: MongoClient
let store: Store
let collections: ReturnType<typeof collectionsOf>

beforeAll(async () => {
  if (mongodbUri() === undefined) return
  database = freshDatabase()
  const clock = { now: () => NOW }
  store = openMongoStore({ ...LIMITS, entityBytes: 12_582_912, uri: database.uri, clock, log: quietLog })
  await put(store, call, entity('urn:first'))
  client = new MongoClient(database.uri, { monitorCommands: true })
  collections = collectionsOf(client.db(database.name))
})
afterAll(async () => {
  await store?.close()
  await client?.close()
  await database?.drop()
})

const outcomesOf = async (...entities: readonly Entity[]) =>
  store.entities.writeMany(
    call,
    entities.map((next) => ({ id: next.id, change: become(next) })),
  )

const refused = (detail: RegExp) => ({
  ok: false,
  problem: { kind: 'BadRequestData', detail: expect.stringMatching(detail) },
})

it('the largest entity there can be is stored, also where it is all small values', async () => {
  const numbers = times(60, (i) => i)
  const small = times(9_000, (i) => [`urn:A:${i}`, [property(numbers.map((n) => n + i))]] as const)
  const texts = { 'urn:A:text': [property('x'.repeat(8 * 2 ** 20))] }
  await put(
    store,
    call,
    entity('urn:x:small', { attributes: Object.fromEntries(small) }),
    entity('urn:x:text', { attributes: texts }),
  )
  expect(Object.keys((await store.entities.retrieve(call, 'urn:x:small'))?.attributes ?? {})).toHaveLength(9_000)
  const q = {
    kind: 'term',
    path: { links: [], names: ['urn:A:7'] },
    test: { operator: '==', values: [{ kind: 'number', value: 12 }] },
  } as const
  expect(await idsOf(store, call, { q })).toEqual(['urn:x:small'])
})

describe('an entity in too many places', () => {
  const everywhere = (count: number): readonly AttributeInstance[] =>
    times(count, (i) => ({
      ...property({
        type: 'LineString',
        coordinates: [
          [-180, i / 100],
          [180, i / 100],
        ],
      }),
      type: 'GeoProperty',
      datasetId: `urn:d:${i}`,
    }))
  const near = (longitude: number, latitude: number) =>
    ({
      property: 'urn:A:at',
      geometry: { type: 'Point', coordinates: [longitude, latitude] },
      relation: { kind: 'maxDistance', metres: 1_000 },
    }) as const

  it('is stored and found, and what is written with it is', async () => {
    const large = entity('urn:wide', { attributes: { 'urn:A:at': everywhere(1_000) } })
    expect(await outcomesOf(large, entity('urn:beside'))).toMatchObject([{ ok: true }, { ok: true }])
    for (const [longitude, latitude, ids] of [
      [11, 5, ['urn:wide']],
      [-170, 0, ['urn:wide']],
      [180, 9, ['urn:wide']],
      [11, 60, []],
      [11, -89.9, []],
    ] as const) {
      expect(await idsOf(store, call, { geo: near(longitude, latitude) })).toEqual(ids)
    }
    const { places = [] } = (await collections.entities.findOne({ _id: 'urn:wide' })) ?? {}
    expect(places.length).toBeLessThan(10)
  })
})

describe('what a document has no room for', () => {
  const named = (count: number, letter: string, text = '') =>
    Object.fromEntries(times(count, (i) => [`urn:A:${letter.repeat(1_990)}${i}`, [property(text)]]))

  it('is refused with what is wrong, and what is written with it is stored', async () => {
    const large = entity('urn:names', { attributes: named(2_000, 'a', 'x'.repeat(3_900)) })
    const all = await outcomesOf(large, entity('urn:small'))
    expect(all).toMatchObject([refused(/urn:names take .* at most/), { ok: true }])
  })

  it('is not what an entity had before', { timeout: 60_000 }, async () => {
    for (const letter of ['a', 'b']) {
      const next = entity('urn:named', { attributes: named(700, letter, 'x'.repeat(15_500)) })
      expect(await outcomesOf(next)).toMatchObject([{ ok: true }])
    }
  })
})

describe('names that are many', () => {
  it('are counted a few entities at a time', { timeout: 30_000 }, async () => {
    const name = (of: number, i: number) => `urn:A:${of}:${'n'.repeat(990)}${i}`
    const large = times(4, (of) =>
      entity(`urn:counted:${of}`, {
        attributes: Object.fromEntries(times(1_000, (i) => [name(of, i), [property(1)]])),
      }),
    )
    await put(store, call, ...large)
    const left = () => collections.entities.countDocuments({ uncounted: { $exists: true } })
    await expect.poll(left, { timeout: 20_000, interval: 200 }).toBe(0)
    const [tally] = await store.entities.countAttributes(call, { attribute: name(2, 7) })
    expect(tally).toMatchObject({ instances: 1 })
  })
})

/** What a step makes of an entity, whatever it may be. */
const making = (id: string, more: object = {}): Step => {
  const made = entity(id)
  const state: State = { entity: made, most: 0, encoded: { ...encodeLeft(made), ...more }, seq: id }
  return () => ({ outcome: { ok: true, value: { result: undefined, queues: [] } }, state })
}
const applyTo = (ask = <T>(operation: () => Promise<T>) => operation()) =>
  createApply({
    ...{
      entities: collections.entities,
      notices: collections.notices,
      instances: collections.instances,
      ask,
      uncounted: () => {},
    },
    ...{ mover: { wake: () => {}, moveAll: async () => {} }, position: () => '', clock: { now: () => NOW } },
    history: KEEP_ALL,
  })
const group = (...ids: readonly string[]): Group<Step> => new Map(ids.map((id) => [id, [making(id)]]))

describe('a bulk of which one cannot be written', () => {
  it.each([
    ['that the driver does not send', 'x'.repeat(16_777_300)],
    ['that the driver has no buffer for', 'x'.repeat(18_000_000)],
  ])('is refused for that one: %s', async (_, body) => {
    const ids = ['urn:p:1', 'urn:p:2', 'urn:p:3']
    const outcomes = await applyTo()(new Map([...group(...ids), ['urn:p:2', [making('urn:p:2', { body })]]]))
    expect(outcomes.get('urn:p:2')).toMatchObject([
      { ok: false, error: { kind: 'BadRequestData', detail: expect.stringMatching(/urn:p:2/) } },
    ])
    for (const id of ['urn:p:1', 'urn:p:3']) expect(outcomes.get(id)).toMatchObject([{ ok: true }])
    const found = await collections.entities.find({ _id: { $in: ids } }).toArray()
    expect(found.map(({ _id }) => _id).sort()).toEqual(['urn:p:1', 'urn:p:3'])
    await collections.entities.deleteMany({ _id: { $in: ids } })
  })

  it('is refused for that one by the server', async () => {
    await applyTo()(group('urn:q:1', 'urn:q:2'))
    await collections.entities.updateOne({ _id: 'urn:q:1' }, { $set: { beside: 'x'.repeat(9_000_000) } })
    const large = making('urn:q:1', { body: 'x'.repeat(9_000_000) })
    const outcomes = await applyTo()(new Map([...group('urn:q:2'), ['urn:q:1', [large]]]))
    expect(outcomes.get('urn:q:1')).toMatchObject([{ ok: false, error: { kind: 'BadRequestData' } }])
    expect(outcomes.get('urn:q:2')).toMatchObject([{ ok: true }])
    await collections.entities.deleteMany({ _id: /^urn:q:/ })
  })
})

describe('an update that was done', () => {
  async function changeElsewhere(_id: string): Promise<void> {
    const found = await collections.entities.findOne({ _id })
    await collections.entities.updateOne({ _id }, { $set: { version: nextVersion(found?.version) } })
  }

  it('is not done again where its entity has been deleted since, and nothing is left of it', async () => {
    await applyTo()(group('urn:r:1', 'urn:r:2'))
    let asked = 0
    const outcomes = await applyTo(async (operation) => {
      asked++
      // Another is faster with the one, and then deletes the other.
      if (asked === 2) await changeElsewhere('urn:r:2')
      if (asked === 3) await collections.entities.deleteOne({ _id: 'urn:r:1' })
      return operation()
    })(group('urn:r:1', 'urn:r:2'))
    expect(asked).toBe(3)
    expect(outcomes.has('urn:r:2')).toBe(false)
    expect(outcomes.get('urn:r:1')).toMatchObject([{ ok: true }])
    await collections.entities.deleteMany({ _id: /^urn:r:/ })
  })
})

describe('many changes of one entity', () => {
  const large = entity('urn:busy', {
    attributes: Object.fromEntries(times(400, (i) => [`urn:A:${i}`, [property('x'.repeat(60))]])),
  })
  /** Counts up, and makes it too large in between. */
  const change = (i: number) => (current: Entity | undefined) => {
    if (current === undefined) throw new Error('there is none')
    const n = Number(current.attributes['urn:A:n']?.[0]?.value ?? 0)
    const more = i % 100 === 50 ? { 'urn:A:more': [property('x'.repeat(13_000_000))] } : {}
    const attributes = { ...current.attributes, 'urn:A:n': [property(n + 1)], ...more }
    return { entity: { ...current, attributes }, result: undefined }
  }
  /** The longest time for which nothing else could be done, as long as something is. */
  async function longest(done: Promise<unknown>): Promise<number> {
    const seen = { most: 0, isDone: false }
    void done.finally(() => {
      seen.isDone = true
    })
    while (!seen.isDone) {
      const since = performance.now()
      await nextTurn()
      seen.most = Math.max(seen.most, performance.now() - since)
    }
    return seen.most
  }

  it('leave room for others, and those that make it too large are refused by themselves', async () => {
    await put(store, call, large)
    const written = times(1_000, (i) => store.entities.write(call, large.id, change(i)))
    const blocked = await longest(Promise.allSettled(written))
    const ended = await Promise.allSettled(written)
    expect(ended.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual(times(10, (i) => i * 100 + 50))
    const last = await store.entities.retrieve(call, large.id)
    expect(last?.attributes['urn:A:n']?.[0]?.value).toBe(990)
    expect(last?.attributes).not.toHaveProperty('urn:A:more')
    // One that is too large takes a part of it; all together would be seconds.
    expect(blocked).toBeLessThan(800)
  })
})

describe('large entities', () => {
  const ids = times(10, (i) => `urn:large:${i}`)
  const asked: string[] = []

  beforeAll(async () => {
    if (mongodbUri() === undefined) return
    for (const id of ids) {
      await put(store, call, entity(id, { attributes: { 'urn:A:text': [property('x'.repeat(4_000_000))] } }))
    }
    client.on('commandStarted', ({ commandName }) => asked.push(commandName))
  })

  it('of a page that is too large are not all read', async () => {
    asked.length = 0
    const source = { entities: collections.entities, ask: <T>(operation: () => Promise<T>) => operation() }
    await expect(readByIds(source, ids, 9_000_000)).rejects.toMatchObject({ kind: 'TooManyResults' })
    expect(asked.filter((name) => name !== 'killCursors')).toEqual(['find'])
  })

  it('are written before the next of the group are read', async () => {
    asked.length = 0
    const outcomes = await applyTo()(new Map(ids.map((id) => [id, [(state) => changed(state)]])))
    for (const id of ids) expect(outcomes.get(id), id).toMatchObject([{ ok: true }])
    const second = asked.indexOf('getMore')
    expect(second).toBeGreaterThan(asked.indexOf('update'))
    expect(asked.indexOf('update')).toBeGreaterThan(asked.indexOf('find'))
  })
})

function changed(state: State | undefined): ReturnType<Step> {
  if (state === undefined) throw new Error('there is none')
  const next = { ...state.entity, modifiedAt: NOW + 1 }
  return {
    outcome: { ok: true, value: { result: undefined, queues: [] } },
    state: { entity: next, most: state.most, encoded: encodeLeft(next) },
  }
}
