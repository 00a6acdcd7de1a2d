/** A winter of a real city's bicycle stations, and a day of its buses: what the history of them answers is what the files say. */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerForFile, type Client, type Document, pathOf } from './client.ts'
import { evolutionPath, TEMPORAL } from './temporal.ts'

interface Fix {
  readonly value: number
  readonly observedAt: string
}
interface Station {
  readonly id: string
  readonly availableBikeNumber: readonly Fix[]
}

const HOUR = 3_600_000
const WINTER = 'timerel=between&timeAt=2021-11-01T00:00:00Z&endTimeAt=2022-05-01T00:00:00Z'
const stations = linesOf<Station>('bike-stations-history.ndjson')
const fixes = linesOf<Document & { id: string; location: Document & { observedAt: string } }>('bus-positions.ndjson')

function linesOf<T>(name: string): readonly T[] {
  const text = readFileSync(resolve(import.meta.dirname, '../../examples/santander', name), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function loadStations(broker: Client): Promise<void> {
  for (const station of stations) await broker.post(TEMPORAL, station).expect(201)
}

/** [value, from, until] of each period that has any, as the broker writes it. */
type Aggregated = readonly (readonly [number, string, string])[]

function byHour(given: readonly Fix[], method: (values: readonly number[]) => number): Aggregated {
  const hours = new Map<number, number[]>()
  for (const { value, observedAt } of given) {
    const hour = Math.floor(Date.parse(observedAt) / HOUR)
    hours.set(hour, [...(hours.get(hour) ?? []), value])
  }
  const inOrder = [...hours].sort(([a], [b]) => a - b)
  return inOrder.map(([hour, values]) => [method(values), timeText(hour * HOUR), timeText((hour + 1) * HOUR)])
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}

const methods = {
  totalCount: (values: readonly number[]) => values.length,
  sum: (values: readonly number[]) => values.reduce((a, b) => a + b, 0),
  avg: (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length,
  min: (values: readonly number[]) => Math.min(...values),
  max: (values: readonly number[]) => Math.max(...values),
}
type Method = keyof typeof methods
const METHODS = Object.keys(methods) as Method[]

async function aggregatedByHour(broker: Client): Promise<ReadonlyMap<string, Readonly<Record<Method, Aggregated>>>> {
  const query = `type=BikeHireDockingStation&attrs=availableBikeNumber&limit=100&format=aggregatedValues&${WINTER}`
  const { body, status, text } = await broker.get(
    `${TEMPORAL}?${query}&aggrMethods=${METHODS.join()}&aggrPeriodDuration=PT1H`,
  )
  expect(status, text).toBe(200)
  return new Map(body.map((shown: Document) => [shown.id, shown.availableBikeNumber]))
}

function expectEqual(found: Aggregated, computed: Aggregated): void {
  expect(found.map(([, from, until]) => [from, until])).toEqual(computed.map(([, from, until]) => [from, until]))
  for (const [i, [value]] of found.entries()) expect(value).toBeCloseTo(computed[i]?.[0] ?? Number.NaN, 9)
}

function expectHours(found: ReadonlyMap<string, Readonly<Record<Method, Aggregated>>>, of: readonly Method[]): void {
  expect(found.size).toBe(17)
  for (const { id, availableBikeNumber } of stations) {
    for (const method of of) expectEqual(found.get(id)?.[method] ?? [], byHour(availableBikeNumber, methods[method]))
  }
}

const inOrder = (given: readonly Fix[]) => given.toSorted((a, b) => Date.parse(a.observedAt) - Date.parse(b.observedAt))
const plain = (given: readonly Fix[]) => given.map(({ value, observedAt }) => ({ value, observedAt }))

describe('a winter of 17 bicycle stations, 10,296 counts', () => {
  const broker = brokerForFile()
  beforeAll(() => loadStations(broker))

  it('is told by the hour as the file says', async () => {
    expectHours(await aggregatedByHour(broker), METHODS)
  })

  it.each([1, 10, 1_000])('its last %d of each are those of the file', async (lastN) => {
    for (const { id, availableBikeNumber } of stations) {
      const { body } = await broker.get(`${evolutionPath(id)}?attrs=availableBikeNumber&lastN=${lastN}`).expect(200)
      const last = inOrder(availableBikeNumber).slice(-lastN).toReversed()
      expect(plain([body.availableBikeNumber].flat())).toEqual(plain(last))
    }
  })

  it('between two times it is what the file has from the first and before the second', async () => {
    const bounds = stations[3]?.availableBikeNumber
    const [from = '', until = ''] = [bounds?.at(100)?.observedAt, bounds?.at(200)?.observedAt]
    const query = `timerel=between&timeAt=${from}&endTimeAt=${until}`
    for (const { id, availableBikeNumber } of stations) {
      const { body } = await broker.get(`${evolutionPath(id)}?attrs=availableBikeNumber&${query}`).expect(200)
      const within = availableBikeNumber.filter(({ observedAt }) => observedAt >= from && observedAt < until)
      expect(plain(body.availableBikeNumber)).toEqual(plain(inOrder(within)))
    }
  })

  it('is all there, page by page', async () => {
    const counts = new Map<string, number>()
    let path: string | undefined = `${TEMPORAL}?type=BikeHireDockingStation&attrs=availableBikeNumber&limit=5&${WINTER}`
    while (path !== undefined) {
      const { body, headers } = await broker.root('get', path.startsWith('/ngsi-ld') ? path : `/ngsi-ld/v1${path}`)
      for (const { id, availableBikeNumber } of body)
        counts.set(id, (counts.get(id) ?? 0) + [availableBikeNumber].flat().length)
      path = /<([^>]*)>; rel="next"/.exec(headers.link ?? '')?.[1]
    }
    expect(counts).toEqual(new Map(stations.map(({ id, availableBikeNumber: { length } }) => [id, length])))
  })

  it('has made no entity', async () => {
    await broker.get(pathOf(stations[0]?.id ?? '')).expect(404)
  })
})

describe('a winter of which what is old is kept by the hour', () => {
  const rules = [{ type: 'BikeHireDockingStation', raw: 'P30D', summaries: { every: 'PT1H', keep: 'P100Y' } }]
  const broker = brokerForFile({ HISTORY_RETENTION: JSON.stringify(rules), HISTORY_SCHEDULE: '* * * * * *' })

  it('is told by the hour as before, and that it is so', async () => {
    await loadStations(broker)
    const [{ id = '' } = {}] = stations
    const left = () => broker.get(`${evolutionPath(id)}?attrs=availableBikeNumber&${WINTER}`)
    await expect.poll(async () => (await left()).body.availableBikeNumber, { timeout: 30_000 }).toBeUndefined()
    const last = stations.at(-1)?.id ?? ''
    const leftOfLast = () => broker.get(`${evolutionPath(last)}?attrs=availableBikeNumber&${WINTER}`)
    await expect.poll(async () => (await leftOfLast()).body.availableBikeNumber, { timeout: 30_000 }).toBeUndefined()
    expectHours(await aggregatedByHour(broker), METHODS)
    const query = `format=aggregatedValues&aggrMethods=avg&aggrPeriodDuration=PT1H&${WINTER}`
    const { headers } = await broker.get(`${evolutionPath(id)}?${query}`).expect(200)
    expect(headers['ngsild-warning']).toMatch(/summaries/)
  }, 60_000)
})

describe('4,000 positions of 14 buses, each of which a change of the entity', () => {
  const broker = brokerForFile()
  const patch = async (id: string, attributes: Document): Promise<void> => {
    const headers = { 'Content-Type': 'application/json' }
    const init = { method: 'PATCH', headers, body: JSON.stringify(attributes) }
    const { status } = await fetch(`${broker.url()}${API}${pathOf(id)}/attrs`, init)
    if (status !== 204) throw new Error(`status ${status}`)
  }

  it('are 4,000 instances of their location, in their order', async () => {
    const ofBus = new Map<string, (typeof fixes)[number][]>()
    for (const fix of fixes) ofBus.set(fix.id, [...(ofBus.get(fix.id) ?? []), fix])
    await Promise.all(
      [...ofBus].map(async ([id, [first, ...rest]]) => {
        await broker.post('/entities', first).expect(201)
        for (const { id: _, type: __, ...attributes } of rest) await patch(id, attributes)
      }),
    )
    let count = 0
    for (const [id, some] of ofBus) {
      const { body } = await broker.get(`${evolutionPath(id)}?attrs=location`).expect(200)
      const told = [body.location].flat()
      const shown = ({ value, observedAt }: Document) => ({ value, at: Date.parse(String(observedAt)) })
      expect(told.map(shown)).toEqual(some.map(({ location }) => shown(location)))
      const created = await broker.get(`${evolutionPath(id)}?attrs=location&timeproperty=createdAt&options=sysAttrs`)
      const times = [created.body.location].flat().map(({ createdAt }) => Date.parse(createdAt))
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      count += told.length
    }
    expect(count).toBe(4_000)
  }, 60_000)
})
