import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { MOST_QUIET_MS, readPositions } from './positions.ts'

const path = fileURLToPath(new URL('../../../examples/santander/bus-positions.ndjson', import.meta.url))

it('knows how long it was quiet between two positions, and cuts the nights', async () => {
  const positions = await readPositions(path)
  expect(positions).toHaveLength(4_000)
  expect(positions.slice(0, 3).map(({ quietMs }) => quietMs)).toEqual([0, 24_983, 25_007])
  const quiet = positions.map(({ quietMs }) => quietMs)
  expect([Math.min(...quiet), Math.max(...quiet)]).toEqual([0, MOST_QUIET_MS])
})
