import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Ended, type InstalledBoya, installBoya } from './installed-boya.ts'

let boya: InstalledBoya
beforeAll(() => {
  boya = installBoya()
})
afterAll(() => boya.remove())

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'))
const free = { BOYA_PORT: '0' }
const BENCH = '{"id":"urn:ngsi-ld:Bench:1","type":"Bench"}'

function run(args: readonly string[], env?: Record<string, string>, stdin?: string): Promise<Ended> {
  return boya.start(args, env, stdin).ended
}

describe('boya serve', () => {
  it('is ready with one line, and ends with 0 when it is told to', async () => {
    const running = boya.start(['serve'], free)
    const started = JSON.parse(await running.until(/ready on.*\n/))
    expect(started).toMatchObject({ level: 'info', store: 'sqlite:./data', version, readyMs: expect.any(Number) })
    expect(started.msg).toBe(`Boya ${version} ready on ${started.url} · store sqlite:./data · ${started.readyMs} ms`)
    expect((await fetch(`${started.url}/health/ready`)).status).toBe(200)
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  it('listens on all addresses, names one that can be called, and warns that others cannot call it', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_HOST: '0.0.0.0', BOYA_STORE: 'sqlite::memory:' })
    const output = await running.until(/ready on.*\n/)
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(0)
    const [warning, ready] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(ready.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(warning).toMatchObject({ level: 'warn', msg: expect.stringMatching(/set BOYA_PUBLIC_URL/) })
  })

  it('answers what is under way before it ends', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_STORE: 'sqlite::memory:' })
    const { url } = JSON.parse(await running.until(/ready on.*\n/))
    const slow = await postSlowly(`${url}/ngsi-ld/v1/entities`, BENCH)
    running.signal('SIGINT')
    await running.until(/answering what is under way/)
    expect(await slow.answer()).toBe(201)
    expect((await running.ended).code).toBe(0)
  })

  it('takes the signal that npm passes on, though it has come already, for the same', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_STORE: 'sqlite::memory:' })
    const { url } = JSON.parse(await running.until(/ready on.*\n/))
    const slow = await postSlowly(`${url}/ngsi-ld/v1/entities`, BENCH)
    running.signal('SIGINT')
    await running.until(/answering what is under way/)
    running.signal('SIGINT')
    await pause(100)
    expect(await slow.answer()).toBe(201)
    expect((await running.ended).code).toBe(0)
  })

  it('ends at once with the second signal', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_STORE: 'sqlite::memory:' })
    const { url } = JSON.parse(await running.until(/ready on.*\n/))
    const slow = await postSlowly(`${url}/ngsi-ld/v1/entities`, BENCH)
    running.signal('SIGTERM')
    await running.until(/answering what is under way/)
    await pause(600)
    running.signal('SIGTERM')
    expect((await running.ended).code).toBe(1)
    await expect(slow.answer()).rejects.toThrow()
  })

  it('says all that is wrong with its settings, without their passwords, and ends with 78', async () => {
    const { code, stderr, stdout } = await run(['serve'], {
      BOYA_PRT: '1',
      BOYA_STORE: 'mongo://boya:geheim@db/boya',
    })
    expect(code).toBe(78)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^ {2}BOYA_PRT: .*did you mean BOYA_PORT\?$/m)
    expect(stderr).toMatch(/^ {2}BOYA_STORE: .*is no store/m)
    expect(stderr).not.toContain('geheim')
  })

  it('says which @context of its settings it cannot have, and ends with 69: later it may', async () => {
    const { code, stderr } = await run(['serve'], {
      ...free,
      BOYA_STORE: 'sqlite::memory:',
      BOYA_CONTEXT_DEFAULT: 'http://me:geheim@127.0.0.1:9/c.jsonld',
    })
    expect(code).toBe(69)
    expect(stderr).toMatch(/^ {2}BOYA_CONTEXT_DEFAULT: .*127\.0\.0\.1:9\/c\.jsonld cannot be had: .*refused/m)
    expect(stderr).not.toContain('geheim')
  })

  it('says what is wrong with the @contexts of its settings, and ends with 78', async () => {
    const { code, stderr } = await run(['serve'], {
      ...free,
      BOYA_STORE: 'sqlite::memory:',
      BOYA_CONTEXTS_PRELOAD: '/nowhere/contexts.tsv',
    })
    expect(code).toBe(78)
    expect(stderr).toMatch(/^ {2}BOYA_CONTEXTS_PRELOAD: .*no such file/m)
  })

  it('says how to go on where its port is taken, and ends with 1', async () => {
    const other = createServer()
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening))
    const { port } = other.address() as AddressInfo
    const { code, stdout } = await run(['serve'], { BOYA_PORT: String(port), BOYA_STORE: 'sqlite::memory:' })
    other.close()
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'fatal',
      msg: expect.stringMatching(/port is taken; set BOYA_PORT/),
    })
  })
})

