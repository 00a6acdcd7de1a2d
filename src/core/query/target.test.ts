import { describe, expect, it } from 'vitest'
import {
  a,
  entityOf,
  holds,
  language,
  property,
  relationship,
  type Sent,
  sub,
  vocab,
} from '../../../test/support/query-entities.ts'
import { matchesQuery } from './evaluate-query.ts'

describe('what a path leads to (4.9)', () => {
  it('EXAMPLE 0: "checks for the existence of the attribute temperature", whatever it is', () => {
    for (const sent of [
      property(20),
      property([]),
      language({ en: 'x' }),
      relationship('urn:x:2'),
      { type: 'JsonProperty', value: null } as const,
    ]) {
      expect(holds(entityOf({ temperature: sent }), 'temperature')).toBe(true)
    }
    expect(holds(entityOf({ humidity: property(20) }), 'temperature')).toBe(false)
  })

  it('is no member that JavaScript gives to every object', () => {
    const entity = entityOf({ a: property('text') })
    expect(matchesQuery(entity, { kind: 'term', path: { links: [], names: ['constructor'] } }, () => undefined)).toBe(
      false,
    )
    expect(holds(entity, 'a[length]')).toBe(false)
    expect(a(property({}), 'a[constructor]')).toBe(false)
    expect(a(property([1, 2]), 'a[length]==2')).toBe(false)
  })

  it('EXAMPLE 8: a non-reified member of an Attribute, by time', () => {
    const entity = entityOf({ temperature: property(20, { observedAt: '2017-12-24T12:00:00.5Z' }) })
    expect(holds(entity, 'temperature.observedAt>=2017-12-24T12:00:00Z')).toBe(true)
    expect(holds(entity, 'temperature.observedAt>2017-12-24T12:00:00.500000Z')).toBe(false)
    expect(holds(entity, 'temperature.observedAt')).toBe(true)
    expect(holds(entityOf({ temperature: property(20) }), 'temperature.observedAt')).toBe(false)
  })

  it('is any of the non-reified members', () => {
    const entity = entityOf({
      a: property(1, { unitCode: 'CEL', datasetId: 'urn:d:1', valueType: 'urn:t', expiresAt: '2027-01-01T00:00:00Z' }),
      r: { ...relationship('urn:x:2'), objectType: ['urn:T:b', 'urn:T:c'] },
    })
    expect(holds(entity, 'a.unitCode=="CEL"')).toBe(true)
    expect(holds(entity, 'a.datasetId==urn:d:1')).toBe(true)
    expect(holds(entity, 'a.valueType==urn:t')).toBe(true)
    expect(holds(entity, 'a.expiresAt<2027-01-02T00:00:00Z')).toBe(true)
    expect(holds(entity, 'a.createdAt==2026-02-23T05:59:13Z;a.modifiedAt=="2026-02-23T05:59:13Z"')).toBe(true)
    expect(holds(entity, 'r.objectType==urn:T:c')).toBe(true)
    expect(holds(entity, 'r.objectType!=urn:T:c')).toBe(false)
    expect(holds(entity, 'r.unitCode')).toBe(false)
    expect(holds(entity, 'a.unitCode[x]')).toBe(false)
    expect(holds(entity, 'a.unitCode[x]!="CEL"')).toBe(false)
  })

  it('is a time of the entity itself, where it is the first name', () => {
    const entity = entityOf({ a: property(1) }, { expiresAt: '2027-01-01T00:00:00Z' })
    expect(holds(entity, 'createdAt==2026-02-23T05:59:13Z')).toBe(true)
    expect(holds(entity, 'modifiedAt>2026-02-23T05:59:13Z')).toBe(false)
    expect(holds(entity, 'expiresAt')).toBe(true)
    expect(holds(entity, 'observedAt')).toBe(false)
    expect(holds(entity, 'createdAt[x]')).toBe(false)
  })

  it('"Each other name … represents a (sub)Property or (sub)Relationship"', () => {
    const entity = entityOf({ a: property(1, sub('b', property(2, sub('c', relationship('urn:x:2'))))) })
    expect(holds(entity, 'a.b==2')).toBe(true)
    expect(holds(entity, 'a.b.c==urn:x:2')).toBe(true)
    expect(holds(entity, 'a.c')).toBe(false)
    expect(holds(entity, 'a.b.c.modifiedAt')).toBe(true)
    expect(holds(entity, 'a.b.c.d')).toBe(false)
  })

  it('"If a Property has multiple instances …, the target value shall be any Value of such instances"', () => {
    const both = [property(1, sub('s', property('x'))), property(5, { datasetId: 'urn:d:1' })]
    expect(a(both, 'a==1')).toBe(true)
    expect(a(both, 'a==5')).toBe(true)
    expect(a(both, 'a!=1')).toBe(true)
    expect(a(both, 'a>5')).toBe(false)
    expect(a(both, 'a.s=="x"')).toBe(true)
    expect(a([relationship('urn:x:2'), { ...relationship('urn:x:3'), datasetId: 'urn:d:1' }], 'a==urn:x:3')).toBe(true)
  })

  it('"If the target element is a ListProperty, the target value is defined as the valueList array"', () => {
    expect(a({ type: 'ListProperty', value: [1, 2] }, 'a==2')).toBe(true)
    expect(a({ type: 'ListProperty', value: [1, 2] }, 'a>1')).toBe(false)
  })

  it('EXAMPLE 9: "a specific data subitem (member) within the seed target value"', () => {
    const address = property({ city: 'Berlin', street: 'Ulrich Strasse' })
    expect(holds(entityOf({ address }), 'address[city]=="Berlin"')).toBe(true)
    expect(holds(entityOf({ address }), 'address[city]=="Paris"')).toBe(false)
  })

  it('EXAMPLE 10: "The particulate Property of the compound JSON object is targeted"', () => {
    const rawdata = property({ airquality: { particulate: 40, PM20: 85 } })
    const entity = entityOf({ sensor: property(40, sub('rawdata', rawdata)) })
    expect(holds(entity, 'sensor.rawdata[airquality.particulate]==40')).toBe(true)
    expect(holds(entity, 'sensor.rawdata[airquality]')).toBe(true)
  })

  it('"If the evaluation … does not result in a defined value, the target element shall be considered as non-existent"', () => {
    const address = property({ city: 'Berlin', empty: null })
    expect(a(address, 'a[postcode]')).toBe(false)
    expect(a(address, 'a[postcode]!="Berlin"')).toBe(false)
    expect(a(address, 'a[city.name]')).toBe(false)
    expect(a(address, 'a[empty]')).toBe(true)
    expect(a(property('Berlin'), 'a[city]')).toBe(false)
    expect(a(relationship('urn:x:2'), 'a[city]')).toBe(false)
    expect(a(property([{ city: 'Berlin' }]), 'a[city]')).toBe(false)
  })

  it('EXAMPLE 11: the value of a JsonProperty, whose members are not expanded', () => {
    const entity = entityOf({
      parkingTickets: { type: 'JsonProperty', value: { id: '85a6cc52', value: 'Overstay 60 minutes' } },
    })
    expect(holds(entity, 'parkingTickets[value]=="Overstay 60 minutes"')).toBe(true)
  })

  it('EXAMPLE 12: "the target value is first expanded to a URI using the supplied @context"', () => {
    const entity = entityOf({ gender: vocab('http://example.org/Male') })
    expect(holds(entity, 'gender==Male')).toBe(true)
    expect(holds(entity, 'gender=="Male"')).toBe(true)
    expect(holds(entity, 'gender==Female')).toBe(false)
    expect(holds(entity, 'gender!=Male')).toBe(false)
    expect(holds(entityOf({ gender: vocab('urn:Male') }), 'gender==urn:Male')).toBe(false)
    expect(a(vocab('http://example.org/Male'), 'a==Male')).toBe(false)
    expect(a(vocab('http://example.org/Male'), 'a==http://example.org/Male')).toBe(true)
    expect(a(vocab(['http://example.org/X', 'http://example.org/Male']), 'a==http://example.org/Male')).toBe(true)
  })

  it('is a GeoProperty, and what is in its geometry', () => {
    const place: Sent = { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } }
    expect(a(place, 'a[type]=="Point"')).toBe(true)
    expect(a(place, 'a[coordinates]==2')).toBe(true)
    expect(a(place, 'a=="Point"')).toBe(false)
  })
})

