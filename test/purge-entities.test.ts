import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EntityFilter } from '../src/core/query/ast.ts'
import { purgeEntities } from '../src/operations/purge-entities.ts'
import type { Store } from '../src/ports/store.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put } from './contract/contract-store.ts'
import { quietLog } from './support/log.ts'

const CAR = 'https://example.org/Car'
const MANY = 6_000
let directory = ''
let store: Store
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-purge-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const clock = { now: () => NOW }
const limits = { attributes: 1_000, linkedEntities: 100, pageBytes: LIMITS.pageBytes }
const purge = (signal: AbortSignal, filter: EntityFilter = { idPattern: 'car.*[0-8]$' }) =>
  purgeEntities({ store, clock, limits }, { ...callIn(''), signal: () => signal }, filter, 'entities', true)

// A store in memory has no reader thread.
describe.each(['in files', 'in memory'])('5.6.21: a purge of thousands %s', (where) => {
  beforeEach(async () => {
    const there = where === 'in files' ? await mkdtemp(join(directory, 'store-')) : ':memory:'
    store = await openSqliteStore({ directory: there, synchronous: 'normal', clock, log: quietLog, ...LIMITS })
    const cars = Array.from({ length: MANY }, (_, i) => entity(`urn:x:car${i}`, { types: [CAR] }))
    await put(store, callIn(''), ...cars)
  })
  afterEach(() => store.close())

  const left = () => store.entities.count(callIn(''))

  it('takes all that match', async () => {
    await purge(new AbortController().signal)
    expect(await left()).toBe(MANY / 10)
  })

  it('does nothing where nobody waits for it', async () => {
    await expect(purge(AbortSignal.abort())).rejects.toMatchObject({ kind: 'TooComplexQuery' })
    expect(await left()).toBe(MANY)
  })

  it('goes no further where nobody waits for it any more; asked again, it takes the rest', async () => {
    const ending = new AbortController()
    const purged = purge(ending.signal)
    const ended = expect(purged).rejects.toMatchObject({ kind: 'TooComplexQuery' })
    while ((await left()) === MANY) await setTimeout(1)
    ending.abort()
    await ended
    const rest = await left()
    expect(rest).toBeGreaterThan(MANY / 10)
    await setTimeout(50)
    expect(await left()).toBe(rest)
    await purge(new AbortController().signal)
    expect(await left()).toBe(MANY / 10)
  })

  it('leaves what no longer matches when its turn comes', async () => {
    const last = entity(`urn:x:car${MANY - 2}`, { types: ['urn:Kept'] })
    const purged = purge(new AbortController().signal, { types: [[CAR]] })
    while ((await left()) === MANY) await setTimeout(1)
    await put(store, callIn(''), last)
    await purged
    expect(await store.entities.retrieve(callIn(''), last.id)).toMatchObject({ types: ['urn:Kept'] })
    expect(await left()).toBe(1)
  })
})
