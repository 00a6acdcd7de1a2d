import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LoadOptions, runLoad } from '../../src/cli/load/run-load.ts'
import { API, CONTEXT_LINK, startTestBroker, type TestBroker } from '../support/broker.ts'

const examples = resolve(import.meta.dirname, '../../examples/santander')
const folder = mkdtempSync(join(tmpdir(), 'boya-load-history-'))
let broker: TestBroker

beforeAll(async () => {
  broker = await startTestBroker({ MAX_BODY_BYTES: '100KiB', MAX_INSTANCES: '400' })
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true })
})

function load(names: readonly string[], given: Partial<LoadOptions> = {}) {
  const output = { write: () => undefined }
  const common = { url: broker.url, tenant: undefined, context: undefined, batch: undefined, folder, output }
  return runLoad(names, { ...common, mode: 'history', ...given })
}

const digits = '12345678901234567890.10'
let files = 0

function fileWith(lines: readonly string[]): string {
  const path = join(folder, `input-${++files}.ndjson`)
  writeFileSync(path, lines.join('\n'))
  return path
}

const urn = (id: string | number) => `urn:ngsi-ld:Sensor:${id}`

function minute(minutes: number): string {
  return new Date(Date.UTC(2026, 0, 1) + minutes * 60_000).toISOString()
}

function instance(value: unknown, minutes: number): string {
  return `{"type":"Property","value":${value},"observedAt":"${minute(minutes)}"}`
}

function sensor(id: string | number, members: string): string {
  return `{"id":"${urn(id)}","type":"Sensor",${members}}`
}

async function historyOf(id: string | number, query = ''): Promise<string> {
  const response = await broker.request.get(`${API}/temporal/entities/${urn(id)}?format=temporalValues&${query}`)
  return response.text
}

async function valuesOf(id: string | number, attribute = 'level'): Promise<readonly unknown[]> {
  const pairs = JSON.parse(await historyOf(id))[attribute].values as readonly [unknown, string][]
  return pairs.toSorted(([, a], [, b]) => a.localeCompare(b)).map(([value]) => value)
}

function refusedIn(path: string | undefined) {
  const lines = readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line)).sort((a, b) => a.line - b.line)
}

/** A receiver in place of a broker; returns the bodies that came. */
async function recording(status = 204) {
  const bodies: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (bytes) => {
      body += bytes
    })
    request.on('end', () => {
      if (request.method === 'POST') bodies.push(JSON.parse(body))
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies, close: () => server.close() }
}

