/** What Linked Entity Retrieval (4.5.23) asks of a store. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createEntity } from '../src/core/model/build.ts'
import type { Entity } from '../src/core/model/entity.ts'
import { createProjection } from '../src/core/query/projection.ts'
import { retrieveLinkedEntities } from '../src/operations/linked-entities.ts'
import type { Store } from '../src/ports/store.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { become, callIn, LIMITS, put } from './contract/contract-store.ts'
import { testClock } from './support/broker.ts'
import { quietLog } from './support/log.ts'

const clock = testClock()
const call = callIn('')
const OPTIONS = { ...LIMITS, synchronous: 'normal', directory: ':memory:', log: quietLog } as const

let opened: Store | undefined
const store = (): Store => opened ?? expect.fail('the store is not open')
beforeAll(async () => {
  opened = await openSqliteStore({ ...OPTIONS, clock })
})
afterAll(() => opened?.close())

/** The store, and the ids that it was asked for, by call. */
function recorded(): { readonly store: Store; readonly asked: string[][] } {
  const asked: string[][] = []
  const { entities } = store()
  const retrieveMany: typeof entities.retrieveMany = (of, ids) => {
    asked.push([...ids])
    return entities.retrieveMany(of, ids)
  }
  return { store: { ...store(), entities: { ...entities, retrieveMany } }, asked }
}

function linking(id: string, targets: readonly string[]): Entity {
  const relationship = { type: 'Relationship', value: targets } as const
  const entity = createEntity(id, { types: ['urn:T'], attributes: {} }, clock.now())
  const times = { createdAt: clock.now(), modifiedAt: clock.now() }
  return { ...entity, attributes: { 'urn:r': [{ ...relationship, ...times }] } }
}

const LIMITS_OF_REQUEST = { attributes: 1_000, linkedEntities: 300, pageBytes: 1_000_000 }

const graphs = fc.array(fc.uniqueArray(fc.nat(15)), { minLength: 1, maxLength: 12 })

it('reads nothing that is at hand, and nothing twice, however often it is linked to', async () => {
  const property = fc.asyncProperty(
    graphs,
    fc.constantFrom('inline' as const, 'flat' as const),
    fc.integer({ min: 1, max: 5 }),
    async (graph, kind, level) => {
      const all = graph.map((targets, node) =>
        linking(
          `urn:${node}`,
          targets.map((target) => `urn:${target}`),
        ),
      )
      await put(store(), call, ...all)
      for (let node = graph.length; node <= 15; node++) {
        await store().entities.write(call, `urn:${node}`, become(null))
      }
      const { store: recording, asked } = recorded()
      const limits = { ...LIMITS_OF_REQUEST, linkedEntities: 15 }
      const from = all.slice(0, 2).map((entity) => ({ entity, size: 0 }))
      const retrieval = { kind, level, projection: createProjection(undefined, undefined), containedBy: ['urn:5'] }
      const { met } = await retrieveLinkedEntities({ store: recording, clock, limits }, call, from, retrieval)
      const ids = asked.flat()
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).not.toContain('urn:0')
      expect(ids).not.toContain('urn:5')
      expect(asked.length).toBeLessThanOrEqual(level)
      for (const [id, { entity }] of met) expect(entity).toEqual(all.find((each) => each.id === id))
    },
  )
  await fc.assert(property, { numRuns: 100 })
})

const many = Array.from({ length: 250 }, (_, i) => `urn:many:${i}`)
const WHOLE = { level: 3, projection: createProjection(undefined, undefined), containedBy: [] }

it('asks for a hundred at a time', async () => {
  const { store: recording, asked } = recorded()
  const from = [{ entity: linking('urn:many', [...many, ...many]), size: 0 }]
  const context = { store: recording, clock, limits: LIMITS_OF_REQUEST }
  await retrieveLinkedEntities(context, call, from, { ...WHOLE, kind: 'flat' })
  expect(asked.map((ids) => ids.length)).toEqual([100, 100, 50])
  expect(asked.flat()).toEqual(many)
})

it('reads no more than an answer may have', async () => {
  await put(store(), call, ...many.map((id) => linking(id, [])))
  const { store: recording, asked } = recorded()
  const from = [{ entity: linking('urn:many', many), size: 0 }]
  const context = { store: recording, clock, limits: { ...LIMITS_OF_REQUEST, pageBytes: 25_000 } }
  await expect(retrieveLinkedEntities(context, call, from, { ...WHOLE, kind: 'flat' })).rejects.toMatchObject({
    kind: 'TooManyResults',
  })
  expect(asked.length).toBeLessThan(3)
})

it('goes no further from an entity that could not be shown as often as it is linked to', async () => {
  await put(store(), call, linking('urn:hub', many))
  const names = Array.from({ length: 20 }, (_, i) => `urn:r${i}`)
  const { attributes, ...rest } = linking('urn:from', ['urn:hub'])
  const own = attributes['urn:r'] ?? []
  const entity = { ...rest, attributes: Object.fromEntries(names.map((name) => [name, own])) }
  const pick = names.map((member) => ({ member, linked: [{ member: 'urn:r', linked: [{ member: 'id' }] }] }))
  const { store: recording, asked } = recorded()
  const context = { store: recording, clock, limits: { ...LIMITS_OF_REQUEST, pageBytes: 50_000 } }
  const retrieval = { ...WHOLE, kind: 'inline', projection: createProjection(pick, undefined) } as const
  await expect(retrieveLinkedEntities(context, call, [{ entity, size: 0 }], retrieval)).rejects.toMatchObject({
    kind: 'TooManyResults',
  })
  expect(asked).toEqual([['urn:hub']])
})
