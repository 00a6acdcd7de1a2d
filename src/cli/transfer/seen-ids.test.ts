import { expect, it } from 'vitest'
import { createSeenIds } from './seen-ids.ts'

it('tells what was met before from what was not, however many there are', () => {
  const seen = createSeenIds()
  const ids = Array.from({ length: 20_000 }, (_, i) => `urn:ngsi-ld:Bench:${i}`)
  expect(ids.filter((id) => !seen.add(id))).toEqual([])
  expect(ids.filter((id) => seen.add(id))).toEqual([])
  expect(seen.add('urn:ngsi-ld:Bench:20000')).toBe(true)
})
