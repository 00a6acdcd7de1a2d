import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createBrokerClient } from '../../src/cli/load/broker-client.ts'
import { type LoadOptions, runLoad } from '../../src/cli/load/run-load.ts'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'

const examples = resolve(import.meta.dirname, '../../examples/santander')
const folder = mkdtempSync(join(tmpdir(), 'boya-load-'))
let broker: TestBroker

beforeAll(async () => {
  broker = await startTestBroker({ MAX_BODY_BYTES: '200KiB', MAX_BATCH: '400' })
})
afterAll(async () => {
  await broker.close()
  rmSync(folder, { recursive: true })
})

function options(given: Partial<LoadOptions> = {}): LoadOptions {
  const output = { write: () => undefined }
  return {
    url: broker.url,
    tenant: undefined,
    context: undefined,
    batch: 500,
    mode: 'upsert',
    folder,
    output,
    ...given,
  }
}

let files = 0

function fileWith(content: string | Buffer): string {
  const path = join(folder, `input-${++files}.json`)
  writeFileSync(path, content)
  return path
}

function bench(id: string | number, seats: unknown = 3): string {
  return `{"id":"urn:ngsi-ld:Bench:${id}","type":"Bench","seats":{"type":"Property","value":${seats}}}`
}

async function seatsOf(id: string | number, headers: Record<string, string> = {}): Promise<string> {
  const response = await broker.request.get(`${API}/entities/urn:ngsi-ld:Bench:${id}?format=simplified`).set(headers)
  return response.text
}

