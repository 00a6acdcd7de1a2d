/** Where a Subscription wants to be told (5.2.15): JSON → endpoint. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { badRequest } from '../model/problems.ts'
import { mqttTopicOf } from './mqtt-topic.ts'
import type { Endpoint, KeyValuePair } from './subscription.ts'

const AT = '/notification/endpoint'

/** Throws BadRequestData with a JSON pointer. */
export function decodeEndpoint(endpoint: JsonObject): Endpoint {
  const { uri, accept = 'application/json', timeout, cooldown, receiverInfo, notifierInfo } = endpoint
  const url = decodeUrl(String(uri))
  const receiver = pairsOf(receiverInfo)
  const notifier = pairsOf(notifierInfo)
  if (url.protocol.startsWith('http')) for (const [i, pair] of receiver.entries()) checkHeader(pair, i)
  else checkMqtt(accept, notifier)
  return {
    uri: String(uri),
    accept: accept as Endpoint['accept'],
    ...(timeout !== undefined && { timeout: Number(timeout) }),
    ...(cooldown !== undefined && { cooldown: Number(cooldown) }),
    receiverInfo: receiver,
    notifierInfo: notifier,
  }
}

const SCHEMES: readonly string[] = ['http:', 'https:', 'mqtt:', 'mqtts:']

/** 6.3.8, 7.2 */
function decodeUrl(uri: string): URL {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  if (url === undefined || !SCHEMES.includes(url.protocol) || url.hostname === '' || /\s/.test(uri)) {
    throw badRequest(
      `"${uri}" is no URI that notifications can be sent to; it looks like https://example.org/notify or mqtt://example.org/topic`,
      `${AT}/uri`,
    )
  }
  if (url.protocol.startsWith('mqtt') && (uri.includes('#') || mqttTopicOf(url) === undefined)) {
    throw badRequest(
      'the path of an MQTT endpoint is the topic, without "+" and "#": mqtt://example.org/topic',
      `${AT}/uri`,
    )
  }
  return url
}

function pairsOf(json: Json | undefined): readonly KeyValuePair[] {
  if (!Array.isArray(json)) return []
  return json.flatMap((pair: Json) => (isObject(pair) ? [{ key: String(pair.key), value: String(pair.value) }] : []))
}

/** RFC 7230: a token, and a text without control characters. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
/** Of the message and the connection. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'keep-alive', 'proxy-connection', 'upgrade', 'expect', 'te', 'trailer'],
  ...['content-length', 'transfer-encoding', 'content-type', 'ngsild-tenant', 'boya-sample'],
])

/** 6.3.8: ""Key" and "value" members shall adhere to IETF RFC 7230". */
function checkHeader({ key, value }: KeyValuePair, i: number): void {
  const at = `${AT}/receiverInfo/${i}`
  if (!HEADER_NAME.test(key)) throw badRequest(`"${key}" cannot be the name of an HTTP header`, `${at}/key`)
  if (OWN_HEADERS.has(key.toLowerCase())) {
    const hint = key.toLowerCase() === 'content-type' ? '; the media type is the "accept" of the endpoint' : ''
    throw badRequest(`the header ${key} is the broker's own${hint}`, `${at}/key`)
  }
  if (!HEADER_VALUE.test(value)) throw badRequest('cannot be the value of an HTTP header', `${at}/value`)
}

/** Table 7.2-1 */
const MQTT_PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  'MQTT-QoS': ['0', '1', '2'],
  'MQTT-Version': ['mqtt3.1.1', 'mqtt5.0'],
}

function checkMqtt(accept: Json, notifierInfo: readonly KeyValuePair[]): void {
  // Table 7.2-2 has no other.
  if (accept === 'application/geo+json')
    throw badRequest('over MQTT a notification is application/json or application/ld+json', `${AT}/accept`)
  for (const [i, pair] of notifierInfo.entries()) checkMqttParameter(pair, i)
}

function checkMqttParameter({ key, value }: KeyValuePair, i: number): void {
  const name = Object.keys(MQTT_PARAMETERS).find((each) => each.toLowerCase() === key.toLowerCase())
  if (name === undefined) return
  const at = `${AT}/notifierInfo/${i}`
  if (name !== key) throw badRequest(`"${key}" is written ${name}`, `${at}/key`)
  const values = MQTT_PARAMETERS[name] ?? []
  if (!values.includes(value)) throw badRequest(`${key} is one of ${values.join(', ')}, not "${value}"`, `${at}/value`)
}
