/** Any JSON to any operation: an answer in time, and on a refusal nothing stored. */

import fc from 'fast-check'
import { beforeEach, describe, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, expectAllOrNothing, JSON_BODY, LD_BODY, send, stored, times } from './client.ts'
import { bodyOperations, createTarget, EVERY_ATTRIBUTE, TARGET } from './operations.ts'

const keywords = [
  ...['id', 'type', 'scope', 'expiresAt', '@context', '@id', '@type', '@value', '@vocab', '@base', '@import', '@graph'],
  ...[
    'value',
    'object',
    'languageMap',
    'vocab',
    'json',
    'valueList',
    'objectList',
    'observedAt',
    'unitCode',
    'datasetId',
  ],
  ...['valueType', 'objectType', 'createdAt', 'modifiedAt', 'instanceId', 'lang', 'dataset', 'entity', 'ngsildproof'],
  ...[
    '__proto__',
    'constructor',
    'hasOwnProperty',
    'toString',
    'coordinates',
    'speed',
    'location',
    'street',
    'größe',
    'a-b',
    '',
    ' ',
  ],
]
const strings = [
  ...[
    TARGET,
    'urn:ngsi-ld:null',
    'Property',
    'GeoProperty',
    'Relationship',
    'LanguageProperty',
    'JsonProperty',
    'Point',
  ],
  ...['2026-02-23T05:59:13Z', '2026-13-99T99:99:99Z', '@none', 'https://example.org/x', '/a/b', '\ud800', '\u0000'],
]

const { any } = fc.letrec<{ any: unknown; object: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 6, depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, -0, 1e308, 1.5, ...strings),
    fc.string({ unit: 'binary' }),
    fc.array(tie('any'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.oneof(fc.constantFrom(...keywords), fc.string()), tie('any'), { maxKeys: 6 }),
}))
/** What gets further than the first check. */
const nearlyEntity = fc
  .tuple(fc.constantFrom(...Object.values(EVERY_ATTRIBUTE)), any, fc.constantFrom(...keywords), any)
  .map(([attribute, value, key, other]) => ({ id: TARGET, type: 'Road', speed: { ...attribute, [key]: value }, other }))
const nearlyContext = any.map((context) => ({ id: TARGET, type: 'Road', speed: 1, '@context': context }))
const bodies = fc.oneof(any, nearlyEntity, fc.array(nearlyEntity, { maxLength: 3 }), nearlyContext)

describe.each(bodyOperations)('$name', ({ method, path }) => {
  const broker = brokerOfFile()
  beforeEach(() => createTarget(broker))

  it('takes any JSON as data, or refuses it', async () => {
    const property = fc.asyncProperty(bodies, fc.boolean(), async (body, ld) => {
      await createTarget(broker)
      await expectAllOrNothing(broker, { method, path, headers: ld ? LD_BODY : JSON_BODY, body: JSON.stringify(body) })
    })
    await fc.assert(property, { numRuns: 40 * times })
  })
})

describe('every operation', () => {
  const broker = brokerOfFile()

  it('takes any text as JSON, or refuses it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.stringMatching(/^[[\]{}",:0-9eE+\-.a-z\\]{0,30}$/),
    )
    const property = fc.asyncProperty(fc.constantFrom(...bodyOperations), text, async ({ method, path }, body) => {
      await expectAllOrNothing(broker, { method, path, headers: JSON_BODY, body })
    })
    await fc.assert(property, { numRuns: 150 * times })
  })

  it('takes any bytes, or refuses them', async () => {
    const property = fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      const sent = { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body: Buffer.from(bytes) }
      await expectAllOrNothing(broker, sent)
    })
    await fc.assert(property, { numRuns: 100 * times })
  })

  it('has left only what can be shown', async () => {
    await stored(broker)
    for (const format of ['simplified', 'concise', 'normalized']) {
      await send(broker, { path: `${API}/entities?local=true&limit=1000&format=${format}` })
    }
  })
})
