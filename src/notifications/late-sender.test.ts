import { expect, it } from 'vitest'
import { createLateSender } from './late-sender.ts'
import type { Sender } from './sender.ts'

const request: Parameters<Sender['send']> = [
  { uri: 'mqtt://example.org/x', accept: 'application/json', receiverInfo: [], notifierInfo: [] },
  { contentType: 'application/json', body: '{}' },
  new AbortController().signal,
]

it('is loaded once, with the first message, and closed where it was', async () => {
  let [loads, closed] = [0, 0]
  const load = async (): Promise<Sender> => {
    loads++
    return { send: async () => ({ ok: true }), close: async () => void closed++ }
  }
  const [used, unused] = [createLateSender(load), createLateSender(load)]
  expect(loads).toBe(0)
  expect(await Promise.all([used.send(...request), used.send(...request)])).toEqual([{ ok: true }, { ok: true }])
  await Promise.all([used.close(), unused.close()])
  expect([loads, closed]).toEqual([1, 1])
})

it('that cannot be loaded fails with the message, and is loaded with the next', async () => {
  let loads = 0
  const sender = createLateSender(async () => {
    if (++loads === 1) throw new Error('no such file')
    return { send: async () => ({ ok: true }), close: async () => undefined }
  })
  expect(await sender.send(...request)).toMatchObject({ ok: false, reason: expect.any(String) })
  expect(await sender.send(...request)).toEqual({ ok: true })
})