function refusedIn(path: string | undefined) {
  return readFileSync(path ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const nothing = {
  created: 0,
  updated: 0,
  stored: 0,
  instances: 0,
  refused: 0,
  refusedPath: undefined,
  advice: undefined,
  context: undefined,
  stoppedBy: undefined,
}

describe('whole files', () => {
  it('are stored in batches that the broker takes, and with the @context of a file', async () => {
    const sources = ['parking-sites', 'parking-spots', 'traffic'].map((name) => join(examples, `${name}.ndjson`))
    const result = await runLoad(sources, options({ context: join(examples, 'context.jsonld') }))
    expect(result).toMatchObject({ created: 44 + 324 + 482, updated: 0, refused: 0, stoppedBy: undefined })
    const type = encodeURIComponent('https://smartdatamodels.org/dataModel.Parking/ParkingSpot')
    const counted = await broker.request.get(`${API}/entities?type=${type}&count=true&limit=0`)
    expect(counted.headers['ngsild-results-count']).toBe('324')
    const again = await runLoad(sources, options({ context: result.context }))
    expect(again).toMatchObject({ created: 0, updated: 44 + 324 + 482, context: result.context })
  })

  it('of updates leave each entity in its last state', async () => {
    const source = join(examples, 'bus-positions.ndjson')
    const result = await runLoad([source], options({ context: join(examples, 'context.jsonld'), batch: 37 }))
    expect(result).toMatchObject({ created: 14, updated: 3986, refused: 0 })
    const lines = readFileSync(source, 'utf8').trim().split('\n')
    const last = new Map(lines.map((line) => JSON.parse(line)).map((vehicle) => [vehicle.id, vehicle]))
    for (const [id, vehicle] of last) {
      const stored = await broker.request
        .get(`${API}/entities/${id}`)
        .set('Link', `<${result.context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`)
      expect(stored.body).toEqual(vehicle)
    }
  })

  it('keep every digit, from an array as from lines', async () => {
    const digits = '12345678901234567890.10'
    await runLoad([fileWith(`[\n${bench('array', digits)},\n${bench('other')}\n]`)], options())
    await runLoad([fileWith(`${bench('lines', digits)}\n${bench('another')}\n`)], options())
    expect(await seatsOf('array')).toContain(digits)
    expect(await seatsOf('lines')).toContain(digits)
  })

  it('go to a tenant, which is made', async () => {
    const result = await runLoad([fileWith(bench('elsewhere'))], options({ tenant: 'beach' }))
    expect(result).toEqual({ ...nothing, created: 1 })
    expect(await seatsOf('elsewhere', { 'NGSILD-Tenant': 'beach' })).toContain('"seats":3')
    expect(JSON.parse(await seatsOf('elsewhere')).status).toBe(404)
  })

  it('go to a tenant of any name', async () => {
    const tenants: string[] = []
    const server = await serve((request, response) => {
      tenants.push(Buffer.from(String(request.headers['ngsild-tenant'] ?? ''), 'latin1').toString('utf8'))
      response.writeHead(request.method === 'GET' ? 200 : 201).end()
    })
    await runLoad([fileWith(bench('ü'))], options({ url: server.url, tenant: 'málaga–東' }))
    expect(tenants.at(-1)).toBe('málaga–東')
    server.close()
  })

  it('may be empty', async () => expect(await runLoad([fileWith('\n')], options())).toEqual(nothing))

  it('may come from a URL', async () => {
    const server = await serve((_, response) => response.end(`${bench('web1')}\n${bench('web2')}\n`))
    expect(await runLoad([server.url], options())).toEqual({ ...nothing, created: 2 })
    server.close()
  })
})

describe('entities with an @context of their own', () => {
  it('are read with it, among others that have none', async () => {
    const own = `{"@context":{"seats":"https://example.org/sitze"},${bench('own').slice(1)}`
    const result = await runLoad([fileWith(`${bench('none')}\n${own}\n${bench('none2')}\n`)], options())
    expect(result).toEqual({ ...nothing, created: 3 })
    expect(await seatsOf('own')).toContain('https://example.org/sitze')
    expect(await seatsOf('none')).toContain('"seats"')
  })
})

describe('modes', () => {
  it('create refuses what exists, update what does not', async () => {
    const source = fileWith(`${bench('mode1')}\n${bench('mode2')}\n`)
    expect(await runLoad([source], options({ mode: 'update' }))).toMatchObject({ updated: 0, refused: 2 })
    expect(await runLoad([fileWith(bench('mode1'))], options({ mode: 'create' }))).toMatchObject({ created: 1 })
    const result = await runLoad([source], options({ mode: 'create' }))
    expect(result).toMatchObject({ created: 1, updated: 0, refused: 1 })
    expect(refusedIn(result.refusedPath)).toMatchObject([{ line: 1, source, problem: { status: 409 } }])
    expect(await runLoad([source], options({ mode: 'update' }))).toMatchObject({ updated: 2, refused: 0 })
  })
})

describe('what is refused', () => {
  it('stands in a file with its line and the reason, and costs no other entity anything', async () => {
    const exact = '1234567890123456789012'
    const lines = [
      bench('good1'),
      '{"id": "urn:ngsi-ld:Bench:cut", "type"',
      bench('good2'),
      `{"type":"Bench","seats":${exact}}`,
      bench('good3', '{"type":"Nothing"}').replace('"Property"', '"Nonsense"'),
      '[]',
      bench('good4'),
      bench('large', `"${'x'.repeat(210_000)}"`),
      bench('good5'),
    ]
    const source = fileWith(lines.join('\n'))
    const result = await runLoad([source], options())
    expect(result.refused).toBe(5)
    expect(result.created + result.stored).toBe(4)
    for (const n of [1, 2, 4, 5]) expect(await seatsOf(`good${n}`)).toContain('"seats":3')
    const refused = refusedIn(result.refusedPath).sort((a, b) => a.line - b.line)
    expect(refused.map(({ line }) => line)).toEqual([2, 4, 5, 6, 8])
    expect(refused.map(({ problem }) => problem.detail)).toEqual([
      expect.stringMatching(/no JSON/),
      expect.stringMatching(/"id" is missing/),
      expect.stringMatching(/Nonsense/),
      expect.stringMatching(/no JSON object/),
      expect.stringMatching(/larger than/),
    ])
    expect(refused.map(({ source: name }) => name)).toEqual(Array(5).fill(source))
    expect(refused[0].entity).toBe(lines[1])
    expect(readFileSync(result.refusedPath ?? '', 'utf8')).toContain(`"entity":{"type":"Bench","seats":${exact}}`)
  })

  it('is the line that is wrong, where an id stands on several', async () => {
    const wrong = bench('twice').replace('"Property"', '"Nonsense"')
    const source = fileWith([bench('twice', 1), wrong, bench('twice', 2)].join('\n'))
    const result = await runLoad([source], options())
    expect(result).toMatchObject({ stored: 2, refused: 1 })
    expect(refusedIn(result.refusedPath).map(({ line }) => line)).toEqual([2])
    expect(await seatsOf('twice')).toContain('"seats":2')
  })

  it('makes no file where there is nothing', async () => {
    const before = readdirSync(folder).filter((name) => name.startsWith('refused-')).length
    await runLoad([fileWith(bench('fine'))], options())
    expect(readdirSync(folder).filter((name) => name.startsWith('refused-'))).toHaveLength(before)
  })
})

describe('what cannot be done', () => {
  it('is said before anything is sent', async () => {
    const good = fileWith(bench('unsent'))
    await expect(runLoad([good, join(folder, 'missing.json')], options())).rejects.toThrow(
      /missing\.json cannot be read: there is no such file/,
    )
    await expect(runLoad([folder], options())).rejects.toThrow(/is a folder; name the files in it/)
    await expect(runLoad([good], options({ context: join(folder, 'none.jsonld') }))).rejects.toThrow(
      /none\.jsonld cannot be read/,
    )
    await expect(runLoad([good], options({ context: fileWith('[1]') }))).rejects.toThrow(
      /does not take the @context: status 400/,
    )
    await expect(runLoad([good], options({ url: 'http://127.0.0.1:9' }))).rejects.toThrow(
      /no broker answers at http:\/\/127\.0\.0\.1:9 .*"boya serve".*--url/,
    )
    expect(JSON.parse(await seatsOf('unsent')).status).toBe(404)
  })

  it('is a file that cannot be opened when its turn comes: what was read before is stored', async () => {
    const path = join(folder, 'socket')
    const socket = createServer().listen(path)
    const result = await runLoad([fileWith(bench('opened')), path], options())
    socket.close()
    expect(result).toMatchObject({ created: 1, stoppedBy: { message: expect.stringMatching(/socket: .*ENXIO/) } })
  })

  it('stops a load where it is met, and what was read before is stored', async () => {
    const result = await runLoad([fileWith(`[${bench('before')}`), fileWith(bench('after'))], options())
    expect(result).toMatchObject({
      created: 1,
      stoppedBy: { message: expect.stringMatching(/input-\d+\.json: .*before its array does/) },
    })
    expect(await seatsOf('before')).toContain('"seats"')
    expect(JSON.parse(await seatsOf('after')).status).toBe(404)
  })

  it('is an operation that the broker does not have or allow', async () => {
    const server = await serve((_, response) => response.writeHead(403).end('{"title":"Not you"}'))
    const result = await runLoad([fileWith(bench('x'))], options({ url: server.url }))
    expect(result.stoppedBy?.message).toMatch(/refuses to upsert: status 403, Not you/)
    expect(result.refused).toBe(0)
    server.close()
  })
})

it('goes on when the broker was away for a moment', async () => {
  let requests = 0
  const server = await serve((request, response) => {
    if (request.method === 'GET') return response.end()
    requests++
    if (requests === 1) return request.socket.destroy()
    return response.writeHead(requests === 2 ? 503 : 204).end()
  })
  expect(await runLoad([fileWith(bench('patience'))], options({ url: server.url }))).toEqual({ ...nothing, updated: 1 })
  expect(requests).toBe(3)
  server.close()
})

describe('create', () => {
  const created = { message: expect.stringMatching(/not known what of it was created.*--mode upsert/) }
  const losing: [string, RequestListener][] = [
    ['the connection', (request) => request.socket.destroy()],
    ['the answer behind a gateway', (_, response) => response.writeHead(502).end()],
  ]
  it.each(losing)('is not repeated where %s was lost', async (_, lose) => {
    let requests = 0
    const server = await serve((request, response) => {
      if (request.method === 'GET') return response.end()
      requests++
      return lose(request, response)
    })
    const result = await runLoad([fileWith(bench('once'))], options({ url: server.url, mode: 'create' }))
    expect(result).toEqual({ ...nothing, stoppedBy: expect.objectContaining(created) })
    expect(requests).toBe(1)
    server.close()
  })

  it('is repeated where the broker takes nothing for a while', async () => {
    let requests = 0
    const server = await serve((request, response) => {
      if (request.method === 'GET') return response.end()
      return response.writeHead(++requests < 2 ? 503 : 201).end()
    })
    const result = await runLoad([fileWith(bench('later'))], options({ url: server.url, mode: 'create' }))
    expect(result).toEqual({ ...nothing, created: 1 })
    server.close()
  })

  it('is repeated where nothing was sent', async () => {
    const server = await serve((_, response) => response.writeHead(201).end())
    const { port } = new URL(server.url)
    await new Promise((closed) => server.close().on('close', closed))
    const client = createBrokerClient({ url: server.url, tenant: undefined })
    const sending = client.postBatch('create', '[]', false)
    const again = createServer((_, response) => response.writeHead(201).end())
    setTimeout(() => again.listen(Number(port), '127.0.0.1'), 100)
    expect(await sending).toMatchObject({ status: 201 })
    again.close()
  })
})

it('an @context of a file is hosted once, however many others the broker hosts', async () => {
  const document = readFileSync(join(examples, 'context.jsonld'), 'utf8')
  const client = createBrokerClient({ url: broker.url, tenant: 'many' })
  const hostAnother = (i: number) =>
    broker.request
      .post(`${API}/jsonldContexts`)
      .set('NGSILD-Tenant', 'many')
      .send({ '@context': { [`t${i}`]: `https://t/${i}` } })
  for (let i = 0; i < 400; i++) await hostAnother(i)
  const url = await client.hostContext(document)
  expect(await client.hostContext(document)).toBe(url)
})

async function serve(listener: RequestListener): Promise<{ readonly url: string; close(): Server }> {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => listener(request, response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
