/** What a connection remembers of its database is what is there: after each write, whoever makes it, the answer is new. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { EntityFilter } from '../../src/core/query/ast.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { casesOf } from '../support/long.ts'
import { become, callIn, LIMITS, NOW, property, put, quietLog } from './contract-store.ts'

const TYPE = 'urn:T:bus'
const IDS = 40
const call = callIn('')

function bus(i: number, speed: number, state: string): Entity {
  return {
    id: `urn:x:${i}`,
    types: [TYPE],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: {
      // Of a path where some have several values indexes do not know all.
      'urn:A:speed': state === 'lost' ? [property(0), property(speed, { datasetId: 'urn:d:1' })] : [property(speed)],
      'urn:A:state': [property(state)],
    },
  }
}

const comparing =
  (operator: '>' | '<') =>
  (value: number, name = 'urn:A:speed') =>
    ({
      kind: 'term',
      path: { links: [], names: [name] },
      test: { operator, value: { kind: 'number', value } },
    }) as const
const faster = comparing('>')
const slower = comparing('<')
const is = (state: string) =>
  ({
    kind: 'term',
    path: { links: [], names: ['urn:A:state'] },
    test: { operator: '==', values: [{ kind: 'text', value: state }] },
  }) as const
const questions: readonly EntityFilter[] = [
  { types: [[TYPE]] },
  { q: faster(5) },
  { types: [[TYPE]], q: is('on') },
  { types: [[TYPE]], q: { kind: 'and', parts: [faster(3), is('off')] } },
  { q: { kind: 'or', parts: [faster(8), is('off')] } },
  { q: { kind: 'and', parts: [faster(4), slower(6)] } },
]

const write = fc.record({
  /** One of two processes with the same file. */
  by: fc.constantFrom(0, 1),
  /** Several are one batch; what is thrown ends one of them without a write. */
  changes: fc.array(
    fc.record({
      i: fc.nat(IDS - 1),
      to: fc.oneof(
        { weight: 6, arbitrary: fc.tuple(fc.nat(10), fc.constantFrom('on', 'off', 'lost')) },
        { weight: 2, arbitrary: fc.constant('gone' as const) },
        { weight: 1, arbitrary: fc.constant('fails' as const) },
      ),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  question: fc.nat(questions.length - 1),
})

let directory = ''
let stores: Store[] = []
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-remembered-'))
  const options = { ...LIMITS, synchronous: 'normal', directory, clock: { now: () => NOW }, log: quietLog } as const
  stores = [await openSqliteStore(options), await openSqliteStore(options)]
})
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await rm(directory, { recursive: true, force: true })
})

describe('what is remembered', () => {
  it('is not that all have one value at a path, once one has several', async () => {
    const level = (value: number) => ({ 'urn:A:level': [property(value)] })
    const several = { 'urn:A:level': [property(1), property(9, { datasetId: 'urn:d:1' })] }
    const tank = (i: number, attributes: Entity['attributes']): Entity => ({ ...bus(i, 0, 'on'), attributes })
    const between: EntityFilter = {
      q: { kind: 'and', parts: [faster(3, 'urn:A:level'), slower(5, 'urn:A:level')] },
    }
    const idsIn = async (store: Store) =>
      (await store.entities.query(call, { filter: between, limit: 9, offset: 0, count: false })).entities.map(
        (each) => each.read().id,
      )
    await put(stores[0] as Store, call, ...Array.from({ length: 9 }, (_, i) => tank(1_000 + i, level(i))))
    for (const store of stores) expect(await idsIn(store)).toEqual(['urn:x:1004'])
    // Each value meets one of the conditions.
    await put(stores[0] as Store, call, tank(2_000, several))
    for (const store of stores) expect(await idsIn(store)).toEqual(['urn:x:1004', 'urn:x:2000'])
    for (const id of [...Array.from({ length: 9 }, (_, i) => 1_000 + i), 2_000])
      await (stores[0] as Store).entities.write(call, `urn:x:${id}`, become(null))
  })

  it('is forgotten when it changes, by this process or by another', { timeout: 60_000 }, async () => {
    const world = new Map<number, Entity>()
    /** What each process has been told of states, as the cache of answers would keep it. */
    const seen = stores.map(() => new Map<string, Entity>())
    await put(stores[0] as Store, call, ...Array.from({ length: IDS }, (_, i) => bus(i, i % 10, 'on')))
    for (let i = 0; i < IDS; i++) world.set(i, bus(i, i % 10, 'on'))

    const agrees = async (at: number, filter: EntityFilter): Promise<void> => {
      const known = seen[at] as Map<string, Entity>
      const expected = [...world.values()].filter((entity) => matches(entity, filter))
      const ask = { filter, limit: 100, offset: 0, count: true }
      const { entities, total } = await (stores[at] as Store).entities.query(call, ask, (state) =>
        known.has(state) ? 1 : undefined,
      )
      const found = entities.map(({ state = '', read }) => {
        const entity = known.get(state) ?? read()
        known.set(state, entity)
        return entity
      })
      const byId = (a: Entity, b: Entity): number => (a.id < b.id ? -1 : 1)
      expect(found.toSorted(byId)).toEqual(expected.toSorted(byId))
      expect(total).toBe(expected.length)
    }

    await fc.assert(
      fc.asyncProperty(write, async ({ by, changes, question }) => {
        await (stores[by] as Store).entities
          .writeMany(
            call,
            changes.map(({ i, to }) => ({
              id: `urn:x:${i}`,
              change: () => {
                if (to === 'fails') throw new Error('no')
                return become(to === 'gone' ? null : bus(i, ...to))()
              },
            })),
          )
          .catch((error: unknown) => expect(error).toMatchObject({ message: 'no' }))
        for (const { i, to } of changes) {
          if (to === 'gone') world.delete(i)
          else if (to !== 'fails') world.set(i, bus(i, ...to))
        }
        for (const at of [0, 1]) await agrees(at, questions[question] as EntityFilter)
      }),
      { numRuns: casesOf(600), endOnFailure: true },
    )
  })
})
