/** `boya export` and `boya import` as processes: pipes, exit statuses, kill -9, brokers that run meanwhile. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entity, NOW, property } from '../contract/contract-store.ts'
import { startReceiver } from '../notifications/receiver.ts'
import { type Ended, type InstalledBoya, installBoya, type Running } from './installed-boya.ts'
import { exportOf } from './transfer-stores.ts'

let boya: InstalledBoya
beforeAll(() => {
  boya = installBoya()
})
afterAll(() => boya.remove())

const API = '/ngsi-ld/v1'
const on = (store: string) => ({ BOYA_STORE: `sqlite:${store}`, BOYA_SQLITE_SYNCHRONOUS: 'normal' })
const pathOf = (name: string) => join(boya.folder, name)

function run(args: readonly string[], store: string, more: Record<string, string> = {}): Promise<Ended> {
  return boya.start(args, { ...on(store), ...more }).ended
}

function road(i: number) {
  return entity(`urn:x:${i}`, { createdAt: NOW + i, modifiedAt: NOW + 2 * i, attributes: { 'urn:A:n': [property(i)] } })
}

/** A file of an export of so many entities. */
function fileOf(name: string, count: number): string {
  const entities = Array.from({ length: count }, (_, i) => ['entity', road(i)] as const)
  writeFileSync(pathOf(name), exportOf(['tenant', ''], ...entities))
  return readFileSync(pathOf(name), 'utf8')
}

/** Ends a broker, whatever the test came to. */
async function withBroker<T>(store: string, use: (url: string, broker: Running) => Promise<T>): Promise<T> {
  const broker = boya.start(['serve'], { ...on(store), BOYA_PORT: '0' })
  try {
    const { url } = JSON.parse(await broker.until(/ready on.*\n/))
    return await use(url, broker)
  } finally {
    broker.signal('SIGTERM')
    await broker.ended
  }
}

/** Bytes of the store of the default Tenant. */
function sizeOf(store: string): number {
  const files = ['default.sqlite', 'default.sqlite-wal'].map((name) => pathOf(join(store, name)))
  return files.reduce((sum, path) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0)
}

describe('an import that is killed', () => {
  it('is begun again with the same file, and comes to the same', async () => {
    const text = fileOf('killed.ndjson', 8_000)
    for (let kills = 0; kills < 2; kills++) {
      const before = sizeOf('killed')
      const running = boya.start(['import', 'killed.ndjson'], on('killed'))
      while (sizeOf('killed') < before + 800_000) await pause(5)
      running.signal('SIGKILL')
      expect((await running.ended).code).toBeNull()
    }
    const half = await run(['export'], 'killed')
    const stored = half.stdout.split('\n').filter((line) => line.startsWith('{"entity"'))
    expect(stored.length).toBeGreaterThan(0)
    expect(stored.length).toBeLessThan(8_000)
    // Nothing is half there, and nothing out of its order.
    expect(text).toContain(stored.join('\n'))
    const again = await run(['import', 'killed.ndjson'], 'killed')
    expect(again).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`${stored.length} unchanged; subscriptions: 0 created; 0 refused`),
    })
    expect((await run(['export'], 'killed')).stdout).toBe(text)
  })
})

describe('pipes', () => {
  const shell = (script: string, store: string): ChildProcess =>
    spawn('sh', ['-c', script.replaceAll('boya', `"${process.execPath}" dist/main.js`)], {
      cwd: boya.folder,
      env: { ...process.env, ...on(store) },
    })

  it('lead from an export through gzip into an import', async () => {
    const text = fileOf('piped.ndjson', 500)
    expect((await run(['import', 'piped.ndjson'], 'piped')).code).toBe(0)
    const piping = shell('boya export | gzip | gunzip -c | BOYA_STORE=sqlite:unpiped boya import -', 'piped')
    expect(await once(piping, 'close')).toEqual([0, null])
    expect((await run(['export'], 'unpiped')).stdout).toBe(text)
  })

  it('may end before an export does', async () => {
    const piping = shell(
      'boya export 2>error | head -c 100; grep -c "standard output cannot be written" error',
      'killed',
    )
    const chunks: Buffer[] = []
    piping.stdout?.on('data', (chunk) => chunks.push(chunk))
    await once(piping, 'close')
    expect(Buffer.concat(chunks).toString()).toMatch(/^\{"export".{80,}\n?1\n$/s)
  })
})

describe('a file of an export', () => {
  it('takes the place of the one before when it is complete', async () => {
    writeFileSync(pathOf('backup.ndjson'), 'the one before')
    const { code, stdout, stderr } = await run(['export', '--output', 'backup.ndjson'], 'piped')
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      expect.stringMatching(/^Tenants: 1; @contexts: 0; entities: 500; evolutions: 0; subscriptions: 0; exported in/),
    ])
    expect(readFileSync(pathOf('backup.ndjson'), 'utf8')).toBe(readFileSync(pathOf('piped.ndjson'), 'utf8'))
    expect(existsSync(pathOf('backup.ndjson.partial'))).toBe(false)
    // It may have secrets, whatever was there before was for.
    expect(statSync(pathOf('backup.ndjson')).mode & 0o777).toBe(0o600)
  })

  it('that cannot be had leaves the one before', async () => {
    writeFileSync(pathOf('kept.ndjson'), 'the one before')
    const limits = { BOYA_MAX_PAGE_BYTES: '2048', BOYA_MAX_ENTITY_BYTES: '1024' }
    await run(
      ['import', fileWith(entity('urn:x:l', { attributes: { 'urn:A:a': [property('x'.repeat(9_000))] } }))],
      'large',
    )
    const { code, stderr } = await run(['export', '--output', 'kept.ndjson'], 'large', limits)
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('the entity urn:x:l is larger than a page (BOYA_MAX_PAGE_BYTES)'),
    ])
    expect(readFileSync(pathOf('kept.ndjson'), 'utf8')).toBe('the one before')
    expect(existsSync(pathOf('kept.ndjson.partial'))).toBe(false)
  })

  it('is not written where it cannot be', async () => {
    expect(await run(['export', '--output', 'none/x.ndjson'], 'piped')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none\/x\.ndjson.* cannot be written: there is no such file or folder/),
    })
    expect(await run(['export', '--output', '.'], 'piped')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a folder'),
    })
    expect((await run(['export', '--output', '/dev/null'], 'piped')).code).toBe(0)
    expect(existsSync('/dev/null.partial')).toBe(false)
  })
})

