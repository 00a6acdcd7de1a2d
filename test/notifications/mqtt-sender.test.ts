import { createServer, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Endpoint } from '../../src/core/subscription/subscription.ts'
import { createMqttSender } from '../../src/notifications/mqtt-sender.ts'
import type { Outcome, Sender } from '../../src/notifications/sender.ts'
import { createOutbound, type Outbound } from '../../src/outbound/outbound.ts'
import { quietLog } from '../support/log.ts'
import { receiver5 } from './mqtt-receiver-5.ts'

const outgoing = { id: 'urn:n', contentType: 'application/json', body: '{"n":1.50}', link: '<x>; rel="y"' } as const
const V3 = { key: 'MQTT-Version', value: 'mqtt3.1.1' }
const TIMEOUTS = { defaultMs: 1_500, mostMs: 5_000 } as const
let outbound: Outbound
let sender: Sender
let server: Server | undefined
const sockets = new Set<Socket>()

beforeEach(() => {
  outbound = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 4, log: quietLog })
  sender = createMqttSender({ outbound, timeouts: TIMEOUTS })
})
afterEach(async () => {
  await sender.close()
  await outbound.close()
  await stop()
})

async function listen(handle: (socket: Socket) => void, port = 0): Promise<number> {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    handle(socket)
  }).listen(port, '127.0.0.1')
  await new Promise((resolve) => server?.once('listening', resolve))
  return (server.address() as { port: number }).port
}

async function stop(): Promise<void> {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
  await new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)))
  server = undefined
}

function send(
  uri: string,
  notifierInfo: Endpoint['notifierInfo'] = [],
  more: Partial<Endpoint> = {},
): Promise<Outcome> {
  const endpoint = { uri, accept: 'application/json', receiverInfo: [], notifierInfo, ...more } as const
  return sender.send(endpoint, outgoing, new AbortController().signal)
}

const qosInfo = (qos: number): { key: string; value: string } => ({ key: 'MQTT-QoS', value: `${qos}` })

describe('3.1.1', () => {
  it('publishes with each QoS over one connection, as the user of the URI', async () => {
    const broker = await Aedes.createBroker()
    const got: unknown[] = []
    const users: unknown[] = []
    broker.authenticate = (_, username, password, done) => {
      users.push([username, String(password)])
      done(null, true)
    }
    broker.on('publish', (packet, client) => {
      if (client !== null) got.push([packet.topic, packet.qos, packet.payload.toString()])
    })
    const port = await listen(broker.handle)
    const receiverInfo = [{ key: 'X-Key', value: 'v' }]
    for (const qos of [0, 1, 2]) {
      const uri = `mqtt://ann:p%40ss@127.0.0.1:${port}/city/${qos}`
      expect(await send(uri, [V3, qosInfo(qos)], { receiverInfo })).toEqual({ ok: true })
    }
    const text =
      '{"metadata":{"X-Key":"v","Content-Type":"application/json","Link":"<x>; rel=\\"y\\""},"body":{"n":1.50}}'
    await expect.poll(() => got).toEqual([0, 1, 2].map((qos) => [`city/${qos}`, qos, text]))
    expect(users).toEqual([['ann', 'p@ss']])
    broker.close()
  })

  it('takes for what it is what is not well encoded in the URI', async () => {
    const broker = await Aedes.createBroker()
    const got: unknown[] = []
    broker.authenticate = (_, username, password, done) => {
      got.push([username, String(password)])
      done(null, true)
    }
    const port = await listen(broker.handle)
    const uri = `mqtt://ann%zz:100%@127.0.0.1:${port}/50%zz`
    expect(await send(uri, [V3, qosInfo(1)])).toEqual({ ok: true })
    expect(got).toEqual([['ann%zz', '100%']])
    broker.close()
  })

  it('says that it was refused, without the password', async () => {
    const broker = await Aedes.createBroker()
    broker.authenticate = (_client, _user, _password, done) => done(null, false)
    const port = await listen(broker.handle)
    const outcome = await send(`mqtt://ann:s3cret@127.0.0.1:${port}/t`, [V3])
    expect(outcome).toEqual({ ok: false, reason: expect.stringMatching(/refused the connection .code \d+./) })
    broker.close()
  })

  it('comes back where it was refused before', async () => {
    const broker = await Aedes.createBroker()
    let isOpen = false
    broker.authenticate = (_, __, ___, done) => done(null, isOpen)
    const uri = `mqtt://127.0.0.1:${await listen(broker.handle)}/a`
    for (let i = 0; i < 3; i++) expect(await send(uri, [V3])).toMatchObject({ ok: false })
    isOpen = true
    expect(await send(uri, [V3])).toEqual({ ok: true })
    broker.close()
  })

  it('connects again by itself when the broker is there again', async () => {
    const port = await listen((await Aedes.createBroker()).handle)
    const uri = `mqtt://127.0.0.1:${port}/t`
    expect(await send(uri, [V3, qosInfo(1)])).toEqual({ ok: true })
    await stop()
    expect(await send(uri, [V3, qosInfo(1)])).toMatchObject({ ok: false })
    await listen((await Aedes.createBroker()).handle, port)
    await expect.poll(() => send(uri, [V3, qosInfo(1)]), { timeout: 5_000 }).toEqual({ ok: true })
  })
})

