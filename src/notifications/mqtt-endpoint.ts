/** What an MQTT endpoint's URI and notifierInfo say (7.2). */

import { mqttTopicOf } from '../core/subscription/mqtt-topic.ts'
import type { Endpoint } from '../core/subscription/subscription.ts'
import { decoded } from '../core/subscription/uri-part.ts'
import type { Message } from '../ports/notification.ts'

export interface MqttTarget {
  readonly hostname: string
  readonly port: number
  readonly isSecure: boolean
  readonly username?: string
  readonly password?: string
  readonly version: 4 | 5
  readonly topic: string
  readonly qos: 0 | 1 | 2
}

/** Undefined where there is no topic that can be published to. */
export function mqttTargetOf({ uri, notifierInfo }: Endpoint): MqttTarget | undefined {
  const url = new URL(uri)
  const topic = mqttTopicOf(url)
  if (topic === undefined) return undefined
  const isSecure = url.protocol === 'mqtts:'
  const info = new Map(notifierInfo.map(({ key, value }) => [key, value]))
  return {
    hostname: url.hostname,
    port: url.port === '' ? (isSecure ? 8883 : 1883) : Number(url.port),
    isSecure,
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(url.password !== '' && { password: decoded(url.password) }),
    version: info.get('MQTT-Version') === 'mqtt3.1.1' ? 4 : 5,
    topic,
    qos: qosOf(info.get('MQTT-QoS')),
  }
}

function qosOf(text: string | undefined): 0 | 1 | 2 {
  if (text === '1') return 1
  return text === '2' ? 2 : 0
}

/** The body stands in it as it is: its numbers are not read and written again. */
export function mqttMessage(
  { receiverInfo }: Endpoint,
  { contentType, link, tenant, isSample, body }: Message,
): string {
  const metadata = {
    ...Object.fromEntries(receiverInfo.map(({ key, value }) => [key, value])),
    'Content-Type': contentType,
    ...(link !== undefined && { Link: link }),
    ...(tenant !== undefined && { 'NGSILD-Tenant': tenant }),
    ...(isSample && { 'Boya-Sample': 'true' }),
  }
  return `{"metadata":${JSON.stringify(metadata)},"body":${body}}`
}
