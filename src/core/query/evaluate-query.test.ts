import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeInstance, AttributeType, Entity, Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { CORE } from '../model/uri.ts'
import type { ComparableOperand, Operand, QueryTerm } from './ast.ts'
import { comparablesOf } from './comparable.ts'
import { matchesQuery } from './evaluate-query.ts'
import { parseQuery } from './parse-query.ts'

const CORE_TERMS: Readonly<Record<string, string>> = { valueType: 'hasValueType', objectType: 'hasObjectType' }
const NOT_REIFIED = [
  'observedAt',
  'createdAt',
  'modifiedAt',
  'expiresAt',
  'unitCode',
  'datasetId',
  ...Object.keys(CORE_TERMS),
]
const NOW = Date.UTC(2026, 1, 23, 5, 59, 13)

const expand = (name: string) => (NOT_REIFIED.includes(name) ? CORE + (CORE_TERMS[name] ?? name) : `urn:A:${name}`)

/** `gender`: the values of that Attribute are expanded. */
function queryOf(text: string) {
  const limits = { chars: 1000, terms: 20, depth: 5 }
  const expandValue = (value: string) => `http://example.org/${value}`
  return parseQuery(text, { expand, expandValue, expandValues: new Set(['gender']), at: 'q', limits })
}

type Sent = Partial<AttributeInstance> & { readonly type: AttributeType; readonly value: Json }

function instanceOf({ attributes, ...sent }: Sent): AttributeInstance {
  return { createdAt: NOW, modifiedAt: NOW, ...sent, ...(attributes !== undefined && { attributes }) }
}

function entityOf(attributes: Readonly<Record<string, Sent | readonly Sent[]>>, more: Partial<Entity> = {}): Entity {
  const named = Object.entries(attributes).map(([name, sent]) => [
    `urn:A:${name}`,
    [sent].flat().map((one) => instanceOf(one as Sent)),
  ])
  return {
    id: 'urn:x:1',
    types: ['urn:T:a'],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: Object.fromEntries(named),
    ...more,
  }
}

const property = (value: Json, more: Partial<AttributeInstance> = {}): Sent => ({ type: 'Property', value, ...more })
const language = (value: Json): Sent => ({ type: 'LanguageProperty', value })
const vocab = (value: Json): Sent => ({ type: 'VocabProperty', value })
const relationship = (value: Json): Sent => ({ type: 'Relationship', value })
const sub = (name: string, sent: Sent) => ({ attributes: { [`urn:A:${name}`]: [instanceOf(sent)] } })

const holds = (entity: Entity, text: string, others: readonly Entity[] = []) =>
  matchesQuery(entity, queryOf(text), (id) => others.find((other) => other.id === id))
/** Of an entity with the Attribute `a`. */
const a = (sent: Sent | readonly Sent[], text: string) => holds(entityOf({ a: sent }), text)

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

describe('Query Terms are combined (4.9)', () => {
  const car = entityOf({ speed: property(80), brandName: property('Mercedes'), rpm: property(2000) })

  it('EXAMPLE 4: and "meet at the same time the conditions posed by all the Query Terms"', () => {
    expect(holds(car, 'speed>50;brandName=="Mercedes"')).toBe(true)
    expect(holds(car, 'speed>50;brandName!="Mercedes"')).toBe(false)
  })

  it('EXAMPLE 6: or "meet any of the conditions", and associations take precedence', () => {
    expect(holds(car, '((speed>90|rpm>1000);brandName=="Mercedes")')).toBe(true)
    expect(holds(car, '(speed>90|rpm>1000);brandName=="Audi"')).toBe(false)
    expect(holds(car, 'speed>50|rpm>3000;brandName=="Audi"')).toBe(true)
  })
})

