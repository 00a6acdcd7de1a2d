import { createWriteStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'
import { type InstalledBoya, installBoya } from './installed-boya.ts'

let boya: InstalledBoya
beforeAll(() => {
  boya = installBoya()
})
afterAll(() => boya.remove())

const SENSORS = 100
const ROWS = LONG ? 1_000_000 : 40_000
/** Of which Node and its libraries have a third before the first row is read. */
const MAX_BYTES = 300 * 1024 * 1024

const MAP = {
  id: 'urn:ngsi-ld:Sensor:{station}',
  type: 'Sensor',
  observedAt: { column: 'time', format: 'seconds' },
  attributes: { level: { column: 'level', as: 'number' } },
}

function* rows() {
  yield 'station,time,level\n'
  for (let i = 0; i < ROWS; i++) yield `${i % SENSORS},${1_767_225_600 + 60 * Math.floor(i / SENSORS)},${i / 10}\n`
}

/** Bytes that a process has in memory, at most, until it ends. */
async function mostMemory(pid: number, ended: Promise<unknown>): Promise<number> {
  let most = 0
  let running = true
  ended.finally(() => {
    running = false
  })
  for (; running; await pause(50)) most = Math.max(most, residentBytes(pid))
  return most
}

function residentBytes(pid: number): number {
  try {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    // It has ended, or this system tells it elsewhere.
    return 0
  }
}

it('a history of many rows is loaded in bounded memory', { timeout: 900_000 }, async () => {
  const [csv, map] = [join(boya.folder, 'rows.csv'), join(boya.folder, 'map.json')]
  await pipeline(Readable.from(rows()), createWriteStream(csv))
  writeFileSync(map, JSON.stringify(MAP))
  const serving = boya.start(['serve'], { BOYA_PORT: '0' })
  const { url } = JSON.parse(await serving.until(/ready on.*\n/))
  const loading = boya.start(['load', csv, '--csv-map', map, '--mode', 'history', '--url', url])
  const most = await mostMemory(loading.pid, loading.ended)
  expect(await loading.ended).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`^${ROWS} instances stored, ${SENSORS} histories begun, 0 refused in `)),
    stderr: expect.stringMatching(LONG ? /\d+% · \d+ instances · \d+\/s · 0 refused\n/ : /^/),
  })
  expect(most).toBeLessThan(MAX_BYTES)
  const query =
    'type=Sensor&timerel=after&timeAt=2025-01-01T00:00:00Z&format=aggregatedValues&aggrMethods=totalCount&aggrPeriodDuration=PT0S&limit=1000'
  const response = await fetch(`${url}${API}/temporal/entities?${query}`)
  const sensors = (await response.json()) as { level: { totalCount: [number][] } }[]
  expect(sensors.map(({ level }) => level.totalCount[0]?.[0])).toEqual(Array(SENSORS).fill(ROWS / SENSORS))
  serving.signal('SIGTERM')
  await serving.ended
})
