/** What each file of tests has: Boya, an agent, what they said to each other, and a device. Started before its tests. */

import { createServer } from 'node:http'
import { after, before } from 'node:test'
import { startExchanges } from './exchanges.mjs'
import { startAgent, startBoya } from './started.mjs'

export const TENANT = 'lights'
const NAMES = ['Lamp', 'Siren', 'Street', 'brightness', 'on', 'installedAt', 'sound', 'sound_status', 'sound_info']
export const UPSERT = 'POST /ngsi-ld/v1/entityOperations/upsert/?options=update'
export const SUBSCRIBE = 'POST /ngsi-ld/v1/subscriptions/'
export const REGISTER = 'POST /ngsi-ld/v1/csourceRegistrations/'

/** Closed in the opposite order. */
const opened = []
export let context
/** URL of Boya itself, not recorded. */
export let boya
export let exchanges
export let agent
export let device

/** Resolves with the URL. */
async function serve(answer) {
  const server = createServer(answer)
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  opened.push(() => new Promise((closed) => server.close(closed)))
  return `http://127.0.0.1:${server.address().port}`
}

/** The @context of the agent and of who asks the broker. */
async function serveContext() {
  const terms = Object.fromEntries(NAMES.map((name) => [name, `https://example.org/lights/${name}`]))
  const document = JSON.stringify({
    '@context': { ...terms, street: { '@id': 'https://example.org/s', '@type': '@id' } },
  })
  return `${await serve((_, response) => response.setHeader('Content-Type', 'application/ld+json').end(document))}/c.jsonld`
}

/** What an actuator is: it is told over HTTP, and says what came of it. */
async function serveDevice() {
  const state = { url: '', told: [], isAway: false }
  state.url = await serve(async (request, response) => {
    if (state.isAway) return request.destroy()
    state.told.push(JSON.parse(await new Response(request).text()))
    response.end('{"result":"it sounds"}')
  })
  return state
}

/** A Boya and an agent of their own, until the tests of the file are over. */
export async function started(settings, options) {
  const broker = await startBoya(settings)
  opened.push(broker.close)
  const between = await startExchanges(broker.url)
  opened.push(between.close)
  const running = await startAgent({ broker: between.url, context, tenant: TENANT, ...options })
  opened.push(running.close)
  return { broker, between, running }
}

before(async () => {
  context = await serveContext()
  device = await serveDevice()
  const { broker, between, running } = await started({ BOYA_NOTIFICATION_RETRY_FIRST: '100ms' }, {})
  boya = broker.url
  exchanges = between
  agent = running
})
after(async () => {
  for (const close of opened.reverse()) await close()
})

/** To the agent, as who configures it and as devices do. */
export async function tell(url, body, method = 'POST') {
  const headers = { 'Content-Type': 'application/json', 'fiware-service': TENANT, 'fiware-servicepath': '/' }
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) })
  return { status: response.status, body: JSON.parse((await response.text()) || '{}') }
}
export const provision = (on, ...devices) => tell(`${on.north}/iot/devices`, { devices })
export const measure = (on, id, measures) => tell(`${on.south}/iot/json?i=${id}`, measures)
export const ask = (on, id, what) => tell(`${on.south}/iot/json/configuration?i=${id}`, what)

/** What the agent has asked the broker since the last time, and what it was answered. */
export const asked = (between = exchanges) =>
  between.taken().map(({ method, url, status }) => [`${method} ${url}`, status])

export const link = () => ({
  Link: `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
})
export async function stored(path, at = boya) {
  const response = await fetch(`${at}/ngsi-ld/v1/${path}`, { headers: { ...link(), 'NGSILD-Tenant': TENANT } })
  return { status: response.status, body: await response.json() }
}
export const entity = async (id, at) => (await stored(`entities/${id}`, at)).body

/** As it is provisioned. */
export function lamp(id, more = {}) {
  const attributes = [
    { object_id: 'b', name: 'brightness', type: 'Number', metadata: { unitCode: { type: 'Text', value: 'P1' } } },
    { object_id: 'o', name: 'on', type: 'Boolean' },
    { object_id: 'l', name: 'location', type: 'geo:point' },
    { object_id: 'd', name: 'installedAt', type: 'DateTime' },
  ]
  const street = { name: 'street', type: 'Relationship', value: 'urn:ngsi-ld:Street:1' }
  return {
    ...{ device_id: id, apikey: 'lamps', entity_type: 'Lamp', entity_name: `urn:ngsi-ld:Lamp:${id}` },
    ...{ transport: 'HTTP', endpoint: device.url, attributes, static_attributes: [street], ...more },
  }
}
