import { describe, expect, it } from 'vitest'
import { subscriptionNaming } from '../../../test/support/subscription-naming.ts'
import type { JsonObject } from '../model/entity.ts'
import { decodeSubscription } from './decode-subscription.ts'

const NOW = Date.UTC(2026, 5, 1)
const naming = subscriptionNaming()
const endpoint = { uri: 'https://example.org/notify' }

function decoded(members: JsonObject = {}) {
  const json = { type: 'Subscription', entities: [{ type: 'Room' }], notification: { endpoint }, ...members }
  return decodeSubscription(json, 'urn:s:1', naming, NOW).subscription
}

const told = (notification: JsonObject, members: JsonObject = {}) =>
  decoded({ ...members, notification: { endpoint, ...notification } }).representation

describe('decodeSubscription', () => {
  it('5.2.12: what is absent is what the standard says', () => {
    expect(decoded()).toEqual({
      id: 'urn:s:1',
      condition: { entities: [{ types: [['urn:A:Room']] }], triggers: ['attributeCreated', 'attributeUpdated'] },
      representation: { format: 'normalized', showChanges: false, sysAttrs: false, join: { kind: 'none', level: 0 } },
      endpoint: { ...endpoint, accept: 'application/json', receiverInfo: [], notifierInfo: [] },
      isActive: true,
    })
  })

  it('lies in the store as JSON, and is the same when it is read again', () => {
    const all = decoded({
      entities: [
        { type: '(Room;Hall)|Office', idPattern: '^urn:r' },
        { type: '*', id: ['urn:r:1'] },
      ],
      watchedAttributes: ['a', 'b'],
      notificationTrigger: ['entityUpdated', 'attributeCreated', 'entityDeleted'],
      q: 'a>5;b=="x"|c~="^y";d[e.f]==1.5..3;g{h}=="z";i=="p","q"',
      geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: '[-3.8, 43.46]' },
      scopeQ: '/a/#,/b;/c/+',
      datasetId: ['urn:d:1', '@none'],
      lang: 'fr',
      ngsildConformance: '1.6',
      expiresAt: '2099-01-01T00:00:00Z',
      throttling: 0.5,
      notification: { pick: ['id', 'r{a,s{b}}'], omit: ['b'], join: 'inline', joinLevel: 2, endpoint },
    })
    expect(JSON.parse(JSON.stringify(all))).toEqual(all)
    expect(all.condition.triggers).toEqual([
      'attributeCreated',
      'attributeUpdated',
      'attributeDeleted',
      'entityDeleted',
    ])
    expect(all.representation.datasetIds).toEqual(['urn:d:1', null])
    expect(all.condition.geo).toMatchObject({
      property: 'urn:A:location',
      relation: { kind: 'maxDistance', metres: 500 },
    })
    expect(all.representation.pick).toEqual([
      { member: 'id' },
      { member: 'urn:A:r', linked: [{ member: 'urn:A:a' }, { member: 'urn:A:s', linked: [{ member: 'urn:A:b' }] }] },
    ])
  })

  it('5.2.33: "*" is all entities, id takes precedence over idPattern', () => {
    const { condition } = decoded({ entities: [{ type: '*' }, { type: 'Room', id: 'urn:r:1', idPattern: '.*' }] })
    expect(condition.entities).toEqual([{}, { types: [['urn:A:Room']], ids: ['urn:r:1'] }])
  })

  it('5.2.14.1: attributes is pick with id, type and scope; keyValues is simplified; "@none" is no join', () => {
    const { pick, format } = told({ attributes: ['a', 'b', 'a'], format: 'keyValues' })
    expect(pick?.map(({ member }) => member)).toEqual(['id', 'type', 'scope', 'urn:A:a', 'urn:A:b'])
    expect(format).toBe('simplified')
    expect(told({ join: '@none' }).join).toEqual({ kind: 'none', level: 0 })
    expect(told({ join: 'flat' }).join).toEqual({ kind: 'flat', level: 1 })
  })

  it('5.2.15: receiverInfo of MQTT is metadata, not headers; of HTTP notifierInfo is nothing', () => {
    const metadata = { uri: 'mqtts://user:secret@example.org:8883/a/b', receiverInfo: [{ key: 'a b', value: 'ñ\n' }] }
    expect(decoded({ notification: { endpoint: metadata } }).endpoint.receiverInfo).toEqual(metadata.receiverInfo)
    const idle = { ...endpoint, notifierInfo: [{ key: 'MQTT-QoS', value: '9' }] }
    expect(decoded({ notification: { endpoint: idle } }).endpoint.notifierInfo).toEqual(idle.notifierInfo)
  })

  it('6.3.5: expandValues says of which Attributes q has values that are names', () => {
    const { condition } = decoded({ q: 'a=="x"', expandValues: 'a' })
    expect(JSON.stringify(condition.q)).toContain('urn:A:x')
    expect(JSON.stringify(decoded({ q: 'a=="x"', expandValues: 'b' }).condition.q)).not.toContain('urn:A:x')
  })

  it('5.8.1.4: what expires now has expired', () => {
    expect(() => decoded({ expiresAt: '2026-06-01T00:00:00Z' })).toThrow(/past/)
    expect(decoded({ expiresAt: '2026-06-01T00:00:00.001Z' }).expiresAt).toBe(NOW + 1)
  })
})
