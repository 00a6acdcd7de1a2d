import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bells, createBells } from '../../src/notifications/bells.ts'
import { ringOf, textOfRing } from '../../src/notifications/queue-name.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'

const call = callIn('')
let directory: string
let stores: Store[] = []
let bells: Bells[] = []
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'boya-bells-'))
  const open = () =>
    openSqliteStore({ ...LIMITS, directory, synchronous: 'normal', shared: true, clock: Date, log: quietLog })
  stores = [await open(), await open()]
  bells = []
})
afterEach(async () => {
  await Promise.all(bells.map((each) => each.close()))
  await Promise.all(stores.map((each) => each.close()))
  rmSync(directory, { recursive: true })
})

/** The bells of an instance, and what it hears. */
function bellsOf(i: number, faults: Partial<Store['documents']> = {}) {
  const heard: string[] = []
  let any = 0
  const documents = { ...(stores[i] as Store).documents, ...faults }
  const made = createBells({ documents, call, rung: (ring) => heard.push(textOfRing(ring)), rungForAny: () => any++ })
  bells.push(made)
  const ring = (texts: readonly string[]): void => made.ring(texts.map(ringOf))
  return { ring, heard, any: () => any }
}

it('are heard by others, each queue, and not by who rings', async () => {
  const [a, b] = [bellsOf(0), bellsOf(1)]
  a.ring(['t\nhttp://a'])
  await expect.poll(b.any, { timeout: 2_000 }).toBe(1)
  for (let i = 0; i < 20; i++) {
    a.ring([`t\n${i}`, 't\nsame', 't\nother\nearlier'])
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const expected = ['t\nsame', 't\nother\nearlier', ...Array.from({ length: 20 }, (_, i) => `t\n${i}`)].sort()
  await expect.poll(() => [...new Set(b.heard)].sort(), { timeout: 2_000 }).toEqual(expected)
  // Together, not each for itself.
  expect(b.heard.filter((key) => key === 't\nsame').length).toBeLessThan(12)
  expect([a.heard, a.any(), b.any()]).toEqual([[], 0, 1])
})

it('of more queues than are named mean any', async () => {
  const [a, b] = [bellsOf(0), bellsOf(1)]
  a.ring(['first'])
  await expect.poll(b.any, { timeout: 2_000 }).toBe(1)
  a.ring(Array.from({ length: 300 }, (_, i) => `t\n${i}`))
  await expect.poll(b.any, { timeout: 2_000 }).toBe(2)
  expect(b.heard).toEqual([])
})

it('are rung again where the store did not take it, and mean any where it does not tell of them', async () => {
  let fails = 0
  const failing = async (): Promise<never> => {
    fails++
    throw new Error('the store does not answer')
  }
  const { put, list } = (stores[0] as Store).documents
  const unless = <A extends readonly unknown[], R>(ask: (...asked: A) => Promise<R>) => ask
  const [a, b] = [
    bellsOf(0, { put: unless((...asked: Parameters<typeof put>) => (fails < 1 ? failing() : put(...asked))) }),
    bellsOf(1),
  ]
  a.ring(['t\nhttp://a'])
  await expect.poll(b.any, { timeout: 2_000 }).toBe(1)
  expect(fails).toBe(1)
  const deaf = bellsOf(1, {
    list: unless((...asked: Parameters<typeof list>) => (fails < 2 ? failing() : list(...asked))),
  })
  a.ring(['t\nhttp://a'])
  await expect.poll(() => fails, { timeout: 2_000 }).toBe(2)
  await expect.poll(deaf.any, { timeout: 2_000 }).toBeGreaterThan(0)
})

it('leave nothing behind, not even of those who died', async () => {
  const { documents } = stores[0] as Store
  await documents.put(call, 'noticeBell', 'dead', { changes: 1, last: ['x'], at: Date.now() - 7_200_000 })
  const [a, b] = [bellsOf(0), bellsOf(1)]
  a.ring(['x'])
  await expect.poll(b.any, { timeout: 2_000 }).toBe(1)
  await Promise.all(bells.map((each) => each.close()))
  expect(await documents.list(call, 'noticeBell')).toEqual([])
})
