/** In a file of its own: undici's clock must not have begun before time is replaced. */

import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createOutbound } from '../../src/outbound/outbound.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

it('a request has all of its time to be connected', async () => {
  // Takes the connection, and says nothing to the TLS that is to follow.
  const sockets: Socket[] = []
  const mute = createServer((socket) => void sockets.push(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const { port } = mute.address() as AddressInfo
  const connected = new Promise((resolve) => mute.once('connection', resolve))
  const outbound = createOutbound({
    policy: { mode: 'private', networks: [] },
    concurrency: 64,
    log: { debug: () => undefined },
  })
  let failure: unknown
  const answer = outbound.fetch(`https://127.0.0.1:${port}/`, { timeoutMs: 30_000, maxBytes: 1_000 }).catch((error) => {
    failure = error
  })
  await connected
  await vi.advanceTimersByTimeAsync(29_000)
  // undici lets errors of the socket come first.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  expect(failure).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1_000)
  await answer
  expect(failure).toMatchObject({ reason: 'timeout', message: expect.stringContaining('30000 ms') })
  // It does not wait for what nobody waits for any more.
  await outbound.close()
  for (const socket of sockets) socket.destroy()
  mute.close()
})