function fileWith(one: unknown): string {
  writeFileSync(pathOf('one.ndjson'), exportOf(['tenant', ''], ['entity', one]))
  return 'one.ndjson'
}

describe('a broker that runs', () => {
  it('may write while an export is read from its store', async () => {
    await run(['import', 'piped.ndjson'], 'busy')
    const text = await withBroker('busy', async (url) => {
      let ended = false
      const exporting = run(['export'], 'busy').finally(() => {
        ended = true
      })
      for (let changes = 0; !ended; changes++) await changeSome(url, changes)
      const { code, stdout } = await exporting
      expect(code).toBe(0)
      return stdout
    })
    expect(text.match(/^\{"entity"/gm)).toHaveLength(500)
    writeFileSync(pathOf('busy.ndjson'), text)
    expect((await run(['import', 'busy.ndjson'], 'busy2')).code).toBe(0)
    expect((await run(['export'], 'busy2')).stdout).toBe(text)
  })

  it('sees what is imported meanwhile', async () => {
    fileOf('seen.ndjson', 300)
    await withBroker('seen', async (url) => {
      const get = async (path: string) => (await fetch(`${url}${API}${path}`)).text()
      expect(await get('/entities?local=true&count=true&limit=3')).toBe('[]')
      const context = { localId: 'urn:c:1', kind: 'Hosted', createdAt: NOW, content: { n: 'urn:A:n' } }
      writeFileSync(pathOf('context.ndjson'), exportOf(['tenant', ''], ['context', context]))
      for (const file of ['seen.ndjson', 'context.ndjson']) expect((await run(['import', file], 'seen')).code).toBe(0)
      expect(JSON.parse(await get('/entities?local=true&limit=3'))).toHaveLength(3)
      const Link = `<${url}${API}/jsonldContexts/urn:c:1>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
      const named = () => fetch(`${url}${API}/entities/urn:x:7?format=simplified`, { headers: { Link } })
      expect(await (await named()).json()).toMatchObject({ id: 'urn:x:7', n: 7 })
      const changed = exportOf(['tenant', ''], ['context', { ...context, content: { m: 'urn:A:n' } }])
      writeFileSync(pathOf('context.ndjson'), changed)
      expect((await run(['import', 'context.ndjson', '--replace'], 'seen')).code).toBe(0)
      await pause(600)
      expect(await (await named()).json()).toMatchObject({ id: 'urn:x:7', m: 7 })
    })
  })
})

it('takes subscriptions to a broker at another URL, which tells them with the @context that came along', async () => {
  const receiver = await startReceiver()
  const send = async (url: string, method: string, path: string, body: object) => {
    const headers = { 'Content-Type': 'application/ld+json' }
    const context = { Car: 'https://example.org/Car', speed: 'https://example.org/speed' }
    const sent = { method, headers, body: JSON.stringify({ ...body, '@context': context }) }
    expect((await fetch(`${url}${API}${path}`, sent)).ok).toBe(true)
  }
  const old = await withBroker('left', async (url) => {
    await send(url, 'POST', '/entities', { id: 'urn:x:1', type: 'Car', speed: 1 })
    const notification = { format: 'simplified', endpoint: { uri: `${receiver.origin}/` } }
    await send(url, 'POST', '/subscriptions', { type: 'Subscription', entities: [{ type: 'Car' }], notification })
    return url
  })
  const file = (await run(['export'], 'left')).stdout
  writeFileSync(pathOf('left.ndjson'), file)
  await withBroker('reached', async (url) => {
    const { code, stdout } = await run(['import', 'left.ndjson'], 'reached')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/entities: 1 created;.* subscriptions: 1 created; 0 ref/)])
    await pause(1_000)
    await send(url, 'PATCH', '/entities/urn:x:1/attrs', { speed: 2 })
    await expect.poll(() => receiver.got).toHaveLength(1)
    expect(receiver.got[0]?.body).toMatchObject({ data: [{ id: 'urn:x:1', type: 'Car', speed: 2 }] })
    // It is named as it was: what a subscription says is the client's.
    expect(receiver.got[0]?.link).toContain(`<${old}${API}/jsonldContexts/`)
    expect(old).not.toBe(url)
  })
  await receiver.stop()
})

async function changeSome(url: string, n: number): Promise<void> {
  const entities = Array.from({ length: 50 }, (_, i) => ({ id: `urn:x:${i}`, type: 'T', 'urn:A:a': { value: n } }))
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify(entities)
  const changed = await fetch(`${url}${API}/entityOperations/upsert`, { method: 'POST', headers, body })
  expect(changed.status).toBe(204)
}

describe('exit statuses', () => {
  it('is 1 where something was refused, which is told', async () => {
    await run(['import', 'piped.ndjson'], 'refusing')
    const changed = readFileSync(pathOf('piped.ndjson'), 'utf8').replace('"value":7,', '"value":8,')
    writeFileSync(pathOf('changed.ndjson'), changed)
    const { code, stdout } = await run(['import', 'changed.ndjson'], 'refusing')
    expect([code, stdout]).toEqual([1, expect.stringContaining('499 unchanged; subscriptions: 0 created; 1 refused')])
    const path = /What was refused, and why: (.*)\n/.exec(stdout)?.[1] ?? ''
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ line: 10, entity: 'urn:x:7' })
    expect(await run(['import', 'changed.ndjson', '--replace'], 'refusing')).toMatchObject({ code: 0 })
    expect((await run(['export'], 'refusing')).stdout).toBe(changed)
  })

  it('is 2 where it cannot be done, and no store is made', async () => {
    const cases: [readonly string[], RegExp][] = [
      [['export'], /^boya export: there is no store at sqlite:nowhere; .*BOYA_STORE/],
      [['import', 'none.ndjson'], /none\.ndjson cannot be read: there is no such file/],
      [['import', 'package.json', '--dry-run'], /^boya import: package\.json: line 1: it is no line of an export/],
      [['export', '--tenant', 'x', '--all'], /cannot be used with option/],
    ]
    for (const [args, says] of cases) {
      const { code, stderr } = await run(args, 'nowhere')
      expect([code, stderr]).toEqual([2, expect.stringMatching(says)])
    }
    expect(existsSync(pathOf('nowhere'))).toBe(false)
    expect(await run(['import', 'piped.ndjson'], ':memory:')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/BOYA_STORE keeps nothing/),
    })
    expect(await run(['export', '--tenant', 'none'], 'piped')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no Tenant "none" in sqlite:piped/),
    })
    expect(await run(['export'], 'piped', { BOYA_MAX_BATCH: 'x' })).toMatchObject({ code: 2 })
  })

  it('is 0 for a dry run, which makes nothing', async () => {
    const { code, stdout } = await run(['import', 'piped.ndjson', '--dry-run'], 'rehearsed')
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^A dry run, nothing was written.*500 created; subscriptions: 0 created; 0 refused/),
    ])
    expect(existsSync(pathOf('rehearsed'))).toBe(false)
  })
})

it('exports one Tenant, without the id of the broker', async () => {
  await withBroker('tenants', async (url) => {
    for (const [tenant, id] of [
      ['', 'urn:x:1'],
      ['city', 'urn:x:2'],
    ] as const) {
      const headers = { 'Content-Type': 'application/json', ...(tenant !== '' && { 'NGSILD-Tenant': tenant }) }
      const body = JSON.stringify({ id, type: 'T' })
      expect((await fetch(`${url}${API}/entities`, { method: 'POST', headers, body })).status).toBe(201)
    }
  })
  const whole = (await run(['export'], 'tenants')).stdout
  expect(whole.match(/"(broker|tenant)":"[^"]*"|"id":"[^"]*"/g)).toEqual([
    expect.stringMatching(/"broker":"urn:uuid:/),
    ...['"tenant":""', '"id":"urn:x:1"', '"tenant":"city"', '"id":"urn:x:2"'],
  ])
  expect((await run(['export', '--all'], 'tenants')).stdout).toBe(whole)
  const city = (await run(['export', '--tenant', 'city'], 'tenants')).stdout
  expect(city.match(/"(broker|tenant)":"[^"]*"|"id":"[^"]*"/g)).toEqual(['"tenant":"city"', '"id":"urn:x:2"'])
  const standard = (await run(['export', '--tenant', ''], 'tenants')).stdout
  expect(standard.match(/"(broker|tenant)":"[^"]*"|"id":"[^"]*"/g)).toEqual(['"tenant":""', '"id":"urn:x:1"'])
})
