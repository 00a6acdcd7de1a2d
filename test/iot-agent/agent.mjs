/**
 * An IoT agent on iotagent-node-lib, with the handlers and the paths for devices that iotagent-json has:
 * POST /iot/json?i=DEVICE for measures, POST /iot/json/configuration?i=DEVICE for what a device asks of the broker.
 * Its only argument: JSON with the members below.
 */

import { createServer } from 'node:http'
import { promisify } from 'node:util'
import lib from 'iotagent-node-lib'

const { broker, context, tenant, north, south, dataType } = JSON.parse(process.argv[2] ?? '{}')

const RESOURCE = '/iot/json'
const call = {
  activate: promisify(lib.activate),
  getDevices: promisify(lib.getDevicesByAttribute),
  update: promisify(lib.update),
  query: promisify(lib.query),
  subscribe: promisify(lib.subscribe),
  unsubscribe: promisify(lib.unsubscribe),
  setCommandResult: promisify(lib.setCommandResult),
}

const config = {
  logLevel: 'FATAL',
  contextBroker: { url: broker, ngsiVersion: 'ld', jsonLdContext: context, service: tenant },
  server: { port: north, host: '127.0.0.1', ldSupport: { null: true, datasetId: true, merge: true, dataType } },
  deviceRegistry: { type: 'memory' },
  types: {},
  service: tenant,
  subservice: '/',
  providerUrl: `http://127.0.0.1:${north}`,
  defaultType: 'Thing',
}

async function deviceOf(id) {
  const [device] = await call.getDevices('id', id, null, null)
  return device
}

/** As `extractAttributes` of iotagent-json: a measure has the type that was provisioned. */
function typed(device, measures) {
  const typeOf = (name) => device.active?.find((each) => each.name === name || each.object_id === name)?.type ?? 'Text'
  return Object.entries(measures).map(([name, value]) => ({ name, type: typeOf(name), value }))
}

async function measure(device, body) {
  const measures = Array.isArray(body) ? body.map((each) => typed(device, each)) : [typed(device, body)]
  await call.update(device.name, device.type, '', measures, device)
}

/** As `manageConfiguration` of iotagent-json. */
async function configure(device, { type, fields, id }) {
  switch (type) {
    case 'configuration':
      return call.query(device.name, device.type, '', fields, device)
    case 'subscription':
      return call.subscribe(device, fields, fields, 'normalized')
    case 'subscription to all':
      return call.subscribe(device, fields, null, 'normalized')
    case 'unsubscription':
      return call.unsubscribe(device, id)
  }
}

/** As the HTTP binding of iotagent-json does with a notification: what it brings are commands, and the device is told. */
async function command(device, values) {
  for (const { name, value } of values) {
    const response = await fetch(device.endpoint, { method: 'POST', body: JSON.stringify({ [name]: value }) })
    const { result } = await response.json()
    const status = response.ok ? 'OK' : 'ERROR'
    await call.setCommandResult(device.name, RESOURCE, device.apikey, name, result, status, device)
  }
}

async function answer(request) {
  const { pathname, searchParams } = new URL(request.url, 'http://agent')
  const device = await deviceOf(searchParams.get('i'))
  const body = await new Response(request).json()
  return pathname.endsWith('/configuration') ? configure(device, body) : measure(device, body)
}

const devices = createServer((request, response) => {
  answer(request).then(
    (result) => response.end(JSON.stringify(result ?? {})),
    ({ name, message, code }) => response.writeHead(502).end(JSON.stringify({ name, message, code })),
  )
})

await call.activate(config)
lib.setNotificationHandler((device, values, done) => {
  command(device, values).then(() => done(), done)
})
devices.listen(south, '127.0.0.1', () => process.stdout.write('ready\n'))
