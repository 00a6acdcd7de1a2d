import { expect, it } from 'vitest'
import type { Position } from './positions.ts'
import { replay } from './replay.ts'

const positions = [0, 500, 1_000].map((quietMs, i): Position => ({ text: `${i}`, quietMs }))

/** When each was sent, in milliseconds from the start. */
async function sentAt(speed: number, count: number, takesMs = 0) {
  const ending = new AbortController()
  const started = performance.now()
  const sent: { readonly text: string; readonly at: number }[] = []
  await replay(positions, {
    speed,
    signal: ending.signal,
    send: async ({ text }) => {
      sent.push({ text, at: performance.now() - started })
      if (sent.length === count) ending.abort()
      await new Promise((done) => setTimeout(done, takesMs))
    },
  })
  return sent
}

it('sends in the order of the file, round after round, as much faster as it is told', async () => {
  const sent = await sentAt(10, 6)
  expect(sent.map(({ text }) => text)).toEqual(['0', '1', '2', '0', '1', '2'])
  const due = [0, 50, 150, 150, 200, 300]
  for (const [i, { at }] of sent.entries()) {
    expect(at).toBeGreaterThanOrEqual((due[i] ?? 0) - 2)
    expect(at).toBeLessThan((due[i] ?? 0) + 400)
  }
})

it('waits for one to be stored before it sends the next, however late that is', async () => {
  const sent = await sentAt(1_000_000, 3, 30)
  expect(sent[2]?.at).toBeGreaterThanOrEqual(55)
})

it('ends while it waits', async () => {
  const ending = new AbortController()
  const waiting = replay([{ text: '', quietMs: 60_000 }], {
    speed: 1,
    signal: ending.signal,
    send: async () => undefined,
  })
  setTimeout(() => ending.abort(), 20)
  await expect(waiting).resolves.toBeUndefined()
})

it('ends with what could not be sent', async () => {
  const send = async () => {
    throw new Error('refused')
  }
  await expect(replay(positions, { speed: 1, signal: new AbortController().signal, send })).rejects.toThrow('refused')
})
