/** The last answers about evolutions that a connection remembers are those that a look would give, whoever writes, and whatever. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EvolutionPart } from '../../src/core/history/carried.ts'
import type { NewInstance } from '../../src/core/history/past-instance.ts'
import type { Horizons } from '../../src/core/history/retention.ts'
import type { InstanceSelection, Wanted } from '../../src/core/history/selection.ts'
import type { EvolutionPage } from '../../src/ports/history.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { casesOf } from '../support/long.ts'
import { at, become, callIn, entity, LIMITS, NOW, property, put, quietLog } from './contract-store.ts'

const N = 'https://example.org/n'
const ROAD = 'https://example.org/Road'
const IDS = ['urn:x:0', 'urn:x:1', 'urn:x:2']
const call = callIn('')
/** The same of all, as of one view. */
const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
const WANTED: Wanted = { kind: 'instances', most: 100 }

let directory: string
let stores: readonly [Store, Store, Store]
let now = NOW

const open = (): Promise<Store> =>
  openSqliteStore({ directory, synchronous: 'normal', ...LIMITS, clock: { now: () => now }, log: quietLog })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-recent-'))
  stores = [await open(), await open(), await open()]
})
afterAll(async () => {
  for (const store of stores) await store.close()
  await rm(directory, { recursive: true })
})

const retrieved = (store: Store, id: string, selection: InstanceSelection): Promise<EvolutionPage | undefined> =>
  store.history.retrieve(call, id, selection, WANTED)

/** What a store says that remembers nothing of it: the question is a new one. */
const looked = (store: Store, id: string) => retrieved(store, id, { ...ALL })

/** Found by the store that nobody asks what it remembers. */
async function lastInstance(id: string): Promise<string | undefined> {
  return (await looked(stores[2], id))?.evolutions[0]?.instances?.[N]?.at(-1)?.instanceId
}

const observed = (value: number, minute: number): NewInstance => ({
  ...{ type: 'Property', value, observedAt: at(minute * 60_000), createdAt: 0, modifiedAt: 0 },
})

async function partsOf(store: Store): Promise<readonly EvolutionPart[]> {
  return (await store.history.walk(call, 1_000)).parts
}

type Deed = (store: Store, id: string, value: number) => Promise<unknown>

const deeds: Readonly<Record<string, Deed>> = {
  write: (store, id, value) => put(store, call, entity(id, { attributes: { [N]: [property(value)] } })),
  delete: (store, id) => store.entities.write(call, id, become(null)),
  add: (store, id, value) =>
    store.history.add(
      call,
      id,
      { types: [ROAD], additions: [{ attribute: N, instance: observed(value, value) }] },
      'make',
    ),
  replaceInstance: async (store, id, value) => {
    const instanceId = await lastInstance(id)
    return instanceId && store.history.replaceInstance(call, id, N, instanceId, observed(-value, value))
  },
  deleteInstance: async (store, id) => {
    const instanceId = await lastInstance(id)
    return instanceId && store.history.deleteInstance(call, id, N, instanceId)
  },
  deleteAttribute: (store, id) => store.history.deleteAttribute(call, id, N, 'all'),
  deleteEvolution: (store, id) => store.history.deleteEvolution(call, id),
  retain: (store, _, value) => {
    const horizons: Horizons = { rawBefore: (NOW + value * 60_000) * 1_000 }
    return store.history.retain(call, () => horizons, 3)
  },
  restore: async (store, _, value) => {
    const parts = await partsOf(store)
    const later = parts.map(({ evolution, series }) => ({
      evolution,
      series: series.map((each) => ({
        ...each,
        instances: each.instances.map((instance) => ({ ...instance, value })),
      })),
    }))
    return store.history.restore(call, later, { there: 'replace' })
  },
}

describe('what a connection remembers of answers', () => {
  it('is what it would find, after each write, whoever makes it', async () => {
    const done = fc.record({
      deed: fc.constantFrom(...Object.keys(deeds)),
      by: fc.constantFrom(0, 1),
      id: fc.constantFrom(...IDS),
      value: fc.integer({ min: 0, max: 9 }),
    })
    let answers = 0
    await fc.assert(
      fc.asyncProperty(fc.array(done, { minLength: 5, maxLength: 20 }), async (all) => {
        for (const { deed, by, id, value } of all) {
          now += 1_000
          await deeds[deed]?.(stores[by] ?? stores[0], id, value)
          for (const each of IDS) {
            const expected = await looked(stores[2], each)
            for (const store of [stores[0], stores[1]]) {
              expect(await retrieved(store, each, ALL), `${deed} of ${id}, then ${each}`).toEqual(expected)
              answers += expected?.evolutions.length ?? 0
            }
          }
        }
      }),
      { numRuns: casesOf(30) },
    )
    expect(answers).toBeGreaterThan(100)
  })

  it('is the same object as long as nothing is written of it', async () => {
    const [store] = stores
    await put(store, call, entity('urn:x:same', { attributes: { [N]: [property(1)] } }))
    // What took long is read in another thread, and not remembered.
    const isSame = async () => {
      const first = await retrieved(store, 'urn:x:same', ALL)
      await put(store, call, entity('urn:x:other'))
      return (await retrieved(store, 'urn:x:same', ALL)) === first
    }
    await expect.poll(isSame).toBe(true)
    const first = await retrieved(store, 'urn:x:same', ALL)
    expect(await retrieved(store, 'urn:x:same', { ...ALL })).not.toBe(first)
  })
})