describe('temporal representations', () => {
  it('of a city are stored, and are the same when they are loaded again', async () => {
    const source = join(examples, 'bike-stations-history.ndjson')
    const result = await load([source], { context: join(examples, 'context.jsonld'), batch: 300 })
    expect(result).toMatchObject({ created: 17, instances: 10_296 + 17, refused: 0, stoppedBy: undefined })
    const again = await load([source], { context: result.context, batch: 300 })
    expect(again).toMatchObject({ created: 0, instances: 10_296 + 17, refused: 0 })
    const [line = ''] = readFileSync(source, 'utf8').split('\n')
    const { id, availableBikeNumber } = JSON.parse(line)
    const counted = await broker.request
      .get(
        `${API}/temporal/entities/${id}?format=aggregatedValues&aggrMethods=totalCount,sum&attrs=availableBikeNumber`,
      )
      .set('Link', CONTEXT_LINK(result.context ?? ''))
    const sum = (availableBikeNumber as { value: number }[]).reduce((total, { value }) => total + value, 0)
    expect(counted.body.availableBikeNumber).toMatchObject({
      totalCount: [[availableBikeNumber.length, expect.anything(), expect.anything()]],
      sum: [[sum, expect.anything(), expect.anything()]],
    })
  })

  it('keep every digit', async () => {
    await load([fileWith([sensor('digits', `"level":[${instance(digits, 1)},${instance(2, 2)}]`)])])
    expect(await historyOf('digits')).toContain(digits)
  })

  it('may come in any order: each instance stands where its time says', async () => {
    const lines = [5, 1, 4, 2, 3].map((n) => sensor('late', `"level":${instance(n, n)}`))
    expect(await load([fileWith(lines)])).toMatchObject({ created: 1, instances: 5 })
    expect(await load([fileWith([sensor('late', `"level":[${instance(0, 0)}]`)])])).toMatchObject({ created: 0 })
    expect(await valuesOf('late')).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('leave the last of a time, as in the file', async () => {
    const lines = [1, 2, 3].map((n) => sensor('same', `"level":[${instance(n, 0)}]`))
    await load([fileWith(lines)], { batch: 1 })
    await load([fileWith(lines.map((line) => line.replace(':same', ':same2')))])
    expect([await valuesOf('same'), await valuesOf('same2')]).toEqual([[3], [3]])
  })

  it('may be simplified, concise, or entities as they are', async () => {
    const pairs = (name: string, first: string) => `{"type":"Property","${name}":[[${first},"${minute(1)}"]]}`
    const lines = [
      sensor('simplified', `"level":${pairs('values', digits)},"many":[${pairs('values', '[1,{"a":2}]')}]`),
      sensor(
        'languages',
        `"name":{"type":"LanguageProperty","languageMaps":[[{"languageMap":{"es":"uno"}},"${minute(1)}"]]}`,
      ),
      sensor('concise', `"level":{"value":7,"observedAt":"${minute(1)}"},"bare":[1,{"a":2}],"scope":["/A","/B"]`),
    ]
    expect(await load([fileWith(lines)])).toMatchObject({ created: 3, instances: 6, refused: 0 })
    expect(await historyOf('simplified')).toContain(`[${digits},"2026-01-01T00:01:00`)
    expect(await valuesOf('simplified', 'many')).toEqual([[1, { a: 2 }]])
    expect(await historyOf('languages')).toContain('{"es":"uno"}')
    expect(await valuesOf('concise')).toEqual([7])
    expect(JSON.parse(await historyOf('concise', 'timeproperty=modifiedAt'))).toMatchObject({
      bare: { values: [[[1, { a: 2 }], expect.anything()]] },
      scope: { values: [[['/A', '/B'], expect.anything()]] },
    })
  })

  it('are read with the @context that they bring', async () => {
    const own = sensor('own', `"@context":{"level":"https://example.org/nivel"},"level":[${instance(1, 1)}]`)
    expect(await load([fileWith([sensor('own', `"level":[${instance(2, 2)}]`), own])])).toMatchObject({ instances: 2 })
    expect(JSON.parse(await historyOf('own'))).toMatchObject({ level: {}, 'https://example.org/nivel': {} })
  })
})

describe('requests', () => {
  it('are as many as are needed: what is of one entity goes together, from wherever it stands', async () => {
    const lines = Array.from({ length: 3_000 }, (_, i) => sensor(i % 3, `"level":[${instance(i, i)}]`))
    const { url, bodies, close } = await recording()
    expect(await load([fileWith(lines)], { url })).toMatchObject({ instances: 3_000 })
    close()
    expect(bodies.map(({ id, level }) => [id, (level as []).length])).toEqual([0, 1, 2].map((n) => [urn(n), 1_000]))
  })

  it('are cut where they would be too large, by number and by size', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => instance(i, i))
    const large = Array.from({ length: 3 }, (_, i) => instance(`"${'x'.repeat(600_000)}"`, i))
    const { url, bodies, close } = await recording()
    const file = fileWith([sensor('many', `"level":[${many}]`), sensor('large', `"text":[${large}]`)])
    expect(await load([file], { url })).toMatchObject({ instances: 2_503 })
    close()
    const sizes = bodies.map(({ level = [], text = [] }) => [(level as []).length, (text as []).length])
    expect(sizes.sort(([a = 0], [b = 0]) => b - a)).toEqual([
      [1000, 0],
      [1000, 0],
      [500, 0],
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    const values = bodies.flatMap(({ level = [] }) => (level as { value: number }[]).map(({ value }) => value))
    expect(values).toEqual(many.map((_, i) => i))
  })

  it('are halved where the broker takes less', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => instance(i, i))
    expect(await load([fileWith([sensor('halved', `"level":[${many}]`)])])).toMatchObject({
      created: 1,
      instances: 1_000,
    })
    expect(await valuesOf('halved')).toEqual(many.map((_, i) => i))
  })

  it('wait for one another where an entity changes its type', async () => {
    const lines = [1, 2, 3].map((n) =>
      sensor('type', `"level":[${instance(n, n)}]`).replace('"Sensor"', `"Sensor${n}"`),
    )
    const { url, bodies, close } = await recording()
    await load([fileWith(lines)], { url })
    close()
    expect(bodies.map(({ type }) => type)).toEqual(['Sensor1', 'Sensor2', 'Sensor3'])
  })
})

