/** More is owed than the process has memory for: entities as large as they may be, to a receiver that takes its time. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'

/** 3.5 MB each, ten of one entity. */
const CHANGES = LONG ? 200 : 40
const MEGABYTES = LONG ? 320 : 128

let boya: InstalledBoya
let server: Server
let answer = (): void => undefined
const mayAnswer = new Promise<void>((resolve) => {
  answer = resolve
})
const arrived: string[] = []
beforeAll(async () => {
  boya = installBoya()
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const [{ id, n, text }] = JSON.parse(Buffer.concat(chunks).toString()).data
      arrived.push(`${id} ${n} ${text.length}`)
      await mayAnswer
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
  boya.remove()
})

async function send(url: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${url}${API}${path}`, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  await answer.arrayBuffer()
}

it('is told all of it, in order, and the process lives', { timeout: 180_000 }, async () => {
  const running = boya.start(['serve'], {
    NODE_OPTIONS: `--max-old-space-size=${MEGABYTES}`,
    BOYA_STORE: `sqlite:${boya.folder}/large`,
    BOYA_PORT: '0',
    BOYA_NOTIFICATION_TIMEOUT: '1min',
    BOYA_NOTIFICATION_MAX_TIMEOUT: '1min',
  })
  const url = /ready on (http:\/\/[\d.:]+)/.exec(await running.until(/ready on http/))?.[1] ?? ''
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const notification = { format: 'keyValues', endpoint: { uri } }
  const text = { type: 'Property', value: 'x'.repeat(3_500_000) }
  const entities = Array.from({ length: CHANGES / 10 }, (_, i) => `urn:large:${i}`)
  for (const id of entities) {
    await send(url, 'POST', '/entities', { id, type: 'Large', text, n: { type: 'Property', value: 0 } })
  }
  await send(url, 'POST', '/subscriptions', { type: 'Subscription', entities: [{ type: 'Large' }], notification })
  for (let n = 1; n <= 10; n++) {
    for (const id of entities) await send(url, 'PATCH', `/entities/${id}/attrs/n`, { type: 'Property', value: n })
  }
  answer()
  await expect.poll(() => arrived.length, { timeout: 120_000, interval: 100 }).toBe(CHANGES)
  for (const id of entities) {
    const mine = arrived.filter((each) => each.startsWith(`${id} `))
    expect(mine).toEqual(Array.from({ length: 10 }, (_, i) => `${id} ${i + 1} 3500000`))
  }
  running.signal('SIGTERM')
  expect((await running.ended).code).toBe(0)
})
