/** What is acknowledged is kept: a process that writes is killed, and its files are opened again. */

import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, idsOf, LIMITS, pageOf, quietLog } from './contract-store.ts'

const root = resolve(import.meta.dirname, '../..')
const writer = join(import.meta.dirname, 'durability-writer.mjs')
const call = callIn('')

let built = ''
let directory = ''

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-durability-'))
  // Under node_modules, so that what is built finds the packages it imports.
  await mkdir(join(root, 'node_modules/.cache'), { recursive: true })
  built = await mkdtemp(join(root, 'node_modules/.cache/boya-durability-'))
  await build()
})
afterAll(async () => {
  await Promise.all([built, directory].map((path) => rm(path, { recursive: true, force: true })))
})

async function build(): Promise<void> {
  const config = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: { rootDir: join(root, 'src'), outDir: built, sourceMap: false },
    include: [],
    files: [join(root, 'src/stores/sqlite/open.ts')],
  }
  await writeFile(join(built, 'package.json'), '{"type":"module"}')
  await writeFile(join(built, 'tsconfig.json'), JSON.stringify(config))
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', built])
}

it('keeps every acknowledged write, and no half of one, over SIGKILL', async () => {
  const acknowledged = new Map<string, number>()
  for (let round = 0; round < 4; round++) {
    await writeUntilKilled(round, 300 + Math.random() * 700, acknowledged)
    const store = await open()
    await expectWhole(store, acknowledged)
    await store.close()
  }
  expect(acknowledged.size).toBeGreaterThan(500)
})

/** Collects what the writer says was acknowledged: id → number. */
async function writeUntilKilled(round: number, ms: number, acknowledged: Map<string, number>): Promise<void> {
  const child = spawn(process.execPath, [writer, join(built, 'stores/sqlite/open.js'), directory, String(round)])
  const errors: string[] = []
  let output = ''
  child.stderr.on('data', (chunk) => errors.push(String(chunk)))
  child.stdout.on('data', (chunk) => {
    output += String(chunk)
  })
  // It is killed in the midst of writing, so the time runs from the first answer.
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), ms))
  const signal = await new Promise((done) => child.once('close', (_, signal) => done(signal)))
  expect(errors.join('')).toBe('')
  expect(signal).toBe('SIGKILL')
  // What follows the last newline may be half a line.
  for (const line of output.split('\n').slice(0, -1)) {
    const [id = '', n] = line.split(' ')
    acknowledged.set(id, Number(n))
  }
}

async function open(): Promise<Store> {
  const clock = { now: () => Date.now() }
  return openSqliteStore({
    directory,
    synchronous: 'full',
    clock,
    log: quietLog,
    ...LIMITS,
    // All that was written is read at once.
    pageBytes: 1_000_000_000,
  })
}

async function expectWhole(store: Store, acknowledged: ReadonlyMap<string, number>): Promise<void> {
  const all = { filter: {}, limit: 1_000_000, offset: 0, count: false }
  const { entities } = await pageOf(store, call, all)
  const found = new Map(entities.map((entity) => [entity.id, entity]))
  const lost = [...acknowledged].filter(([id, n]) => (found.get(id)?.modifiedAt ?? 0) < n)
  expect(lost).toEqual([])
  expect(entities.filter((entity) => !isWhole(entity))).toEqual([])
  await expectRowsOf(store, entities)
}

function isWhole({ modifiedAt: n, types, attributes }: Entity): boolean {
  const values = [attributes['urn:A:n'], attributes[`urn:A:${n % 5}`]].map((instances) => instances?.[0]?.value)
  return values.every((value) => value === n) && types[0] === `urn:T:${n % 3}`
}

/** What is looked up and counted agrees with what is there. */
async function expectRowsOf(store: Store, entities: readonly Entity[]): Promise<void> {
  expect(await store.entities.count(call)).toBe(entities.length)
  const counts = await store.entities.countTypes(call)
  for (const type of ['urn:T:0', 'urn:T:1', 'urn:T:2']) {
    const having = entities.filter(({ types }) => types.includes(type)).length
    expect(counts.get(type) ?? 0).toBe(having)
  }
  for (let i = 0; i < 5; i++) {
    const attribute = `urn:A:${i}`
    const { total } = await pageOf(store, call, {
      filter: { attributes: [attribute] },
      limit: 0,
      offset: 0,
      count: true,
    })
    expect(total).toBe(entities.filter(({ attributes }) => Object.hasOwn(attributes, attribute)).length)
  }
  expect(await idsOf(store, call, { types: [['urn:T:unknown']] })).toEqual([])
}
