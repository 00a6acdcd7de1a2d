import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { type Duty, startDuties } from '../../src/duties/duties.ts'
import { type KeptLease, keepLease } from '../../src/duties/keep.ts'
import { createLease } from '../../src/duties/lease.ts'
import type { Log } from '../../src/ports/call.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'

/** A tenth of what they are, so that nothing has to be waited for. */
const times = { renewMs: 250, holdMs: 600, lookMs: 100, takeOverMs: 800 }

interface Bench {
  /** An instance that keeps the lease. */
  keep(): KeptLease
  readonly kept: KeptLease[]
  /** From now on the store answers nobody, or does again. */
  setDown(isDown: boolean): void
  isFree(): Promise<boolean>
  readonly log: Log
  readonly logged: string[]
}

function benchOn({ documents }: Store): Bench {
  let isDown = false
  const kept: KeptLease[] = []
  const logged: string[] = []
  const remember = (_: object, message: string): void => void logged.push(message)
  const log = { ...quietLog, info: remember, warn: remember, error: remember }
  const unlessDown = <T>(answer: () => Promise<T>): Promise<T> =>
    isDown ? Promise.reject(new Error('no answer')) : answer()
  const way: Pick<DocumentStore, 'get' | 'change'> = {
    get: (...given) => unlessDown(() => documents.get(...given)),
    change: (...given) => unlessDown(() => documents.change(...given)),
  }
  return {
    ...{ kept, log, logged },
    keep: () => {
      const lease = keepLease(createLease({ documents: way, call: callIn(''), instance: 'here', times }), log)
      kept.push(lease)
      return lease
    },
    setDown: (down) => {
      isDown = down
    },
    isFree: async () => (await documents.get(callIn(''), 'lease', 'duties')) === undefined,
  }
}

/** With a store of its own. */
function withBench(test: (bench: Bench) => Promise<void>): () => Promise<void> {
  return async () => {
    const where = { directory: ':memory:', synchronous: 'normal' } as const
    const store = await openSqliteStore({ ...LIMITS, ...where, clock: Date, log: quietLog })
    const bench = benchOn(store)
    try {
      await test(bench)
    } finally {
      for (const lease of bench.kept) await lease.close()
      await store.close()
    }
  }
}

const until = (isSo: () => boolean, timeout = 5_000) =>
  vi.waitFor(() => expect(isSo()).toBe(true), { timeout, interval: 3 })

const isHeld = (lease: KeptLease) => lease.term() !== undefined

function duty(run: Duty['run']): Duty {
  return { name: 'test', schedule: '* * * * * *', run }
}

it(
  'a duty that is still under way when its time comes is passed over, and the console has nothing of it',
  withBench(async ({ keep, log, logged }) => {
    const said: unknown[] = []
    const consoles = (['warn', 'log', 'error', 'info'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation((...all) => void said.push(all)),
    )
    const lease = keep()
    await until(() => isHeld(lease))
    const notes: string[] = []
    let runs = 0
    const run = async () => {
      runs++
      await pause(2_500)
    }
    const started = startDuties([duty(run)], {
      lease,
      log: { ...log, debug: (_, message) => void notes.push(message) },
    })
    await until(() => notes.length > 0)
    await started.close()
    for (const each of consoles) each.mockRestore()
    expect(runs).toBe(1)
    expect(said).toEqual([])
    expect(logged).toEqual([])
  }),
)

/** They wait for most of their time. */
describe.concurrent('the lease', () => {
  it(
    'is had by one of several, and by the next one when it is given up',
    withBench(async ({ keep, kept }) => {
      for (let i = 0; i < 4; i++) keep()
      const left = new Set(kept)
      const holders = () => kept.filter(isHeld)
      while (left.size > 0) {
        await until(() => holders().length === 1, times.takeOverMs / 2)
        for (const holder of holders()) {
          left.delete(holder)
          await holder.close()
        }
        expect(holders()).toEqual([])
      }
    }),
  )

  it(
    'is not held while the store does not answer, which is logged once',
    withBench(async ({ keep, setDown, logged }) => {
      const lease = keep()
      await until(() => isHeld(lease))
      let aborted = 0
      // Who does not ask is told as well.
      lease
        .term()
        ?.signal()
        .addEventListener('abort', () => {
          aborted = performance.now()
        })
      const down = performance.now()
      setDown(true)
      await until(() => aborted > 0)
      expect(aborted - down).toBeLessThan(times.takeOverMs)
      await pause(500)
      expect(isHeld(lease)).toBe(false)
      expect(logged).toEqual(['the store does not tell who does the periodic duties; asking again'])
      setDown(false)
      await until(() => isHeld(lease))
      expect(logged.at(-1)).toBe('the store tells again who does the periodic duties')
    }),
  )

  it(
    'is ended also where it cannot be given up',
    withBench(async ({ keep, setDown, logged }) => {
      const lease = keep()
      await until(() => isHeld(lease))
      setDown(true)
      await lease.close()
      expect(isHeld(lease)).toBe(false)
      expect(logged.at(-1)).toBe('the periodic duties could not be given up; another instance takes them over later')
    }),
  )
})

describe.concurrent('a duty', () => {
  it(
    'is done on schedule by who holds the lease, and by nobody else',
    withBench(async ({ keep, log }) => {
      const done: string[] = []
      const started = ['one', 'other'].map((name) =>
        startDuties([duty(async () => void done.push(name))], { lease: keep(), log }),
      )
      await until(() => done.length === 2)
      expect(new Set(done).size).toBe(1)
      const [holder, other] = done[0] === 'one' ? started : started.toReversed()
      await holder?.close()
      const before = done.length
      await until(() => done.length === before + 1)
      expect(done.at(-1)).not.toBe(done[0])
      await other?.close()
      await pause(1_100)
      expect(done).toHaveLength(before + 1)
    }),
  )

  it(
    'is told to end and waited for before the lease is given up',
    withBench(async ({ keep, log, isFree }) => {
      const steps: string[] = []
      const slow = duty(async (signal) => {
        steps.push('begun')
        await new Promise((told) => signal().addEventListener('abort', told))
        await pause(50)
        steps.push((await isFree()) ? 'free' : 'held')
      })
      const duties = startDuties([slow], { lease: keep(), log })
      await until(() => steps.length === 1)
      await duties.close()
      expect(steps).toEqual(['begun', 'held'])
      expect(await isFree()).toBe(true)
    }),
  )

  it(
    'ends with the time of the holder, and is done again; one that fails is logged',
    withBench(async ({ keep, setDown, log, logged }) => {
      const signals: AbortSignal[] = []
      let runs = 0
      const lasting = duty(async (signal) => {
        if (++runs === 1) throw new Error('broken')
        signals.push(signal())
        await new Promise((told) => signal().addEventListener('abort', told))
      })
      const duties = startDuties([lasting], { lease: keep(), log })
      await until(() => runs === 2)
      expect(logged).toEqual(['a periodic duty failed'])
      setDown(true)
      await until(() => signals[0]?.aborted === true)
      await pause(1_100)
      expect(runs).toBe(2)
      setDown(false)
      await until(() => runs === 3)
      expect(signals[1]?.aborted).toBe(false)
      await duties.close()
      expect(signals[1]?.aborted).toBe(true)
    }),
  )
})
