/** Numbers that a double cannot hold, or that are written as nobody writes them, are kept equal as decimals. */

import { afterEach, describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityPath, expectAllOrNothing, expectAnswered, JSON_BODY, send } from './client.ts'

const broker = brokerOfFile()
const ID = 'urn:ngsi-ld:Number:one'
const post = (members: string) =>
  expectAllOrNothing(broker, {
    method: 'POST',
    path: `${API}/entities`,
    headers: JSON_BODY,
    body: `{"id":"${ID}","type":"T",${members}}`,
  })

afterEach(() => send(broker, { method: 'DELETE', path: entityPath(ID) }))

/** Sign, digits without zeros around them, and exponent: equal for equal decimals. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  return significant === ''
    ? '0'
    : `${sign}${significant}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - significant.length)}`
}

const numbers = [
  ...[
    '0',
    '-0',
    '-0.0',
    '0e0',
    '-0e-5',
    '0e999999',
    '1',
    '1.0',
    '1.50',
    '1e2',
    '1E+2',
    '1e-2',
    '100e-2',
    '0.1',
    '0.30000000000000004',
  ],
  ...[
    '9007199254740993',
    '100000000000000001',
    '-12345678901234567890',
    '0.1234567890123456789',
    '123456789012345678901234567890e-10',
  ],
  ...[
    '1e400',
    '-1e400',
    '1e-400',
    '5e-324',
    '2e-324',
    '1.7976931348623157e308',
    '1.7976931348623159e308',
    '1e999999999999999999',
  ],
  ...[
    '4.35',
    '2.675',
    '1e21',
    '1e22',
    '123456789.123456789e-9',
    `1${'0'.repeat(900)}`,
    `0.${'0'.repeat(900)}1`,
    '9'.repeat(990),
  ],
]

describe.each(numbers.map((text) => [text.slice(0, 40), text]))('%s', (_, text) => {
  it('comes back as it went in, wherever it stands', async () => {
    const places = [
      `"a":{"type":"Property","value":${text}}`,
      `"b":${text}`,
      `"c":{"type":"Property","value":[${text},{"deep":${text}}]}`,
      `"d":{"type":"JsonProperty","json":{"n":${text}}}`,
      `"e":{"type":"ListProperty","valueList":[${text}]}`,
    ]
    const answer = await post(places.join(','))
    expect(answer.status, answer.text).toBe(201)
    const { text: shown } = await send(broker, { path: entityPath(ID) })
    const found = shown.match(/(?<=[:[,])-?\d[\d.eE+-]*/g) ?? []
    expect(found.map(decimal)).toEqual(Array(6).fill(decimal(text)))
    const patch = `{"c":{"value":[${text}]},"f":${text}}`
    const merged = await send(broker, { method: 'PATCH', path: entityPath(ID), headers: JSON_BODY, body: patch })
    expect(merged.status, merged.text).toBe(204)
    const { text: simplified } = await send(broker, { path: `${entityPath(ID)}?format=simplified&pick=c,f` })
    expect((simplified.match(/-?\d[\d.eE+-]*/g) ?? []).map(decimal)).toEqual([decimal(text), decimal(text)])
  })

  it('as a coordinate is a place on Earth, or refused', async () => {
    const { status, text: answer } = await post(
      `"location":{"type":"GeoProperty","value":{"type":"Point","coordinates":[${text},0]}}`,
    )
    const onEarth = Math.abs(Number(text)) <= 180
    expect(status, answer).toBe(onEarth ? 201 : 400)
    if (!onEarth) return expect(JSON.parse(answer).at).toMatch(/^\/location\/value\/coordinates/)
    const { text: shown } = await send(broker, { path: `${entityPath(ID)}?pick=location&format=simplified` })
    expect(decimal(/\[([^,]+),/.exec(shown)?.[1] ?? ''), shown).toBe(decimal(text))
    expectAnswered(
      await send(broker, { path: `${API}/entities?local=true`, headers: { Accept: 'application/geo+json' } }),
    )
  })

  it('is refused where no number belongs', async () => {
    for (const members of [
      `"a":{"type":"Relationship","object":${text}}`,
      `"scope":${text}`,
      `"a":{"type":"Property","value":1,"unitCode":${text}}`,
      `"a":{"type":"Property","value":1,"observedAt":${text}}`,
      `"a":{"type":"VocabProperty","vocab":${text}}`,
      `"a":{"type":"LanguageProperty","languageMap":{"es":${text}}}`,
      `"a":{"type":"Property","value":1,"datasetId":${text}}`,
      `"a":{"type":${text},"value":1}`,
      `"a":{"type":"JsonProperty","json":${text}}`,
      `"a":{"type":"GeoProperty","value":${text}}`,
      `"expiresAt":${text}`,
    ]) {
      expect((await post(members)).status, members.slice(0, 200)).toBe(400)
    }
  })
})

describe('what is no JSON number', () => {
  it.each([
    '+1',
    '01',
    '.5',
    '1.',
    '1e',
    '1e+',
    '0x10',
    'NaN',
    'Infinity',
    '-Infinity',
    '-',
    '1_000',
    '1,5',
    '１',
    '1n',
    '--1',
    '1e1.5',
    '1.2.3',
    '1e5e5',
  ])('%s is refused', async (text) => {
    const { status, text: answer } = await post(`"a":${text}`)
    expect(status).toBe(400)
    expect(JSON.parse(answer).detail).toMatch(/no JSON.*line 1, column/)
  })
})
