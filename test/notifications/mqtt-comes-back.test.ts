/** An MQTT broker that goes and comes back: what changed meanwhile is told, in order. */

import { Aedes } from 'aedes'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'
import { receiver5, serveOn } from './mqtt-receiver-5.ts'

let boya: TestBroker
beforeAll(async () => {
  boya = await startTestBroker({
    NOTIFICATION_RETRY_FIRST: '100ms',
    NOTIFICATION_RETRY_MOST: '300ms',
    NOTIFICATION_TIMEOUT: '1s',
  })
})
afterAll(() => boya.close())

interface Running {
  readonly port: number
  stop(): Promise<void>
}
/** Starts the broker, and keeps the values of what is published. */
type Start = (port: number, got: number[]) => Promise<Running>

const numberIn = (payload: Buffer | string): number => JSON.parse(payload.toString()).body.data[0].n

const starts: Readonly<Record<string, Start>> = {
  'mqtt3.1.1': async (port, got) => {
    const broker = await Aedes.createBroker()
    broker.on('publish', ({ payload }, client) => {
      if (client !== null) got.push(numberIn(payload))
    })
    return serveOn(port, broker.handle)
  },
  'mqtt5.0': (port, got) => {
    const { handle } = receiver5(({ payload }) => {
      got.push(numberIn(payload))
      return true
    })
    return serveOn(port, handle)
  },
}

it.each(Object.keys(starts))('%s', async (version) => {
  const start = starts[version] as Start
  const got: number[] = []
  let broker = await start(0, got)
  const { port } = broker
  const type = `Type${port}`
  const id = `urn:x:${port}`
  const notifierInfo = [
    { key: 'MQTT-Version', value: version },
    { key: 'MQTT-QoS', value: '1' },
  ]
  const endpoint = { uri: `mqtt://127.0.0.1:${port}/city/${type}`, notifierInfo }
  const subscription = { type: 'Subscription', entities: [{ type }], notification: { format: 'keyValues', endpoint } }
  await boya.request.post(`${API}/subscriptions`).send(subscription).expect(201)
  await boya.request.post(`${API}/entities`).send({ id, type, n: 0 }).expect(201)
  let last = 0
  const change = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      await boya.request.patch(`${API}/entities/${id}/attrs/n`).send({ type: 'Property', value: ++last }).expect(204)
    }
  }
  for (let round = 0; round < 3; round++) {
    await change(5)
    await expect.poll(() => got.includes(last), { timeout: 5_000 }).toBe(true)
    await broker.stop()
    await change(10)
    broker = await start(port, got)
    await change(5)
  }
  await expect.poll(() => got.includes(last), { timeout: 5_000 }).toBe(true)
  expect([...new Set(got)]).toEqual(Array.from({ length: last + 1 }, (_, n) => n))
  await broker.stop()
})