describe('equal (4.9)', () => {
  it('"Is identical or equivalent to the target value"', () => {
    expect(a(property('red'), 'a=="red"')).toBe(true)
    expect(a(property('Red'), 'a=="red"')).toBe(false)
    expect(a(property(20), 'a==20.0')).toBe(true)
    expect(a(property(true), 'a==true')).toBe(true)
    expect(a(property(false), 'a==true')).toBe(false)
    expect(a(property(new ExactNumber('0.10000000000000000001')), 'a==0.1')).toBe(true)
    expect(a(property({ '@type': 'DateTime', '@value': '2020-01-01T00:00:00.0Z' }), 'a==2020-01-01T00:00:00Z')).toBe(
      true,
    )
    expect(a(property({ '@type': 'urn:xsd:boolean', '@value': true }), 'a==true')).toBe(true)
  })

  it('"Is included in the target value, if the latter is an array"', () => {
    expect(a(property(['blue', 'red', 'green']), 'a=="red"')).toBe(true)
    expect(a(property(['blue', ['red']]), 'a=="red"')).toBe(false)
  })

  it('"The target value is identical or equivalent to any of the list values", or includes one', () => {
    expect(a(property('red'), 'a=="black","red"')).toBe(true)
    expect(a(property('blue'), 'a=="black","red"')).toBe(false)
    expect(a(property(['red', 'blue']), 'a=="black","red"')).toBe(true)
  })

  it('"in the interval between the minimum and maximum of the range (both included)"', () => {
    for (const value of [10, 15, 20]) expect(a(property(value), 'a==10..20')).toBe(true)
    for (const value of [9, 21, '15', [15]]) expect(a(property(value), 'a==10..20')).toBe(false)
    expect(a(property('2020-05-05'), 'a==2020-01-01..2020-12-31')).toBe(true)
  })

  const languages = { fr: 'rouge', en: 'red', de: 'rot' }
  const lists = { fr: ['chat', 'rouge'], en: ['red', 'cat'], de: ['rote', 'Katze'] }

  it('"a match is found as the value of the key-value pair corresponding to the specified natural language"', () => {
    expect(a(language(languages), 'a[en]=="red"')).toBe(true)
    expect(a(language(languages), 'a[EN]=="red"')).toBe(true)
    expect(a(language({ fr: 'red', en: 'black', de: 'blue' }), 'a[en]=="red"')).toBe(false)
    expect(a(language(languages), 'a[es]')).toBe(false)
    expect(a(language(languages), 'a[en.x]')).toBe(false)
  })

  it('"a match is found as a single element from the array of values" of the language', () => {
    expect(a(language(lists), 'a[en]=="red"')).toBe(true)
    expect(a(language({ ...lists, en: ['coal', 'black'] }), 'a[en]=="red"')).toBe(false)
  })

  it('"any match is found in the values of the key-value pairs of the languageMap"', () => {
    for (const text of ['a[*]=="red"', 'a=="rouge"']) {
      expect(a(language(languages), text)).toBe(true)
      expect(a(language(lists), text)).toBe(true)
    }
    expect(a(language(languages), 'a[*]=="blue"')).toBe(false)
  })

  it('"The Query Term value is a URI and the target element corresponds to a Relationship, a ListRelationship or a VocabProperty"', () => {
    for (const type of ['Relationship', 'ListRelationship', 'VocabProperty'] as const) {
      const several = ['http://example.com/blue', 'http://example.com/red']
      if (type !== 'ListRelationship')
        expect(a({ type, value: 'http://example.com/red' }, 'a==http://example.com/red')).toBe(true)
      expect(a({ type, value: several }, 'a==http://example.com/red')).toBe(true)
      expect(a({ type, value: several }, 'a=="http://example.com/black","http://example.com/red"')).toBe(true)
      expect(a({ type, value: several }, 'a==http://example.com/green')).toBe(false)
    }
  })

  it('EXAMPLE 3: a URI may stand in quotes', () => {
    expect(
      a(relationship('urn:ngsi-ld:OffStreetParking:Downtown1'), 'a=="urn:ngsi-ld:OffStreetParking:Downtown1"'),
    ).toBe(true)
  })

  it('a URI is identical to a text that is that URI, a bare word to none', () => {
    expect(a(property('urn:x:9'), 'a==urn:x:9')).toBe(true)
    expect(a(property('commercial'), 'a==commercial')).toBe(false)
    expect(a(property('commercial'), 'a!=commercial')).toBe(true)
  })

  it('"If there is no equality between the target value data type and the Query Term value data type, then … not matching"', () => {
    expect(a(property('20'), 'a==20')).toBe(false)
    expect(a(property(1), 'a==true')).toBe(false)
    expect(a(property('true'), 'a==true')).toBe(false)
    expect(a(property({ x: 1 }), 'a=="[object Object]"')).toBe(false)
    expect(a(property('2020-01-01'), 'a==2020-01-01T00:00:00Z')).toBe(false)
    expect(a({ type: 'JsonProperty', value: null }, 'a=="null"')).toBe(false)
  })

  it('compares texts in quotes as texts, times as times', () => {
    expect(a(property('2020-01-01T00:00:00.0Z'), 'a=="2020-01-01T00:00:00Z"')).toBe(false)
    expect(a(property('2020-01-01T00:00:00.0Z'), 'a==2020-01-01T00:00:00Z')).toBe(true)
    expect(a(property('12:00:00,5Z'), 'a==12:00:00.5Z')).toBe(true)
  })
})

