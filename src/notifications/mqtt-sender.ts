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
  /** Seconds after which a connection over which nothing comes is asked for a sign of life. */
  readonly keepaliveS?: number
}

interface Kept {
  readonly connection: MqttConnection
  idle: NodeJS.Timeout | undefined
  underWay: number
}

/**
 * One connection for each host, user and version, whatever the topics. Where it is dead, and nobody has closed it, what is
 * acknowledged finds that out when it is not. What has QoS 0 cannot: it is lost until the connection is asked for a sign
 * of life, which TCP would find out no sooner.
 */
export function createMqttSender(deps: MqttSenderDeps): Sender {
  const { outbound, timeouts, idleMs = 600_000, keepaliveS = 10 } = deps
  const kept = new Map<string, Kept>()
  /** Those over which nothing more is begun, while something is under way. */
  const leaving = new Set<Kept>()

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
    const made = { connection: openMqttConnection(target, outbound.connect, keepaliveS), idle: undefined, underWay: 0 }
    kept.set(key, made)
    return made
  }
  /** Others that are under way may be acknowledged yet: they may have more time. */
  const leave = (target: MqttTarget, held: Kept): void => {
    if (kept.get(keyOf(target)) !== held) return
    kept.delete(keyOf(target))
    leaving.add(held)
  }
  const begin = (target: MqttTarget): Kept => {
    const held = connectionTo(target)
    clearTimeout(held.idle)
    held.underWay++
    return held
  }
  const done = (target: MqttTarget, held: Kept): void => {
    if (--held.underWay > 0) return
    if (leaving.delete(held)) end(target, held)
    else held.idle = setTimeout(() => end(target, held), idleMs).unref()
  }
  return {
    send: async (endpoint, message, signal) => {
      const target = mqttTargetOf(endpoint)
      if (target === undefined) return { ok: false, reason: 'the endpoint names no topic that can be published to' }
      const timeoutMs = timeoutOf(endpoint, timeouts)
      const deadline = createDeadline(timeoutMs, signal)
      const held = begin(target)
      const { connection } = held
      let sentAt: number | undefined
      try {
        await deadline.within(connection.connected())
        sentAt = performance.now()
        await deadline.within(connection.publish(target, mqttMessage(endpoint, message), deadline.signal))
        return { ok: true }
      } catch (error) {
        const isSilent = sentAt !== undefined && connection.heardAt() < sentAt
        if (deadline.isOver() && isSilent) leave(target, held)
        return { ok: false, reason: reasonOf(error, deadline, timeoutMs) }
      } finally {
        deadline.clear()
        done(target, held)
      }
    },
    close: async () => {
      const all = [...kept.values(), ...leaving]
      kept.clear()
      leaving.clear()
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
