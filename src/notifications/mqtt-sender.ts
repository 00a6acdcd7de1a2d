/** Notifications over MQTT (clause 7), 3.1.1 and 5.0: published, and taken when what its QoS has for it was acknowledged. */

import { createDeadline, type Deadline } from '../outbound/deadline.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type MqttConnection, MqttFailure, openMqttConnection } from './mqtt-connection.ts'
import { type MqttTarget, mqttMessage, mqttTargetOf } from './mqtt-endpoint.ts'
import type { Outcome, Sender } from './sender.ts'
import { type Timeouts, timeoutOf } from './timeouts.ts'

interface MqttSenderDeps {
  readonly outbound: Pick<Outbound, 'connect'>
  readonly timeouts: Timeouts
  /** Milliseconds after which a connection that nothing was sent over is closed. */
  readonly idleMs?: number
}

interface Kept {
  readonly connection: MqttConnection
  idle: NodeJS.Timeout | undefined
  underWay: number
}

/** One connection for each host, user and version, whatever the topics. */
export function createMqttSender({ outbound, timeouts, idleMs = 600_000 }: MqttSenderDeps): Sender {
  const kept = new Map<string, Kept>()

  const end = (target: MqttTarget, held: Kept): void => {
    clearTimeout(held.idle)
    if (kept.get(keyOf(target)) === held) kept.delete(keyOf(target))
    void held.connection.close()
  }
  const connectionTo = (target: MqttTarget): Kept => {
    const key = keyOf(target)
    const there = kept.get(key)
    if (there?.connection.isOver() === false) return there
    if (there !== undefined) end(target, there)
    const made = { connection: openMqttConnection(target, outbound.connect), idle: undefined, underWay: 0 }
    kept.set(key, made)
    return made
  }
  const begin = (target: MqttTarget): { connection: MqttConnection; done: () => void } => {
    const held = connectionTo(target)
    clearTimeout(held.idle)
    held.underWay++
    const done = (): void => {
      if (--held.underWay === 0) held.idle = setTimeout(() => end(target, held), idleMs).unref()
    }
    return { connection: held.connection, done }
  }
  return {
    send: async (endpoint, message, signal) => {
      const target = mqttTargetOf(endpoint)
      if (target === undefined) return { ok: false, reason: 'the endpoint names no topic that can be published to' }
      const timeoutMs = timeoutOf(endpoint, timeouts)
      const deadline = createDeadline(timeoutMs, signal)
      const { connection, done } = begin(target)
      try {
        await deadline.within(connection.connected())
        await deadline.within(connection.publish(target, mqttMessage(endpoint, message), deadline.signal))
        return { ok: true }
      } catch (error) {
        return { ok: false, reason: reasonOf(error, deadline, timeoutMs) }
      } finally {
        deadline.clear()
        done()
      }
    },
    close: async () => {
      const all = [...kept.values()]
      kept.clear()
      for (const { idle } of all) clearTimeout(idle)
      await Promise.all(all.map(({ connection }) => connection.close()))
    },
  }
}

function keyOf({ hostname, port, isSecure, username, password, version }: MqttTarget): string {
  return JSON.stringify([hostname, port, isSecure, username, password, version])
}

function reasonOf(error: unknown, deadline: Deadline, timeoutMs: number): Extract<Outcome, { ok: false }>['reason'] {
  if (error instanceof MqttFailure) return error.message
  if (deadline.isOver()) return `The MQTT broker did not acknowledge it within ${timeoutMs} ms.`
  return 'It was given up.'
}