describe('unequal (4.9)', () => {
  it('"A matching entity shall contain the target element"', () => {
    expect(holds(entityOf({}), 'a!="red"')).toBe(false)
  })

  it('"Is neither identical nor equivalent to the target value"', () => {
    expect(a(property('black'), 'a!="red"')).toBe(true)
    expect(a(property('red'), 'a!="red"')).toBe(false)
  })

  it('"Is not included in the target value, if the latter is an array"', () => {
    expect(a(property(['blue', 'black', 'green']), 'a!="red"')).toBe(true)
    expect(a(property(['blue', 'red', 'green']), 'a!="red"')).toBe(false)
    expect(a(property([]), 'a!="red"')).toBe(true)
  })

  it('"The target value is neither identical nor equivalent to any of the list values", nor does it include one', () => {
    expect(a(property('blue'), 'a!="black","red"')).toBe(true)
    expect(a(property('red'), 'a!="black","red"')).toBe(false)
    expect(a(property(['blue', 'yellow', 'green']), 'a!="black","red"')).toBe(true)
    expect(a(property(['blue', 'red', 'green']), 'a!="black","red"')).toBe(false)
  })

  it('"The target value is not in the interval between the minimum and the maximum (both included)"', () => {
    expect(a(property(9), 'a!=10..20')).toBe(true)
    expect(a(property(20), 'a!=10..20')).toBe(false)
    expect(a(property('x'), 'a!=10..20')).toBe(true)
  })

  it('"No matching value is found as the value of the specified language key"', () => {
    expect(a(language({ fr: 'noir', en: 'black', de: 'schwarz' }), 'a[en]!="red"')).toBe(true)
    expect(a(language({ fr: 'rouge', en: 'red', de: 'rot' }), 'a[en]!="red"')).toBe(false)
    expect(a(language({ fr: ['rouge', 'noir'], en: ['red', 'black'] }), 'a[en]!="red"')).toBe(false)
    expect(a(language({ fr: 'rouge' }), 'a[en]!="red"')).toBe(false)
  })

  it('"No matching value is found in any of the values of the key-value pairs of a languageMap"', () => {
    for (const path of ['a[*]', 'a']) {
      expect(a(language({ fr: 'noir', en: 'black', de: 'schwarz' }), `${path}!="red"`)).toBe(true)
      expect(a(language({ fr: 'rouge', en: 'red', de: 'rot' }), `${path}!="red"`)).toBe(false)
      expect(a(language({ fr: ['rouge', 'noir'], en: ['red', 'black'] }), `${path}!="red"`)).toBe(false)
    }
  })

  it('of URIs: "Is not identical to the target value", "Is not included in the target value"', () => {
    expect(a(relationship('http://example.com/black'), 'a!=http://example.com/red')).toBe(true)
    expect(a(relationship(['http://example.com/blue', 'http://example.com/red']), 'a!=http://example.com/red')).toBe(
      false,
    )
    expect(
      a(
        { type: 'ListRelationship', value: ['http://example.com/blue'] },
        'a!="http://example.com/black","http://example.com/red"',
      ),
    ).toBe(true)
  })

  it('"If the data type of the target value and the data type of the Query Term value are different, then they shall be considered unequal"', () => {
    expect(a(property('20'), 'a!=20')).toBe(true)
    expect(a(property({}), 'a!=20')).toBe(true)
    expect(a(property(null), 'a!=20')).toBe(true)
  })
})

