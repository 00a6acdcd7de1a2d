import { setMaxListeners } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { DatabaseSync } from '@photostructure/sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callIn, entity, LIMITS, NOW, put } from '../../../test/contract/contract-store.ts'
import { quietLog } from '../../../test/support/log.ts'
import { openSqliteStore } from './open.ts'
import { createReader, type Reader } from './reader.ts'
import type { ReaderQuery } from './reader-messages.ts'

const ENTITIES = 4_000
let directory = ''
let path = ''
let reader: Reader | undefined
let logged: object[] = []
const log = { ...quietLog, error: (fields: object) => logged.push(fields) }
const patient = new AbortController().signal
setMaxListeners(30, patient)

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-reader-'))
  path = join(directory, 'default.sqlite')
  const clock = { now: () => NOW }
  const store = await openSqliteStore({ directory, synchronous: 'normal', clock, log, ...LIMITS })
  await put(store, callIn(''), ...Array.from({ length: ENTITIES }, (_, i) => entity(`urn:x:${i}`)))
  await store.close()
})
afterEach(async () => {
  await reader?.close()
  reader = undefined
  logged = []
})
afterAll(() => rm(directory, { recursive: true, force: true }))

function started(script?: URL): Reader {
  reader = createReader(log, script)
  return reader
}

/** Of all entities those whose id ends so, counted: each is looked at, because no index knows. */
function endingWith(text: string, file = path): ReaderQuery {
  const filter = { idPattern: `(x|y)*:.*${text}$` }
  return { path: file, query: { filter, limit: 1, offset: 0, count: true }, now: NOW, maxBytes: 1_000_000 }
}

/** Whether nobody reads the database: then its log can be emptied. */
function isLeft(file = path): boolean {
  const handle = new DatabaseSync(file, { timeout: 0 })
  handle.exec('CREATE TABLE IF NOT EXISTS touched (n); INSERT INTO touched VALUES (1)')
  const { busy } = handle.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  handle.close()
  return busy === 0
}

describe('the reader', () => {
  it('answers more queries at once than it has connections', async () => {
    const { run } = started()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => run(endingWith(`${i % 10}`), patient)))
    expect(answers.map(({ total }) => total)).toEqual(Array(20).fill(ENTITIES / 10))
    await expect.poll(() => isLeft()).toBe(true)
  })

  it('gives up what is under way and what is queued where its signal ends, and answers the others', async () => {
    const { run } = started()
    const impatient = new AbortController()
    setMaxListeners(30, impatient.signal)
    const given = Array.from({ length: 20 }, () => run(endingWith('1'), impatient.signal))
    const waited = [run(endingWith('2'), patient), run(endingWith('3'), patient)]
    await setTimeout(30)
    impatient.abort()
    for (const { status, ...more } of await Promise.allSettled(given)) {
      expect(status).toBe('rejected')
      expect(more).toMatchObject({ reason: { kind: 'TooComplexQuery' } })
    }
    for (const { total } of await Promise.all(waited)) expect(total).toBe(ENTITIES / 10)
    await expect.poll(() => isLeft()).toBe(true)
  })

  it('takes a walk step by step, and gives a step up where its signal ends', async () => {
    const { walk } = started()
    const { query, ...asked } = endingWith('7')
    const from = (cursor?: string) => ({ ...asked, filter: query.filter, limit: 3_000, cursor })
    const first = await walk(from(), patient)
    const second = await walk(from(first.next), patient)
    expect([first.ids.length, second.ids.length, second.next]).toEqual([300, 100, undefined])
    const impatient = new AbortController()
    const given = walk(from(), impatient.signal)
    impatient.abort()
    await expect(given).rejects.toMatchObject({ kind: 'TooComplexQuery' })
    expect((await walk(from(), patient)).next).toBe(first.next)
    await expect.poll(() => isLeft()).toBe(true)
  })

  it('leaves a database whose query cannot be planned', async () => {
    const empty = join(directory, 'empty.sqlite')
    new DatabaseSync(empty).exec('PRAGMA journal_mode = WAL')
    const { run } = started()
    await expect(run(endingWith('1', empty), patient)).rejects.toThrow(/no such table/)
    await expect.poll(() => isLeft(empty)).toBe(true)
    expect((await run(endingWith('1'), patient)).total).toBe(ENTITIES / 10)
  })

  it('says what is wrong with a file that it cannot read, and goes on', async () => {
    const damaged = join(directory, 'damaged.sqlite')
    await writeFile(damaged, 'this is no database')
    const { run } = started()
    await expect(run(endingWith('1', damaged), patient)).rejects.toThrow(/not a database/)
    await expect(run(endingWith('1', join(directory, 'none.sqlite')), patient)).rejects.toThrow(/unable to open/)
    expect((await run(endingWith('1'), patient)).total).toBe(ENTITIES / 10)
  })
})

describe('the reader closed', () => {
  it('rejects what waits', async () => {
    const { run, close } = started()
    const waiting = Array.from({ length: 10 }, () => run(endingWith('1'), patient))
    const ends = Promise.allSettled(waiting)
    await setTimeout(20)
    await close()
    for (const each of await ends) expect(each).toMatchObject({ reason: { message: 'the store is closed' } })
    await expect.poll(() => isLeft()).toBe(true)
    expect(logged).toEqual([])
  })

  it('starts no thread any more', async () => {
    const { run, close } = started(new URL('file:///there/is/none.js'))
    await close()
    await expect(run(endingWith('1'), patient)).rejects.toThrow('the store is closed')
    await setTimeout(200)
    expect(logged).toEqual([])
  })
})

describe('the thread of the reader', () => {
  const thread = (body: string) =>
    new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads';${body}`)}`)

  it('is not started for what nobody waits for', async () => {
    const { run } = started(new URL('file:///there/is/none.js'))
    await expect(run(endingWith('1'), AbortSignal.abort())).rejects.toMatchObject({ kind: 'TooComplexQuery' })
    await setTimeout(200)
    expect(logged).toEqual([])
  })

  it.each([
    ['exits', 'process.exit(7)', /code 7/],
    ['throws', 'throw new Error("broken")', /broken/],
  ])('is another after one that %s, of which all that waited is rejected at once', async (_, end, cause) => {
    const { run } = started(
      thread(`parentPort.on('message', ({ kind, job }) => {
        if (kind === 'end') process.exit()
        if (job <= 2) ${end}
        parentPort.postMessage({ kind: 'failure', job, message: 'another thread' })
      })`),
    )
    const waiting = await Promise.allSettled([run(endingWith('1'), patient), run(endingWith('2'), patient)])
    const failure = { message: 'the reader thread failed', cause: { message: expect.stringMatching(cause) } }
    for (const each of waiting) expect(each).toMatchObject({ reason: failure })
    await expect(run(endingWith('3'), patient)).rejects.toThrow(/another thread/)
    expect(logged).toHaveLength(1)
  })
})
