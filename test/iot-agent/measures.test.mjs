import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  agent,
  ask,
  asked,
  context,
  entity,
  lamp,
  measure,
  provision,
  started,
  stored,
  tell,
  UPSERT,
} from './scene.mjs'

describe('a device that measures', () => {
  it('is provisioned without the broker', async () => {
    assert.equal((await provision(agent, lamp('m'))).status, 201)
    assert.deepEqual(asked(), [])
  })

  it('creates its entity with the first measure, in the tenant of the agent', async () => {
    await measure(agent, 'm', { b: 80, o: true, l: '-3.80,43.46', d: '2026-01-02T03:04:05Z' })
    assert.deepEqual(asked(), [[UPSERT, 201]])
    assert.deepEqual(await entity('urn:ngsi-ld:Lamp:m'), {
      id: 'urn:ngsi-ld:Lamp:m',
      type: 'Lamp',
      street: { type: 'Relationship', object: 'urn:ngsi-ld:Street:1' },
      brightness: { type: 'Property', value: 80, unitCode: 'P1' },
      on: { type: 'Property', value: true },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] } },
      installedAt: { type: 'Property', value: '2026-01-02T03:04:05.000Z' },
    })
  })

  it('changes what it measures later, and nothing else', async () => {
    await measure(agent, 'm', { b: 81.5 })
    assert.deepEqual(asked(), [[UPSERT, 204]])
    const { brightness, on } = await entity('urn:ngsi-ld:Lamp:m')
    assert.deepEqual([brightness.value, on.value], [81.5, true])
  })

  it('may send what it has gathered: the last of it is what is', async () => {
    await measure(agent, 'm', [{ b: 1 }, { b: 2 }, { b: 3 }])
    assert.deepEqual(asked(), [[UPSERT, 204]])
    assert.equal((await entity('urn:ngsi-ld:Lamp:m')).brightness.value, 3)
  })

  it('may say when it measured', async () => {
    await provision(agent, lamp('t', { timestamp: true }))
    await measure(agent, 't', { b: 5, TimeInstant: '2026-01-01T00:00:00Z' })
    assert.deepEqual(asked(), [[UPSERT, 201]])
    const { brightness } = await entity('urn:ngsi-ld:Lamp:t')
    assert.deepEqual(brightness, { type: 'Property', value: 5, unitCode: 'P1', observedAt: '2026-01-01T00:00:00.000Z' })
  })

  it('may measure for another entity and for one that it is linked to', async () => {
    const street = { name: 'street', type: 'Relationship', value: 'urn:ngsi-ld:Street:2' }
    const link = { attributes: ['on'], name: 'measuredBy', type: 'Street' }
    const other = {
      object_id: 'b',
      name: 'brightness',
      type: 'Number',
      entity_name: 'urn:ngsi-ld:Lamp:far',
      entity_type: 'Lamp',
    }
    const attributes = [{ object_id: 'o', name: 'on', type: 'Boolean' }, other]
    await provision(agent, lamp('n', { attributes, static_attributes: [{ ...street, link }] }))
    await measure(agent, 'n', { b: 7, o: false })
    assert.deepEqual(asked(), [[UPSERT, 201]])
    assert.equal((await entity('urn:ngsi-ld:Lamp:far')).brightness.value, 7)
    const { on } = await entity('urn:ngsi-ld:Street:2')
    assert.deepEqual(on.measuredBy, { type: 'Relationship', object: 'urn:ngsi-ld:Lamp:n' })
  })

  it('is changed: the broker is told of the entity, without values', async () => {
    const { attributes } = lamp('m')
    const more = [...attributes, { object_id: 'x', name: 'on2', type: 'Boolean' }]
    assert.equal((await tell(`${agent.north}/iot/devices/m?apikey=lamps`, { attributes: more }, 'PUT')).status, 204)
    assert.deepEqual(asked(), [[UPSERT, 204]])
    assert.equal((await entity('urn:ngsi-ld:Lamp:m')).brightness.value, 3)
  })

  it('cannot be changed before it has measured: the agent does not expect that its entity is created', async () => {
    await provision(agent, lamp('u'))
    const { attributes } = lamp('u')
    const more = [...attributes, { object_id: 'x', name: 'on2', type: 'Boolean' }]
    assert.notEqual((await tell(`${agent.north}/iot/devices/u?apikey=lamps`, { attributes: more }, 'PUT')).status, 204)
    assert.deepEqual(asked(), [[UPSERT, 201]])
  })

  it('is forgotten without the broker', async () => {
    assert.equal((await tell(`${agent.north}/iot/devices/u?apikey=lamps`, undefined, 'DELETE')).status, 204)
    assert.deepEqual(asked(), [])
  })
})

describe('the agent writes types of NGSIv2', () => {
  const written = {
    '@type': { value: { '@type': 'Number', '@value': 80 } },
    valueType: { value: 80, valueType: 'Number' },
  }
  for (const [dataType, expected] of Object.entries(written)) {
    it(`as ${dataType}`, async () => {
      const { broker, between, running } = await started({}, { dataType })
      await provision(running, lamp('m'))
      await measure(running, 'm', { b: 80 })
      assert.deepEqual(asked(between), [[UPSERT, 201]])
      const { brightness } = await entity('urn:ngsi-ld:Lamp:m', broker.url)
      assert.deepEqual(brightness, { type: 'Property', unitCode: 'P1', ...expected })
      const { body } = await stored('entities?type=Lamp&q=brightness==80', broker.url)
      assert.equal(body.length, 1)
    })
  }
})

describe('a device that asks', () => {
  it('gets nothing: the agent says no @context, so its names are those of the default one', async () => {
    await provision(agent, lamp('q', { entity_name: 'q' }))
    await measure(agent, 'q', { b: 80 })
    assert.equal((await ask(agent, 'q', { type: 'configuration', fields: ['brightness'] })).status, 502)
    assert.deepEqual(asked(), [
      [UPSERT, 201],
      ['GET /ngsi-ld/v1/entities/urn:ngsi-ld:Lamp:q?attrs=brightness', 404],
    ])
  })

  it('gets what it asks for where the @context of the agent is the default one of the broker', async () => {
    const { between, running } = await started({ BOYA_CONTEXT_DEFAULT: context }, {})
    await provision(running, lamp('q', { entity_name: 'q' }))
    await measure(running, 'q', { b: 80 })
    const { status, body } = await ask(running, 'q', { type: 'configuration', fields: ['brightness'] })
    assert.deepEqual([status, body.brightness.value], [200, 80])
    assert.deepEqual(asked(between).at(-1), ['GET /ngsi-ld/v1/entities/urn:ngsi-ld:Lamp:q?attrs=brightness', 200])
  })

  it('gets nothing where its entity has a name that is a URN: the agent puts another before it', async () => {
    await ask(agent, 'm', { type: 'configuration', fields: ['brightness'] })
    const path = 'GET /ngsi-ld/v1/entities/urn:ngsi-ld:Lamp:urn:ngsi-ld:Lamp:m?attrs=brightness'
    assert.deepEqual(asked(), [[path, 404]])
  })
})

it('measures of an agent that is told no @context are refused, unless Boya is told to tolerate them', async () => {
  const refusing = await started({}, { context: undefined })
  const tolerating = await started({ BOYA_TOLERATE: 'ld-json-without-context' }, { context: undefined })
  for (const { running } of [refusing, tolerating]) {
    await provision(running, lamp('m'))
    await measure(running, 'm', { b: 80 })
  }
  assert.deepEqual(asked(refusing.between), [[UPSERT, 207]])
  assert.deepEqual(asked(tolerating.between), [[UPSERT, 201]])
})
