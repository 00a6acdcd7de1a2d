/** One connection to an MQTT broker: kept, and made again by itself when it is lost. */

import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { MqttClient } from 'mqtt'
import { explainFailure } from '../outbound/explain-failure.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { OutboundError } from '../outbound/outbound-error.ts'
import type { MqttTarget } from './mqtt-endpoint.ts'

export interface MqttConnection {
  /** Resolves when it is connected; rejects when the attempt to connect that is under way, or the next one, fails. */
  connected(): Promise<void>
  /**
   * Resolves when the acknowledgement of its QoS has come; what the signal ends before is not sent again. Connected only.
   */
  publish(target: MqttTarget, message: string, signal: AbortSignal): Promise<void>
  /** Whether it has failed and will never be connected again: another one can be opened in its place. */
  isOver(): boolean
  /** When anything came over it last, by `performance.now()`. */
  heardAt(): number
  close(): Promise<void>
}

/** Says why in words of the broker's own. */
export class MqttFailure extends Error {}

/** Milliseconds until a connection that was lost is tried again. */
const AGAIN_MS = 1_000

/** @param keepaliveS seconds after which a connection over which nothing has come is asked for a sign of life; half as long later it is over */
export function openMqttConnection(
  target: MqttTarget,
  connect: Outbound['connect'],
  keepaliveS: number,
): MqttConnection {
  let lastError: unknown
  let heardAt = performance.now()
  const over = new AbortController()
  const stream = () => {
    try {
      const socket = connect(target)
      socket.on('error', keep)
      return socket
    } catch (error) {
      keep(error)
      const none = new PassThrough()
      setImmediate(() => none.destroy())
      return none
    }
  }
  const client = new MqttClient(stream, {
    protocolId: 'MQTT',
    protocolVersion: target.version,
    clientId: `boya-${randomUUID().slice(0, 18)}`,
    clean: true,
    reconnectPeriod: AGAIN_MS,
    keepalive: keepaliveS,
    queueQoSZero: false,
    ...(target.username !== undefined && { username: target.username }),
    ...(target.password !== undefined && { password: target.password }),
  })
  client.on('packetreceive', () => {
    heardAt = performance.now()
  })
  // Without a listener an error would end the process; what waits hears of it when the connection closes.
  client.on('error', (error) => {
    keep(error)
    // The client does not try again where it was refused; who wants to send something opens another connection.
    client.end(true)
    over.abort()
  })
  return {
    connected: () => (client.connected ? Promise.resolve() : untilConnected(client, () => words(lastError, target))),
    publish: (to, message, signal) =>
      publish({ client, over: over.signal, why: () => words(lastError, target) }, to, message, signal),
    isOver: () => over.signal.aborted,
    heardAt: () => heardAt,
    close: async () => {
      await client.endAsync(true)
      over.abort()
    },
  }

  function keep(error: unknown): void {
    lastError = error
  }
}

function untilConnected(client: MqttClient, why: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      client.off('connect', connected)
      client.off('close', closed)
    }
    const connected = (): void => {
      end()
      resolve()
    }
    const closed = (): void => {
      end()
      reject(new MqttFailure(why()))
    }
    client.on('connect', connected)
    client.on('close', closed)
  })
}

interface Way {
  readonly client: MqttClient
  /** Aborts when the client is ended for good: it does not say so of what was under way. */
  readonly over: AbortSignal
  readonly why: () => string
}

function publish(
  { client, over, why }: Way,
  { topic, qos }: MqttTarget,
  message: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let id: number | undefined
    const giveUp = (): void => {
      if (id !== undefined && !over.aborted) client.removeOutgoingMessage(id)
    }
    const fail = (): void => reject(new MqttFailure(why()))
    signal.addEventListener('abort', giveUp, { once: true })
    over.addEventListener('abort', fail, { once: true })
    client.publish(topic, message, { qos }, (error) => {
      signal.removeEventListener('abort', giveUp)
      over.removeEventListener('abort', fail)
      if (error === undefined || error === null) resolve()
      else reject(new MqttFailure(`the MQTT broker did not take it${codeOf(error)}`))
    })
    if (qos > 0) id = client.getLastMessageId()
  })
}

function words(error: unknown, { isSecure }: MqttTarget): string {
  if (error instanceof OutboundError) return error.message
  const code = codeOf(error)
  if (code !== '') return `the MQTT broker refused the connection${code}`
  // Who knows no TLS closes the connection at its first bytes, and says nothing.
  const hint = isSecure && isClosed(error) ? '; perhaps it speaks no TLS there: then the URI begins with mqtt://' : ''
  return `the MQTT broker could not be reached: ${explainFailure(error)}${hint}`
}

function isClosed(error: unknown): boolean {
  return error === undefined || (error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
}

/** Codes of MQTT are numbers. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' ? ` (code ${error.code})` : ''
}
