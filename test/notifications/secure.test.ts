/** Receivers behind TLS: https and mqtts, with a certificate that is trusted, and with one that is not. */

import { readFileSync } from 'node:fs'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes } from 'aedes'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya, type Running } from '../cli/installed-boya.ts'
import { API } from '../support/broker.ts'

const fixtures = join(import.meta.dirname, '../fixtures/tls')
const read = (name: string): string => readFileSync(join(fixtures, name), 'utf8')
const tls = { key: read('server.key'), cert: read('server.pem') }

const got: string[] = []
const https = createHttpsServer(tls, (request, response) => {
  request.resume().on('end', () => {
    got.push('https')
    response.writeHead(204).end()
  })
})
let mqtt: Aedes
const mqtts = createTlsServer(tls, (socket) => mqtt.handle(socket))
mqtts.on('tlsClientError', () => undefined)

let boya: InstalledBoya
const started: Running[] = []
beforeAll(async () => {
  boya = installBoya()
  mqtt = await Aedes.createBroker()
  mqtt.on('publish', (_, client) => {
    if (client !== null) got.push('mqtts')
  })
  for (const server of [https, mqtts]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  for (const running of started) running.signal('SIGKILL')
  await Promise.all(started.map(({ ended }) => ended))
  https.closeAllConnections()
  mqtt.close()
  for (const server of [https, mqtts]) server.close()
  boya.remove()
})

const portOf = (server: typeof https | typeof mqtts): number => (server.address() as AddressInfo).port

/** A broker of its own with a subscription to each, and an entity. */
async function start(env: Record<string, string>) {
  const running = boya.start(['serve'], {
    ...env,
    BOYA_STORE: `sqlite:${boya.folder}/${started.length}`,
    BOYA_PORT: '0',
  })
  started.push(running)
  const url = /ready on (http:\/\/[\d.:]+)/.exec(await running.until(/ready on http/))?.[1] ?? ''
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { 'Content-Type': 'application/json' }
    const { status } = await fetch(`${url}${API}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(status).toBe(201)
  }
  const version = { key: 'MQTT-Version', value: 'mqtt3.1.1' }
  const endpoints = [
    { uri: `https://localhost:${portOf(https)}/` },
    { uri: `mqtts://localhost:${portOf(mqtts)}/a`, notifierInfo: [version, { key: 'MQTT-QoS', value: '1' }] },
  ]
  for (const [i, endpoint] of endpoints.entries()) {
    await post('/subscriptions', {
      id: `urn:s:${i}`,
      type: 'Subscription',
      entities: [{ type: 'T' }],
      notification: { endpoint },
    })
  }
  await post('/entities', { id: 'urn:t:1', type: 'T', n: 1 })
  return async (i: number): Promise<{ readonly lastAttempt?: { readonly reason?: string } }> =>
    JSON.parse(await (await fetch(`${url}/boya/v1/subscriptions/urn:s:${i}/delivery`)).text())
}

it('are told where their certificate is trusted', async () => {
  await start({ NODE_EXTRA_CA_CERTS: join(fixtures, 'ca.pem') })
  await expect.poll(() => [...got].sort(), { timeout: 5_000 }).toEqual(['https', 'mqtts'])
})

it('are not where it is not, which is said in words, and what is owed waits', async () => {
  got.length = 0
  const deliveryOf = await start({})
  for (const i of [0, 1]) {
    await expect.poll(async () => (await deliveryOf(i)).lastAttempt?.reason, { timeout: 5_000 }).toMatch(/certificate/)
    expect(await deliveryOf(i)).toMatchObject({
      backlog: { count: 1 },
      lastAttempt: { ok: false },
      timesFailed: expect.any(Number),
    })
  }
  expect(got).toEqual([])
})