describe('linked entities (4.9)', () => {
  const device = entityOf(
    { humidity: property(40), owner: relationship('urn:x:3') },
    { id: 'urn:x:2', types: ['urn:A:Device'] },
  )
  const owner = entityOf({ name: property('Ana') }, { id: 'urn:x:3', types: ['urn:A:Person', 'urn:A:Agent'] })
  const others = [device, owner]

  it('EXAMPLE 13: "a sub-query on matching target objects which have the matching humidity Attribute"', () => {
    const station = entityOf({ sensor: relationship('urn:x:2') })
    expect(holds(station, 'sensor{humidity}==40', others)).toBe(true)
    expect(holds(station, 'sensor{humidity}==41', others)).toBe(false)
    expect(holds(station, 'sensor{humidity}', others)).toBe(true)
    expect(holds(station, 'sensor{temperature}', others)).toBe(false)
    expect(holds(station, 'sensor{humidity}==40')).toBe(false)
  })

  it('EXAMPLE 14: "a hint for the required Entity Type …, so only such NGSI-LD Entities need to be considered"', () => {
    const station = entityOf({ sensor: relationship('urn:x:2') })
    expect(holds(station, 'sensor{Device:humidity}==40', others)).toBe(true)
    expect(holds(station, 'sensor{Vehicle:humidity}==40', others)).toBe(false)
    expect(holds(station, 'sensor{Vehicle,Device:humidity}==40', others)).toBe(true)
  })

  it('are followed from one to the next, over any of the targets', () => {
    const station = entityOf({
      sensor: relationship(['urn:x:9', 'urn:x:2']),
      list: { type: 'ListRelationship', value: ['urn:x:2'] },
    })
    expect(holds(station, 'sensor{Device:owner{Person:name}}=="Ana"', others)).toBe(true)
    expect(holds(station, 'list{owner{Agent:name}}=="Ana"', others)).toBe(true)
    expect(holds(station, 'sensor{owner{Device:name}}=="Ana"', others)).toBe(false)
  })

  it('may lead back to where they began', () => {
    const loop = entityOf({ next: relationship('urn:x:1'), name: property('me') })
    expect(holds(loop, 'next{next{next{name}}}=="me"', [loop])).toBe(true)
  })

  it('are those of a Relationship only', () => {
    expect(holds(entityOf({ sensor: property('urn:x:2') }), 'sensor{humidity}', others)).toBe(false)
  })
})
