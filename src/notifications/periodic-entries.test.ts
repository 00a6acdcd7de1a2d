import { expect, it } from 'vitest'
import { callIn } from '../../test/contract/contract-store.ts'
import { subscriptionOf, THEN } from '../../test/support/subscriptions.ts'
import { startTerm } from '../duties/term.ts'
import { createPeriodicEntries, type PeriodicEntry } from './periodic-entries.ts'
import { queueKey, queueOf } from './queue-name.ts'
import { NO_FIGURES } from './subscription-figures.ts'
import type { QueuedSubscription } from './tenant-subscriptions.ts'

const term = startTerm(performance.now() + 60_000, () => performance.now())

/** At another host each. */
function periodicAt(id: string, uri: string, timeInterval = 60): QueuedSubscription {
  const subscription = subscriptionOf({ id, timeInterval, endpoint: { uri } })
  return { stored: { sent: {}, subscription, createdAt: THEN, modifiedAt: THEN }, queue: queueOf(uri) }
}

/** Figures are read when `answer` is called. */
function opened() {
  const asked: (() => void)[] = []
  const forgotten: string[] = []
  let all: readonly QueuedSubscription[] = []
  let planned: readonly PeriodicEntry[] = []
  const entries = createPeriodicEntries({
    ...{ tenants: () => [''], periodic: () => all, callOf: callIn, clock: { now: () => THEN } },
    ownership: { term: () => term, forget: (key) => void forgotten.push(key), onChange: () => undefined },
    figures: { of: () => new Promise((resolve) => void asked.push(() => resolve(NO_FIGURES))) },
    signal: new AbortController().signal,
    onPlanned: (_, next) => {
      planned = next
    },
  })
  const begin = (next: readonly QueuedSubscription[]): Promise<void> => {
    all = next
    entries.changed('')
    return entries.plan()
  }
  const answer = (): void => {
    for (const each of asked.splice(0)) each()
  }
  return { entries, begin, answer, asked, forgotten, planned: () => planned }
}

it('one that has changed is not told as it was, while others that have are read', async () => {
  const { entries, begin, answer, planned } = opened()
  const [x, y] = [periodicAt('x', 'http://x/'), periodicAt('y', 'http://y/')]
  const first = begin([x, y])
  answer()
  await first
  const [before] = planned()
  expect(before && entries.isCurrent(before)).toBe(true)
  const second = begin([periodicAt('x', 'http://x/', 90), periodicAt('y', 'http://y/', 90)])
  expect(before && entries.isCurrent(before)).toBe(false)
  answer()
  await second
  expect(planned().map((entry) => entries.isCurrent(entry))).toEqual([true, true])
})

it('many are read together, and of a host that none has any more nothing is kept', async () => {
  const { begin, answer, asked, forgotten, planned } = opened()
  const first = begin(Array.from({ length: 40 }, (_, i) => periodicAt(`${i}`, `http://x${i}/`)))
  expect(asked).toHaveLength(40)
  answer()
  await first
  await begin([planned()[0]?.known as QueuedSubscription])
  expect(forgotten).toHaveLength(39)
  expect(forgotten).toContain(queueKey('', queueOf('http://x1/')))
})