describe('5.0', () => {
  async function receive5(acknowledges: boolean) {
    const { handle, versions, published } = receiver5(() => acknowledges)
    const seen = () => published.map(({ topic, qos }) => [topic, qos])
    return { port: await listen(handle), versions, seen }
  }

  it('is the default, with QoS 0', async () => {
    const { port, versions, seen } = await receive5(true)
    expect(await send(`mqtt://127.0.0.1:${port}/a/b`)).toEqual({ ok: true })
    for (const qos of [1, 2]) expect(await send(`mqtt://127.0.0.1:${port}/a`, [qosInfo(qos)])).toEqual({ ok: true })
    await expect.poll(seen).toEqual([
      ['a/b', 0],
      ['a', 1],
      ['a', 2],
    ])
    expect(versions).toEqual([5])
  })

  it.each([1, 2])('with QoS %s uses a connection no more over which nothing comes back', async (qos) => {
    const { handle, versions } = receiver5(() => versions.length > 1)
    const uri = `mqtt://127.0.0.1:${await listen(handle)}/a`
    const outcomes = [1, 2].map(() => send(uri, [qosInfo(qos)], { timeout: 200 }))
    const failed = { ok: false, reason: 'The MQTT broker did not acknowledge it within 200 ms.' }
    expect(await Promise.all(outcomes)).toEqual([failed, failed])
    expect(await send(uri, [qosInfo(qos)])).toEqual({ ok: true })
    await expect.poll(() => [...sockets].map(({ closed }) => closed)).toEqual([true, false])
  })

  it.each([1, 2])(
    'keeps a connection over which others are acknowledged, and sends nothing again by itself (QoS %s)',
    async (qos) => {
      const { handle, versions, published } = receiver5(({ topic }) => topic !== 'mute')
      const broker = `mqtt://127.0.0.1:${await listen(handle)}`
      const mute = send(`${broker}/mute`, [qosInfo(qos)], { timeout: 300 })
      expect(await send(`${broker}/a`, [qosInfo(qos)])).toEqual({ ok: true })
      expect(await mute).toMatchObject({ ok: false })
      expect(await send(`${broker}/b`, [qosInfo(qos)])).toEqual({ ok: true })
      expect(versions).toEqual([5])
      for (const socket of sockets) socket.destroy()
      await expect.poll(() => versions.length, { timeout: 4_000 }).toBe(2)
      expect(await send(`${broker}/c`, [qosInfo(qos)])).toEqual({ ok: true })
      expect(published.map(({ topic }) => topic)).toEqual(['mute', 'a', 'b', 'c'])
    },
  )

  it('with QoS 0 uses a dead connection for a moment only, however much is sent', async () => {
    const quick = createMqttSender({ outbound, timeouts: TIMEOUTS, keepaliveS: 1 })
    const { handle, versions } = receiver5()
    const uri = `mqtt://127.0.0.1:${await listen(handle)}/a`
    const endpoint = { uri, accept: 'application/json', receiverInfo: [], notifierInfo: [] } as const
    const connections = async () => {
      expect(await quick.send(endpoint, outgoing, new AbortController().signal)).toEqual({ ok: true })
      return versions.length
    }
    // The receiver answers no pings.
    await expect.poll(connections, { timeout: 3_000 }).toBe(2)
    await quick.close()
  })
})

it('connects to no address that is not allowed, and says so', async () => {
  let connections = 0
  const port = await listen(() => connections++)
  const closed = createOutbound({ policy: { mode: 'public', networks: [] }, concurrency: 4, log: quietLog })
  const guarded = createMqttSender({ outbound: closed, timeouts: TIMEOUTS })
  for (const host of ['127.0.0.1', 'localhost']) {
    const endpoint = {
      uri: `mqtt://${host}:${port}/t`,
      accept: 'application/json',
      receiverInfo: [],
      notifierInfo: [],
    } as const
    const outcome = await guarded.send(endpoint, outgoing, new AbortController().signal)
    expect(outcome).toEqual({ ok: false, reason: expect.stringContaining('BOYA_OUTBOUND does not allow') })
  }
  expect(connections).toBe(0)
  await guarded.close()
  await closed.close()
})

it('says that nobody is there, or that there is no topic', async () => {
  const port = await listen(() => undefined)
  await stop()
  expect(await send(`mqtt://127.0.0.1:${port}/t`)).toEqual({
    ok: false,
    reason: 'the MQTT broker could not be reached: the connection was refused',
  })
  expect(await send(`mqtt://127.0.0.1:${port}/`)).toMatchObject({ ok: false, reason: expect.stringContaining('topic') })
})

it('says that it is perhaps no TLS that is spoken where a connection with TLS is closed', async () => {
  const broker = await Aedes.createBroker()
  const uri = `mqtts://127.0.0.1:${await listen(broker.handle)}/a`
  const reason = expect.stringMatching(/could not be reached: .*perhaps it speaks no TLS there.* mqtt:\/\//)
  expect(await send(uri, [V3])).toEqual({ ok: false, reason })
  broker.close()
})
