import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { callIn, NOW, type OpenStore, setUp } from './contract-store.ts'

const call = callIn('')

/** Within which a change is told. */
const TOLD_MS = 500

let kinds = 0

/** A kind that no other test has. */
function newKind(): string {
  return `watched-${++kinds}`
}

interface Counted {
  calls: number
}

function counting(): Counted & { readonly count: () => void } {
  const counted = { calls: 0, count: () => void counted.calls++ }
  return counted
}

/** Milliseconds until there are more calls than now. */
async function untilTold(counted: Counted, change: () => Promise<unknown>): Promise<number> {
  const { calls } = counted
  await change()
  const durable = performance.now()
  while (counted.calls === calls && performance.now() - durable < 5_000) await pause(2)
  return performance.now() - durable
}

/** Of an odd number: one of them may be late where the machine is busy. */
function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

/** Nothing else happens meanwhile. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** `isShared`: whether another instance can be opened on the same database. */
export function watchContract(open: OpenStore, isShared: boolean): void {
  const { store, another } = setUp(open)

  it('tells what this instance has put, changed and deleted', async () => {
    const { documents } = store()
    const kind = newKind()
    const told = counting()
    const watch = documents.watch(kind, told.count)
    for (const change of [
      () => documents.put(call, kind, 'a', 1),
      () => documents.put(call, kind, 'a', 2),
      () => documents.change(call, kind, 'a', () => ({ document: 3, result: undefined })),
      () => documents.change(call, kind, 'a', () => ({ document: null, result: undefined })),
      () => documents.put(call, kind, 'b', 1),
      () => documents.delete(call, kind, 'b'),
    ]) {
      expect(await untilTold(told, change)).toBeLessThan(TOLD_MS)
    }
    await watch.close()
  })

  it('tells each who watches, until he ends that', async () => {
    const { documents } = store()
    const kind = newKind()
    const [one, other] = [counting(), counting()]
    const watches = [one, other].map(({ count }) => documents.watch(kind, count))
    await untilTold(one, () => documents.put(call, kind, 'a', 1))
    expect(await untilTold(other, () => documents.put(call, kind, 'a', 2))).toBeLessThan(TOLD_MS)
    await watches[0]?.close()
    await watches[0]?.close()
    const { calls } = one
    expect(await untilTold(other, () => documents.put(call, kind, 'a', 3))).toBeLessThan(TOLD_MS)
    await watches[1]?.close()
    await documents.put(call, kind, 'a', 4)
    await pause(TOLD_MS)
    expect(one.calls).toBe(calls)
  })

  it('tells the last of many changes when it can be read', async () => {
    const { documents } = store()
    const kind = newKind()
    const seen: unknown[] = []
    const watch = documents.watch(kind, () => {
      documents.get(call, kind, 'a').then((document) => seen.push(document))
    })
    for (let i = 0; i < 50; i++) await documents.put(call, kind, 'a', i)
    await expect.poll(() => seen.at(-1), { timeout: 5_000, interval: 5 }).toBe(49)
    await watch.close()
  })

  it('is quiet while nothing is written, and says that it is up to date', async () => {
    const { documents } = store()
    const told = counting()
    const watch = documents.watch(newKind(), told.count)
    await expect.poll(watch.behindMs, { timeout: 5_000 }).toBeLessThan(TOLD_MS)
    await pause(300)
    const { calls } = told
    const behind: number[] = []
    for (let i = 0; i < 25; i++) {
      await pause(30)
      behind.push(watch.behindMs())
    }
    expect(told.calls).toBe(calls)
    expect(median(behind)).toBeLessThan(TOLD_MS)
    await watch.close()
  })

  it('ends with the store', async () => {
    const opened = await open({ now: () => NOW })
    const watch = opened.store.documents.watch(newKind(), () => expect.unreachable())
    await opened.close()
    await pause(TOLD_MS)
    await watch.close()
    expect(() => opened.store.documents.watch('other', () => undefined)).toThrow(/closed/)
  })

  if (!isShared) return

  describe('with another instance on the same database', () => {
    const withOther = async (test: (other: Store) => Promise<void>): Promise<void> => {
      const other = await another()
      if (other === undefined) throw new Error('there is no other instance on this database')
      await test(other).finally(other.close)
    }

    it('tells what the other one has put, changed and deleted', () =>
      withOther(async ({ documents }) => {
        const kind = newKind()
        const told = counting()
        const watch = store().documents.watch(kind, told.count)
        const delays: number[] = []
        for (let i = 0; i < 2; i++) {
          for (const change of [
            () => documents.put(call, kind, 'a', i),
            () => documents.change(call, kind, 'a', () => ({ document: `${i}`, result: undefined })),
            () => documents.delete(call, kind, 'a'),
          ]) {
            delays.push(await untilTold(told, change))
          }
        }
        expect(median(delays.slice(1))).toBeLessThan(TOLD_MS)
        expect(Math.max(...delays)).toBeLessThan(2_000)
        await watch.close()
      }))

    it('misses nothing from the call on', () =>
      withOther(async ({ documents }) => {
        for (let i = 0; i < 3; i++) {
          const kind = newKind()
          const told = counting()
          const watch = store().documents.watch(kind, told.count)
          await documents.put(call, kind, 'a', i)
          await expect.poll(() => told.calls, { timeout: 5_000, interval: 5 }).toBeGreaterThan(0)
          await watch.close()
        }
      }))

    it('is behind by no less than it stood still, and then tells what was changed meanwhile', () =>
      withOther(async ({ documents }) => {
        const kind = newKind()
        let seen: unknown
        const { documents: watched } = store()
        const watch = watched.watch(kind, () => {
          watched.get(call, kind, 'a').then((document) => {
            seen = document
          })
        })
        await expect.poll(watch.behindMs, { timeout: 5_000 }).toBeLessThan(TOLD_MS)
        await documents.put(call, kind, 'a', 1)
        standStill(700)
        expect(watch.behindMs()).toBeGreaterThan(TOLD_MS)
        await expect.poll(watch.behindMs, { timeout: 5_000 }).toBeLessThan(TOLD_MS)
        await expect.poll(() => seen, { timeout: 5_000 }).toBe(1)
        await watch.close()
      }))
  })
}
