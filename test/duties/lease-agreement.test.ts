/** Whatever happens to instances and to the store, and whenever, no two hold the lease at once; and somebody gets it. */

import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLease, type Lease, TIMES } from '../../src/duties/lease.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { LONG } from '../support/long.ts'

const call = callIn('')
let store: Store
beforeAll(async () => {
  store = await openSqliteStore({ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog })
})
afterAll(() => store.close())

/** Until all that can go on has. */
async function settle(): Promise<void> {
  for (let i = 0; i < 6; i++) await new Promise((done) => setImmediate(done))
}

/** The way to the store: what is asked stands still on it, before it arrives and with the answer. */
interface Way {
  readonly documents: Pick<DocumentStore, 'get' | 'change'>
  /** Lets what stands go on to its next halt; `fail`: it is lost there. */
  pass(fail: boolean): void
}

function createWay(): Way {
  let halted: { go(): void; fail(error: Error): void } | undefined
  const halt = () =>
    new Promise<void>((go, fail) => {
      halted = { go, fail }
    })
  const along = async <T>(ask: () => Promise<T>): Promise<T> => {
    await halt()
    const answer = await ask()
    await halt()
    return answer
  }
  return {
    documents: {
      get: (...given) => along(() => store.documents.get(...given)),
      change: (...given) => along(() => store.documents.change(...given)),
    },
    pass: (fail) => {
      const at = halted
      halted = undefined
      if (fail) at?.fail(new Error('lost on the way'))
      else at?.go()
    },
  }
}

interface Instance {
  readonly lease: Lease
  readonly way: Way
  isStepping: boolean
}

/** All go by the same time, and each reads another clock. */
function createInstances(count: number, time: () => number): readonly Instance[] {
  return Array.from({ length: count }, (_, i) => {
    const way = createWay()
    const now = () => time() + 1_000_000 * i
    return { way, isStepping: false, lease: createLease({ documents: way.documents, call, instance: `${i}`, now }) }
  })
}

function begin(instance: Instance): void {
  if (instance.isStepping) return
  instance.isStepping = true
  instance.lease
    .step()
    .catch(() => undefined)
    .finally(() => {
      instance.isStepping = false
    })
}

type Event =
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'begin' | 'go' | 'lose' | 'step'; readonly who: number }

const INSTANCES = 3

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 100, max: 3_000 }) } as const) },
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constantFrom('begin', 'go', 'go', 'go', 'lose', 'step', 'step', 'step'),
      who: fc.integer({ min: 0, max: INSTANCES - 1 }),
    } as const),
  },
)

async function wholeStep(instance: Instance): Promise<void> {
  begin(instance)
  while (instance.isStepping) {
    instance.way.pass(false)
    await settle()
  }
}

async function take(event: Event, instances: readonly Instance[], pass: (ms: number) => void): Promise<void> {
  if (event.kind === 'pass') return pass(event.ms)
  const instance = instances[event.who]
  if (instance === undefined) return
  if (event.kind === 'step') return wholeStep(instance)
  if (event.kind === 'begin') begin(instance)
  else instance.way.pass(event.kind === 'lose')
  await settle()
}

const runs = LONG ? 50_000 : 800

it(
  'no two hold it at once, and one that is left alone gets it',
  async () => {
    let held = 0
    const property = fc.asyncProperty(fc.array(event, { minLength: 30, maxLength: 150 }), async (events) => {
      await store.documents.delete(call, 'lease', 'duties')
      let time = 0
      const instances = createInstances(INSTANCES, () => time)
      const holders = () => instances.filter(({ lease }) => lease.term() !== undefined)
      for (const each of events) {
        await take(each, instances, (ms) => {
          time += ms
        })
        expect(holders().length).toBeLessThanOrEqual(1)
        held += holders().length
      }
      const [left] = instances
      for (let ms = 0; ms <= TIMES.takeOverMs + 2 * TIMES.lookMs; ms += TIMES.lookMs) {
        if (left !== undefined) await wholeStep(left)
        expect(holders().length).toBeLessThanOrEqual(1)
        time += TIMES.lookMs
      }
      expect(left?.lease.term()).toBeDefined()
    })
    await fc.assert(property, { numRuns: runs })
    // Not for want of holders.
    expect(held).toBeGreaterThan(runs)
  },
  LONG ? 600_000 : 20_000,
)
