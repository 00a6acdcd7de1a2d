/** 5.5.9: pages of a result that changes while it is read. */

import type { Response } from 'supertest'
import { describe, expect, it } from 'vitest'
import { brokerForFile, type Document } from './client.ts'

const broker = brokerForFile()

const car = (n: number | string, more: Document = {}) => ({
  id: `urn:ngsi-ld:Car:${n}`,
  type: 'Car',
  kept: { value: 1 },
  ...more,
})

/** Follows the links of pages from the first to the last; `meanwhile` is awaited after each. */
async function walk(path: string, meanwhile: (page: number) => Promise<void>): Promise<readonly string[]> {
  const met: string[] = []
  let next: string | undefined = path
  for (let page = 0; next !== undefined; page++) {
    const answer: Response = await broker.root('get', next).expect(200)
    met.push(...answer.body.map(({ id }: Document) => String(id)))
    next = /<([^>]+)>; rel="next"/.exec(answer.headers.link ?? '')?.[1]
    await meanwhile(page)
  }
  return met
}

describe('5.5.9 Pagination', () => {
  it('meets every entity that stays exactly once, while others come and go', { timeout: 60_000 }, async () => {
    const batch = Array.from({ length: 2_500 }, (_, i) => car(i))
    await broker.post('/entityOperations/create', batch).expect(201)
    const met = await walk('/ngsi-ld/v1/entities?type=Car&q=kept&limit=100', async (page) => {
      await broker.create(car(`new-${page}`), car(`gone-${page}`))
      if (page > 0) await broker.delete(`/entities/urn:ngsi-ld:Car:gone-${page - 1}`).expect(204)
      // Changed, it keeps its place.
      await broker.patch(`/entities/urn:ngsi-ld:Car:${page * 90}/attrs`, { kept: { value: 2 } }).expect(204)
    })
    expect(met.slice(0, 2_500)).toEqual(batch.map(({ id }) => id))
    expect(new Set(met).size).toBe(met.length)
  })

  it('does so in an order that is asked for, of which many are equal', { timeout: 60_000 }, async () => {
    const bikes = Array.from({ length: 300 }, (_, i) => ({
      id: `urn:ngsi-ld:Bike:${i}`,
      type: 'Bike',
      size: { value: i % 3 },
    }))
    await broker.post('/entityOperations/create', bikes).expect(201)
    const met = await walk('/ngsi-ld/v1/entities?type=Bike&orderBy=size;desc&limit=70', async (page) => {
      await broker.create({ id: `urn:ngsi-ld:Bike:new-${page}`, type: 'Bike', size: { value: 0 } })
    })
    const expected = [2, 1, 0].flatMap((size) => bikes.filter((bike) => bike.size.value === size).map(({ id }) => id))
    expect(met.slice(0, 300)).toEqual(expected)
    expect(new Set(met).size).toBe(met.length)
  })

  it('shows the same page again, forwards and backwards', async () => {
    const ids = async (offset: number) => {
      const { body } = await broker.get(`/entities?type=Bike&orderBy=size&limit=50&offset=${offset}`).expect(200)
      return body.map(({ id }: Document) => id)
    }
    const pages = [await ids(0), await ids(50), await ids(100)]
    expect([await ids(100), await ids(50), await ids(0)]).toEqual(pages.toReversed())
    expect(new Set(pages.flat()).size).toBe(150)
  })
})
