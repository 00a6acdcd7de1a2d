import { describe, expect, it } from 'vitest'
import { createAnswerMemory } from './answer-memory.ts'
import { compileTermTable } from './compile.ts'
import type { TermDefinition } from './definitions.ts'

const none = new Map<string, TermDefinition>()
const core = new Map<string, TermDefinition>([
  ['ngsi-ld', { '@id': 'https://uri.etsi.org/ngsi-ld/', _prefix: true }],
  ['id', { '@id': '@id' }],
  ['type', { '@id': '@type' }],
  ['location', { '@id': 'https://uri.etsi.org/ngsi-ld/location' }],
])
const user = new Map<string, TermDefinition | null>([
  ['ex', { '@id': 'https://example.org/', _prefix: true }],
  ['speed', { '@id': 'https://example.org/speed' }],
  ['v', { '@id': 'https://example.org/speed', '@type': 'https://example.org/kmh' }],
  ['madeBy', { '@id': 'https://example.org/maker' }],
  ['manufacturer', { '@id': 'https://example.org/maker', '@type': '@id' }],
  ['observed', { '@id': 'https://example.org/observed', '@type': 'https://example.org/DateTime' }],
  ['lage', { '@id': 'https://uri.etsi.org/ngsi-ld/location' }],
  ['location', { '@id': 'https://example.org/location' }],
  ['ignored', null],
  ['nameless', { '@id': null }],
  ['isPartOf', { '@id': 'https://example.org/hasPart', reverse: true }],
])
const table = compileTermTable(user, core)
const vocabulary = 'https://uri.etsi.org/ngsi-ld/default-context/'

describe('expand', () => {
  it.each([
    ['speed', 'https://example.org/speed'],
    ['ex:colour', 'https://example.org/colour'],
    ['https://example.org/x', 'https://example.org/x'],
    ['urn:x:y', 'urn:x:y'],
    ['two words: one', `${vocabulary}two words: one`],
    ['_:b0', '_:b0'],
    ['unknown', `${vocabulary}unknown`],
    ['constructor', `${vocabulary}constructor`],
    ['__proto__', `${vocabulary}__proto__`],
    ['toString', `${vocabulary}toString`],
    ['hasOwnProperty', `${vocabulary}hasOwnProperty`],
    ['ignored', `${vocabulary}ignored`],
    ['nameless', `${vocabulary}nameless`],
    ['isPartOf', `${vocabulary}isPartOf`],
    ['type', '@type'],
    ['@type', '@type'],
  ])('%s → %s', (name, iri) => {
    expect(table.expand(name)).toBe(iri)
  })

  it('lets no user term stand in for a core term (5.5.7)', () => {
    expect(table.expand('location')).toBe('https://uri.etsi.org/ngsi-ld/location')
  })
})

describe('compact', () => {
  it.each([
    ['https://example.org/maker', 'manufacturer'],
    ['https://example.org/speed', 'speed'],
    ['https://example.org/observed', 'observed'],
    ['https://example.org/colour', 'ex:colour'],
    ['https://example.org/hasPart', 'ex:hasPart'],
    ['https://uri.etsi.org/ngsi-ld/location', 'location'],
    ['https://example.org/location', 'ex:location'],
    ['https://uri.etsi.org/ngsi-ld/other', 'ngsi-ld:other'],
    ['http://elsewhere.org/x', 'http://elsewhere.org/x'],
    [`${vocabulary}unknown`, 'unknown'],
    [`${vocabulary}speed`, 'ngsi-ld:default-context/speed'],
    [`${vocabulary}ex:y`, 'ngsi-ld:default-context/ex:y'],
    [`${vocabulary}@type`, 'ngsi-ld:default-context/@type'],
    [`${vocabulary}constructor`, 'constructor'],
    [`${vocabulary}__proto__`, 'ngsi-ld:default-context/__proto__'],
    [vocabulary, 'ngsi-ld:default-context/'],
    ['@type', 'type'],
    ['@id', 'id'],
  ])('%s → %s', (iri, name) => {
    expect(table.compact(iri)).toBe(name)
  })

  it('gives every term back for its own IRI', () => {
    for (const iri of [...user.values(), ...core.values()].flatMap((definition) => definition?.['@id'] ?? [])) {
      expect(table.expand(table.compact(iri))).toBe(iri)
    }
  })
})

describe('compactVocab', () => {
  it('shortens values that are no names, too', () => {
    expect(table.compactVocab(`${vocabulary}non-commercial`)).toBe('non-commercial')
    expect(table.compact(`${vocabulary}non-commercial`)).toBe('ngsi-ld:default-context/non-commercial')
    expect(table.compactVocab('https://example.org/colour')).toBe('ex:colour')
  })
})

describe('a memory of answers', () => {
  const long = (i: number) => `name${i}${'x'.repeat(200)}`

  it('answers the same when it has forgotten what it remembered', () => {
    const small = compileTermTable(none, core, createAnswerMemory(10_000))
    for (let i = 0; i < 5_000; i++) expect(small.expand(`name${i}`)).toBe(`${vocabulary}name${i}`)
    expect(small.compact(`${vocabulary}name1`)).toBe('name1')
  })

  it('is one for many tables, however many names they are asked for', () => {
    let worked = 0
    const memory = createAnswerMemory(100_000)
    const answers = Array.from({ length: 200 }, () => memory.remembering((text) => `${text}${++worked}`))
    for (const answer of answers) answer(long(0))
    worked = 0
    // From the youngest on, as many as 100,000 bytes hold: an answer of two bytes a character takes more than 900.
    for (const answer of answers.toReversed()) answer(long(0))
    expect(worked).toBeGreaterThan(200 - 100_000 / 900)
  })

  it('works nothing out twice while there is room', () => {
    let worked = 0
    const answer = createAnswerMemory(100_000).remembering((text) => `${text}${++worked}`)
    for (let i = 0; i < 10; i++) answer('a')
    expect(worked).toBe(1)
  })
})
