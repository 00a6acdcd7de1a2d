import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { a, entityOf, holds, language, property, relationship } from '../../../test/support/query-entities.ts'
import type { Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import type { ComparableOperand, Operand, QueryTerm } from './ast.ts'
import { comparablesOf } from './comparable.ts'
import { matchesQuery } from './evaluate-query.ts'

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