describe('boya config', () => {
  it('shows what is in force, without passwords', async () => {
    const { code, stdout } = await run(['config'], {
      BOYA_PAGE_MAX: '50',
      BOYA_CONTEXT_DEFAULT: 'https://me:geheim@example.org/c.jsonld',
    })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ port: 1026, limits: { pageMax: 50 }, outbound: { mode: 'private' } })
    expect(stdout).toContain('example.org/c.jsonld')
    expect(stdout).not.toContain('geheim')
  })
  it('tells what is wrong', async () => {
    expect(await run(['config'], { BOYA_PORT: 'x' })).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(/BOYA_PORT/),
    })
  })
  it('writes the reference', async () => {
    const { stdout } = await run(['config', '--markdown'])
    expect(stdout).toBe(readFileSync(resolve(import.meta.dirname, '../../docs/configuration.md'), 'utf8'))
  })
})

describe('boya', () => {
  it('has a version', async () => expect((await run(['--version'])).stdout).toBe(`${version}\n`))
  it('lists its commands', async () => {
    const { stdout } = await run(['--help'])
    for (const command of ['serve', 'load', 'export', 'import', 'demo', 'config'])
      expect(stdout).toContain(`\n  ${command}`)
  })
  it('refuses a command that it does not have', async () => {
    const { code, stderr } = await run(['lod', 'x.json'])
    expect(code).not.toBe(0)
    expect(stderr).not.toBe('')
  })
})

describe('boya load', () => {
  it('loads from standard input and says what it did', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_STORE: 'sqlite::memory:' })
    const { url } = JSON.parse(await running.until(/ready on.*\n/))
    const { port } = new URL(url)
    expect(await run(['load', '-'], { BOYA_PORT: port }, BENCH)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 created, 0 updated, 0 refused in [\d.]+ s\n$/),
    })
    const some = await run(['load', '-', '--url', `${url}/ngsi-ld/v1/`], {}, `${BENCH}\n{"id":1}\n`)
    expect(some.code).toBe(1)
    const path = /What was refused, and why: (.*)\n/.exec(some.stdout)?.[1] ?? ''
    expect(path.startsWith(join(boya.folder, 'refused-'))).toBe(true)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      line: 2,
      source: 'standard input',
      entity: { id: 1 },
    })
    const context = join('examples', 'santander', 'context.jsonld')
    const hosted = await run(['load', '-', '--url', url, '--context', context], {}, BENCH)
    expect(hosted.stdout).toContain(
      `${context} is hosted by the broker now; next time: --context ${url}/ngsi-ld/v1/jsonldContexts/`,
    )
    running.signal('SIGTERM')
    await running.ended
  })
  it('loads histories and CSV, and says where a history would have to go', async () => {
    const running = boya.start(['serve'], { ...free, BOYA_STORE: 'sqlite::memory:' })
    const { url } = JSON.parse(await running.until(/ready on.*\n/))
    const level = [1, 2].map((n) => `{"type":"Property","value":${n},"observedAt":"2026-01-01T00:00:0${n}Z"}`)
    const history = `{"id":"urn:ngsi-ld:Bench:2","type":"Bench","level":[${level}]}`
    const refused = await run(['load', '-', '--url', url], {}, history)
    expect(refused).toMatchObject({ code: 1, stdout: expect.stringMatching(/load it with --mode history\.\n$/) })
    const stored = /^2 instances stored, 1 histories begun, 0 refused in [\d.]+ s\n$/
    expect(await run(['load', '-', '--mode', 'history', '--url', url], {}, history)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(stored),
    })
    const map = '{"id":"urn:ngsi-ld:Bench:{n}","type":"Bench","attributes":{"seats":{"column":"seats","as":"number"}}}'
    writeFileSync(join(boya.folder, 'map.json'), map)
    expect(await run(['load', '-', '--csv-map', 'map.json', '--url', url], {}, 'n,seats\n3,4\n4,x\n')).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^1 created, 0 updated, 1 refused in/),
    })
    running.signal('SIGTERM')
    await running.ended
  })
  it('ends with 2 where it cannot be done', async () => {
    const away = await run(['load', '-', '--url', 'http://127.0.0.1:9'], {}, '{}')
    expect(away).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^boya load: no broker answers at .*"boya serve"/),
    })
    expect(await run(['load', 'none.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no such file/),
    })
    expect(await run(['load', '-', '--url', 'broker'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--url broker/),
    })
  })
  it('refuses options that are none', async () => {
    expect((await run(['load', '-', '--mode', 'replace'])).stderr).toMatch(/Allowed choices are upsert, create, update/)
    expect((await run(['load', '-', '--batch', '0'])).stderr).toMatch(/whole number above 0/)
  })
})

/** A request that the broker has begun to read, and whose body comes later. */
async function postSlowly(url: string, body: string) {
  const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length, Expect: '100-continue' }
  const sent = request(url, { method: 'POST', headers })
  const answer = once(sent, 'response')
  answer.catch(() => undefined)
  sent.flushHeaders()
  await once(sent, 'continue')
  return {
    answer: async (): Promise<number> => {
      sent.end(body)
      const [response] = await answer
      response.resume()
      return response.statusCode
    },
  }
}