describe('what is refused', () => {
  it('is the instance that is wrong, with its line and the reason', async () => {
    const wrong = instance(1.5, 1).replace('"Property"', '"Nonsense"')
    const source = fileWith([
      sensor('part', `"level":[${instance(0, 0)},${wrong},${instance(2, 2)}]`),
      sensor('part', `"level":[${instance(3, 3)}]`),
      '{"id": "urn:ngsi-ld:Sensor:cut", "type"',
      sensor('part', `"level":[${instance(4, 4)}],"level":[${instance(5, 5)}]`),
      sensor('part', '"level":[]'),
      `{"type":"Sensor","level":[${instance(0, 0)}]}`,
      sensor('part', `"level":{"values":[[1,"${minute(1)}"]]}`),
    ])
    const result = await load([source])
    expect(result).toMatchObject({ created: 1, instances: 3, refused: 6 })
    expect(await valuesOf('part')).toEqual([0, 2, 3])
    const refused = refusedIn(result.refusedPath)
    expect(refused.map(({ line }) => line)).toEqual([1, 3, 4, 5, 6, 7])
    expect(refused[0]).toMatchObject({
      source,
      problem: { detail: expect.stringMatching(/Nonsense/) },
      entity: { id: urn('part'), type: 'Sensor', level: [{ type: 'Nonsense', value: 1.5 }] },
    })
    expect(refused.map(({ problem }) => problem.detail)).toEqual([
      expect.stringMatching(/Nonsense/),
      expect.stringMatching(/no JSON/),
      expect.stringMatching(/twice/),
      expect.stringMatching(/the array is empty/),
      expect.stringMatching(/"id"/),
      expect.stringMatching(/no type/),
    ])
  })

  it('is all of an entity where the fault is in what all of it has', async () => {
    const head = '"id":"no URI","type":"Sensor"'
    const lines = [1, 2].map((n) => `{${head},"level":[${instance(n, n)},${instance(n + 0.5, n + 10)}]}`)
    const result = await load([fileWith(lines)])
    expect(result).toMatchObject({ created: 0, instances: 0, refused: 2 })
    expect(refusedIn(result.refusedPath).map(({ entity }) => entity.level.length)).toEqual([2, 2])
  })

  it('is a broker that has no history', async () => {
    const { url, close } = await recording(404)
    const result = await load([fileWith([sensor('none', `"level":[${instance(1, 1)}]`)])], { url })
    close()
    expect(result.stoppedBy?.message).toMatch(/takes no history: status 404/)
  })
})

describe('without --mode history', () => {
  it('a history is refused, and it is said how to load it', async () => {
    const lines = [
      sensor('advice', `"level":[${instance(1, 1)},${instance(2, 2)}]`),
      sensor('advice2', `"level":{"type":"Property","values":[[1,"${minute(1)}"]]}`),
    ]
    const result = await load([fileWith(lines)], { mode: 'upsert' })
    expect(result).toMatchObject({ refused: 2, advice: expect.stringMatching(/--mode history/) })
    for (const { advice } of refusedIn(result.refusedPath)) expect(advice).toMatch(/--mode history/)
  })

  it('nothing is said of entities that are wrong in another way', async () => {
    const datasets = [1, 2].map((n) => `{"type":"Nonsense","value":1,"datasetId":"urn:${n}"}`)
    const result = await load([fileWith([sensor('other', `"level":[${datasets}]`)])], { mode: 'upsert' })
    expect(result).toMatchObject({ refused: 1, advice: undefined })
  })
})
