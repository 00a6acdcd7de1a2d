/** With thousands of places, in clusters and over the whole Earth, the index finds what looking at each of them finds. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { GeoQuery } from '../../src/core/query/ast.ts'
import { matches } from '../../src/core/query/evaluate.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { casesOf } from '../support/long.ts'
import { callIn, LIMITS, NOW, property, put, quietLog } from './contract-store.ts'

const LOCATION = 'https://uri.etsi.org/ngsi-ld/location'
const MANY = 3_000
const CENTRE = { longitude: -3.8, latitude: 43.46 }

/** Half extents in degrees; of each, a third of the places. */
const SPREADS = [0.02, 2, 80]
/** A low-discrepancy sequence: the same places in each run. */
const places = Array.from({ length: MANY }, (_, i) => {
  const spread = SPREADS[i % SPREADS.length] ?? 1
  const share = (step: number) => 2 * ((i * step) % 1) - 1
  const longitude = CENTRE.longitude + spread * 2 * share(0.618_033_988_749)
  return [
    longitude,
    Math.max(-90, Math.min(90, CENTRE.latitude * (spread > 10 ? 0 : 1) + spread * share(0.754_877_666_2))),
  ]
})

const all: readonly Entity[] = places.map((coordinates, i) => ({
  id: `urn:x:${i}`,
  types: ['urn:T:place'],
  createdAt: NOW,
  modifiedAt: NOW,
  attributes: { [LOCATION]: [{ ...property({ type: 'Point', coordinates }), type: 'GeoProperty' as const }] },
}))

let directory = ''
let store: Store
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-places-'))
  store = await openSqliteStore({
    ...LIMITS,
    synchronous: 'normal',
    directory,
    clock: { now: () => NOW + 1 },
    log: quietLog,
  })
  await put(store, callIn(''), ...all)
}, 60_000)
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const within = (west: number, south: number, width: number, height: number): GeoQuery => ({
  relation: { kind: 'within' },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [west + width, south],
        [west + width, south + height],
        [west, south + height],
        [west, south],
      ],
    ],
  },
  property: LOCATION,
})

const around = fc.record({
  spread: fc.constantFrom(...SPREADS),
  x: fc.double({ min: -1, max: 1, noNaN: true }),
  y: fc.double({ min: -1, max: 1, noNaN: true }),
})
const size = fc.double({ min: 0.001, max: 0.9, noNaN: true })
const boxes = fc.record({ at: around, width: size, height: size }).map(({ at: { spread, x, y }, width, height }) => {
  const south = Math.max(-89, Math.min(88, CENTRE.latitude * (spread > 10 ? 0 : 1) + spread * y))
  return within(CENTRE.longitude + spread * 2 * x, south, width * spread * 2, Math.min(height * spread, 89 - south))
})
const circles = fc
  .record({ at: around, metres: fc.double({ min: 10, max: 100_000, noNaN: true }) })
  .map(({ at: { spread, x, y }, metres }): GeoQuery => {
    const latitude = Math.max(-90, Math.min(90, CENTRE.latitude * (spread > 10 ? 0 : 1) + spread * y))
    return {
      relation: { kind: 'maxDistance', metres: metres * spread },
      geometry: { type: 'Point', coordinates: [CENTRE.longitude + spread * x, latitude] },
      property: LOCATION,
    }
  })

async function agrees(geo: GeoQuery): Promise<void> {
  const expected = all.filter((entity) => matches(entity, { geo })).map(({ id }) => id)
  const ask = { filter: { geo }, limit: MANY, offset: 0, count: true }
  const { entities, total } = await store.entities.query(callIn(''), ask)
  expect(entities.map((each) => each.read().id)).toEqual(expected)
  expect(total).toBe(expected.length)
}

describe('4.10 places', () => {
  it('within a box that is narrower than the cells of the index', async () => {
    await agrees(within(-3.8002, 43.44, 0.0004, 0.04))
    await agrees(within(-3.84, 43.4599, 0.08, 0.0002))
  })

  it('within boxes of every size', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(boxes, agrees), { numRuns: casesOf(400) })
  })

  it('near points, down to less than a millimetre', async () => {
    const call = callIn('millimetres')
    await store.tenants.create('millimetres')
    const at = (id: string, longitude: number): Entity => ({
      ...{ id, types: ['urn:T:place'], createdAt: NOW, modifiedAt: NOW },
      attributes: {
        [LOCATION]: [{ ...property({ type: 'Point', coordinates: [longitude, 50] }), type: 'GeoProperty' }],
      },
    })
    // 0.57 mm apart.
    await put(store, call, at('urn:x:1', 10), at('urn:x:2', 10.000000008))
    for (const metres of [0.0005, 0.00099, 0.001, 0.0016, 0.0017, 0.01, 0.9, 1, 1.1]) {
      const geometry = { type: 'Point', coordinates: [10, 50] } as const
      const geo: GeoQuery = { relation: { kind: 'maxDistance', metres }, geometry, property: LOCATION }
      const { total } = await store.entities.query(call, { filter: { geo }, limit: 0, offset: 0, count: true })
      expect([metres, total]).toEqual([metres, metres < 0.00057 ? 1 : 2])
    }
  })

  it('near points, from metres to half the Earth', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(circles, agrees), { numRuns: casesOf(300) })
  })
})
