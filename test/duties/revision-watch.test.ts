/** What is in memory is not older than it may be when it is used, however late answers of the store come. */

import { beforeEach, expect, it, vi } from 'vitest'
import { type RevisionWatch, watchRevisions } from '../../src/duties/revision-watch.ts'

/** A store whose answers come when the test says, and which stood at what it read when it was asked. */
let stored: number
let inMemory: number
let answers: (() => void)[]
let behindMs: number
let onChange: () => void
let watch: RevisionWatch
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'], now: 0 })
  stored = 1
  inMemory = 0
  answers = []
  behindMs = 0
  watch = watchRevisions({
    documents: {
      watch: (_, told) => {
        onChange = told
        return { behindMs: () => behindMs, close: async () => undefined }
      },
    },
    kind: 'x',
    look: async () => {
      const read = stored
      await new Promise<void>((answer) => answers.push(answer))
      inMemory = read
    },
    failed: (error) => expect.unreachable(String(error)),
  })
  return () => vi.useRealTimers()
})

/** Answers all questions, also those that are asked when others have been answered, until it may be used. */
async function used(ready: Promise<void> | undefined): Promise<number> {
  let isReady = false
  void Promise.resolve(ready).then(() => {
    isReady = true
  })
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve))
    if (isReady) return inMemory
    for (const answer of answers.splice(0)) answer()
  }
}

it('is used as it is where the store says that it is not far behind', async () => {
  vi.advanceTimersByTime(5_000)
  behindMs = 300
  expect(watch.upToDate()).toBeUndefined()
})

it('is read anew where the store is too far behind', async () => {
  vi.advanceTimersByTime(5_000)
  behindMs = 5_000
  stored = 2
  expect(await used(watch.upToDate())).toBe(2)
})

it('is not taken from an answer to what was asked too long ago', async () => {
  vi.advanceTimersByTime(5_000)
  behindMs = 5_000
  const before = watch.upToDate()
  // The way to the store is frozen from here on.
  stored = 2
  vi.advanceTimersByTime(1_200)
  behindMs = 6_200
  const after = watch.upToDate()
  expect(await used(after)).toBe(2)
  await before
})

it('is not taken for newer than it is because a change is told late', async () => {
  vi.advanceTimersByTime(5_000)
  stored = 2
  vi.advanceTimersByTime(1_200)
  behindMs = 1_300
  onChange()
  expect(await used(watch.upToDate())).toBe(2)
})

it('is used while a change is read that was told in time', () => {
  vi.advanceTimersByTime(5_000)
  onChange()
  expect(watch.upToDate()).toBeUndefined()
})
