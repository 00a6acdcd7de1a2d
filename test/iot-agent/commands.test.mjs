import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  agent,
  ask,
  asked,
  boya,
  device,
  entity,
  exchanges,
  lamp,
  link,
  measure,
  provision,
  REGISTER,
  SUBSCRIBE,
  stored,
  TENANT,
  tell,
  UPSERT,
} from './scene.mjs'

describe('a device that is commanded, by a subscription of the agent', () => {
  const id = 'urn:ngsi-ld:Siren:s'
  const siren = () => lamp('s', { apikey: 'sirens', entity_type: 'Siren', entity_name: id })
  /** By PATCH, as an app does. */
  async function patch(path, body) {
    const headers = { 'Content-Type': 'application/json', ...link(), 'NGSILD-Tenant': TENANT }
    const init = { method: 'PATCH', headers, body: JSON.stringify(body) }
    assert.equal((await fetch(`${boya}/ngsi-ld/v1/entities/${id}${path}`, init)).status, 204)
  }
  async function until(condition) {
    for (let i = 0; i < 200; i++) {
      if (await condition()) return
      await pause(50)
    }
    assert.fail(`it never became so: ${condition}`)
  }
  /** The device has had so many commands, and the result of the last one is stored. */
  async function commanded(times) {
    await until(() => device.told.length === times)
    await until(() => asked().some(([request, status]) => request === UPSERT && status === 204))
  }

  it('is provisioned, and what it can be told afterwards, with its group: else the agent would register it', async () => {
    assert.equal((await provision(agent, siren())).status, 201)
    await measure(agent, 's', { o: false })
    const commands = [{ name: 'sound', type: 'command' }]
    const group = { resource: '/iot/json', apikey: 'sirens', entity_type: 'Siren', commands }
    assert.equal((await tell(`${agent.north}/iot/groups`, { groups: [group] })).status, 201)
    assert.deepEqual(asked(), [[UPSERT, 201]])
  })

  it('is subscribed to by the agent', async () => {
    assert.equal((await ask(agent, 's', { type: 'subscription', fields: ['sound'] })).status, 200)
    assert.deepEqual(asked(), [[SUBSCRIBE, 201]])
  })

  it('is told of a command, and its answer comes back', async () => {
    await patch('', { sound: { type: 'Property', value: 'loud' } })
    await commanded(1)
    assert.deepEqual(device.told, [{ sound: 'loud' }])
    const { sound, sound_status, sound_info } = await entity(id)
    assert.deepEqual([sound.value, sound_status.value, sound_info.value], ['loud', 'OK', 'it sounds'])
  })

  it('is told once for each command, also by the other ways of changing an Attribute', async () => {
    await patch('/attrs', { sound: { type: 'Property', value: 'low' } })
    await commanded(2)
    await patch('/attrs/sound', { value: 'off' })
    await commanded(3)
    await pause(500)
    assert.deepEqual(device.told.slice(1), [{ sound: 'low' }, { sound: 'off' }])
  })

  it('is told of the same command again where that says when it was given', async () => {
    await patch('/attrs/sound', { value: 'off' })
    await pause(500)
    assert.equal(device.told.length, 3)
    await patch('/attrs/sound', { value: 'off', observedAt: '2026-01-01T00:00:01Z' })
    await commanded(4)
  })

  it('is told when it is back of what it was commanded while it was away', async () => {
    device.isAway = true
    await patch('/attrs/sound', { value: 'low' })
    await pause(500)
    device.isAway = false
    await commanded(5)
    assert.deepEqual(device.told.at(-1), { sound: 'low' })
  })

  it('is told nothing any more when the agent has unsubscribed', async () => {
    const [{ id: subscription }] = (await stored('subscriptions')).body
    await ask(agent, 's', { type: 'unsubscription', id: subscription })
    assert.deepEqual(asked(), [[`DELETE /ngsi-ld/v1/subscriptions/${subscription}`, 204]])
    await patch('/attrs/sound', { value: 'loud' })
    await pause(500)
    assert.equal(device.told.length, 5)
  })

  it('is told by a subscription to all of its type, made by whoever', async () => {
    const endpoint = { uri: `${agent.north}/notify` }
    const notification = { attributes: ['sound'], endpoint }
    const headers = { 'Content-Type': 'application/json', ...link(), 'NGSILD-Tenant': TENANT }
    const subscription = {
      type: 'Subscription',
      entities: [{ type: 'Siren' }],
      watchedAttributes: ['sound'],
      notification,
    }
    const init = { method: 'POST', headers, body: JSON.stringify(subscription) }
    assert.equal((await fetch(`${boya}/ngsi-ld/v1/subscriptions`, init)).status, 201)
    await patch('/attrs/sound', { value: 'low' })
    await commanded(6)
  })
})

describe('what Boya refuses', () => {
  before(() => provision(agent, lamp('m'), lamp('q', { entity_name: 'q' })))

  it('a subscription that asks for no Attributes, where all are meant', async () => {
    assert.equal((await ask(agent, 'm', { type: 'subscription to all', fields: ['on'] })).status, 502)
    const [{ answer, ...refused }] = exchanges.taken()
    assert.deepEqual([`${refused.method} ${refused.url}`, refused.status], [SUBSCRIBE, 400])
    assert.equal(JSON.parse(answer).at, '/notification/attributes')
  })

  it('a subscription to an entity by a name that is no URI, though measures make it a URN', async () => {
    assert.equal((await ask(agent, 'q', { type: 'subscription', fields: ['on'] })).status, 502)
    const [{ answer, ...refused }] = exchanges.taken()
    assert.deepEqual([`${refused.method} ${refused.url}`, refused.status], [SUBSCRIBE, 400])
    assert.equal(JSON.parse(answer).at, '/entities/0/id')
  })

  for (const [what, more] of Object.entries({
    commands: { commands: [{ name: 'sound', type: 'command' }] },
    'lazy Attributes': { lazy: [{ name: 'wear', type: 'Number' }] },
  })) {
    it(`registrations, so that a device with ${what} is not provisioned`, async () => {
      assert.equal((await provision(agent, lamp('r', more))).status, 400)
      assert.deepEqual(asked(), [[REGISTER, 422]])
      assert.equal((await tell(`${agent.north}/iot/devices/r?apikey=lamps`, undefined, 'GET')).status, 404)
    })
  }
})