describe('greater and less (4.9)', () => {
  it('"strictly greater", "strictly less", or equal', () => {
    expect(['a>5', 'a>=5', 'a<5', 'a<=5'].map((text) => a(property(5), text))).toEqual([false, true, false, true])
    expect(['a>5', 'a>=5', 'a<5', 'a<=5'].map((text) => a(property(6), text))).toEqual([true, true, false, false])
  })

  it('"When comparing dates or times, the order relation considered shall be a temporal one"', () => {
    expect(a(property('2020-01-01T00:00:00.5Z'), 'a>2020-01-01T00:00:00Z')).toBe(true)
    expect(a(property('2020-01-01T00:00:00Z'), 'a<2020-01-01T00:00:00.5Z')).toBe(true)
    expect(a(property('10:00:00Z'), 'a<12:00:00Z')).toBe(true)
    expect(a(property('2020-02-01'), 'a>2020-01-31')).toBe(true)
  })

  it('of texts goes by code points', () => {
    expect(a(property('b'), 'a>"a"')).toBe(true)
    expect(a(property('😀'), 'a>"\\ufb00"')).toBe(true)
  })

  it('"If there is no equality between the target value data type and the Query Term value data type then … not matching"', () => {
    for (const value of ['6', true, { x: 6 }, [6], null, '2020-01-01']) expect(a(property(value), 'a>5')).toBe(false)
    expect(a(property(6), 'a>"5"')).toBe(false)
  })

  it('"If the target element corresponds to a Relationship or ListRelationship, … any operator different than equal or unequal shall result in not matching"', () => {
    for (const sent of [relationship('urn:b'), { type: 'ListRelationship', value: ['urn:b'] } as const]) {
      for (const text of [
        'a>"urn:a"',
        'a>="urn:a"',
        'a<"urn:c"',
        'a<="urn:c"',
        'a~="urn"',
        'a!~="x"',
        'a=="urn:a".."urn:c"',
      ]) {
        expect(a(sent, text)).toBe(false)
      }
    }
  })
})

describe('patterns (4.9)', () => {
  it('"the target value shall be in the L(R) of the regular pattern"', () => {
    expect(a(property('Eiffel Tower'), 'a~="^Eiffel"')).toBe(true)
    expect(a(property('Tour Eiffel'), 'a~="^Eiffel"')).toBe(false)
    expect(a(language({ en: 'Eiffel Tower', fr: 'Tour Eiffel' }), 'a~="^Tour"')).toBe(true)
    expect(a(language({ en: 'Eiffel Tower', fr: 'Tour Eiffel' }), 'a[en]~="^Tour"')).toBe(false)
  })

  it('"the target value shall not be in the L(R) of the regular pattern"', () => {
    expect(a(property('Pisa Tower'), 'a!~="^Eiffel"')).toBe(true)
    expect(a(property('Eiffel Tower'), 'a!~="^Eiffel"')).toBe(false)
    expect(a(language({ en: 'Eiffel Tower', fr: 'Tour Eiffel' }), 'a!~="^Tour"')).toBe(false)
    expect(holds(entityOf({}), 'a!~="^Eiffel"')).toBe(false)
  })

  it('"If the target value data type is different than String then it shall be considered as not matching"', () => {
    for (const value of [5, true, ['5'], { x: '5' }, null]) {
      expect(a(property(value), 'a~="."')).toBe(false)
      expect(a(property(value), 'a!~="x"')).toBe(false)
    }
    expect(a(language({ en: ['5'] }), 'a~="5"')).toBe(false)
  })
})

describe('whatever is compared', () => {
  const scalar = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('', 'a', 'b', '2020-01-01', '12:00:00Z'),
    fc.boolean(),
  )
  const operands = fc.oneof(
    scalar.map((value) => comparablesOf(value)[0]).map(toOperand),
    fc.constantFrom('2020-01-01', '12:00:00Z').map((text) => toOperand(comparablesOf(text)[1])),
  )
  const meets = (value: Json, test: NonNullable<QueryTerm['test']>) =>
    matchesQuery(
      entityOf({ a: property(value) }),
      { kind: 'term', path: { links: [], names: ['urn:A:a'] }, test },
      () => undefined,
    )

  function toOperand(comparable: ReturnType<typeof comparablesOf>[number] | undefined): Operand {
    if (comparable?.kind === 'boolean') return { kind: 'boolean', value: comparable.value === 1 }
    return comparable as ComparableOperand
  }

  it('one of == and != holds for a value, never both', () => {
    fc.assert(
      fc.property(scalar, operands, (value, operand) => {
        expect(meets(value, { operator: '==', values: [operand] })).toBe(
          !meets(value, { operator: '!=', values: [operand] }),
        )
      }),
    )
  })

  it('one of <, == and > holds for values of one kind, none for others but !=', () => {
    fc.assert(
      fc.property(scalar, operands, (value, operand) => {
        fc.pre(operand.kind !== 'boolean' && operand.kind !== 'uri')
        const ordered = operand as ComparableOperand
        const held = [
          meets(value, { operator: '<', value: ordered }),
          meets(value, { operator: '==', values: [operand] }),
          meets(value, { operator: '>', value: ordered }),
        ].filter(Boolean)
        const sameKind = comparablesOf(value).some(({ kind }) => kind === operand.kind)
        expect(held.length).toBe(sameKind ? 1 : 0)
      }),
    )
  })
})
