/** 6.3.10: an answer is given in parts also where its instances are few, and large. */

import { expect, it } from 'vitest'
import { brokerForFile } from './client.ts'
import { evolutionPath, evolve, observed } from './temporal.ts'

const broker = brokerForFile({ MAX_ENTITY_BYTES: '64KiB', MAX_PAGE_BYTES: '128KiB' })

it.each(['', 'lastN=20&'])('comes in parts that are no larger than a page of entities may be: %s', async (query) => {
  const text = 'x'.repeat(20_000)
  const id = await evolve(broker, { note: [observed(`0 ${text}`, 0)] })
  for (let i = 1; i < 20; i++)
    await broker.post(`${evolutionPath(id)}/attrs`, { note: [observed(`${i} ${text}`, i)] }).expect(204)
  const seen: number[] = []
  let parts = 0
  for (
    let path: string | undefined = `${evolutionPath(id)}?${query}timeproperty=observedAt`;
    path !== undefined;
    parts++
  ) {
    const { status, body, headers, text: sent } = await broker.get(path)
    path = /<\/ngsi-ld\/v1([^>]*)>; rel="next"/.exec(headers.link ?? '')?.[1]
    expect(status).toBe(path === undefined ? 200 : 206)
    expect(sent.length).toBeLessThan(140_000)
    seen.push(...[body.note].flat().map(({ value }: { value: string }) => Number.parseInt(value, 10)))
  }
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect(parts).toBeGreaterThan(2)
})
