/** Input that is larger, deeper or more than any limit by far: refused at once, and nothing of it stays. */

import { afterEach, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityPath, expectAnswered, LD_BODY, type Sent, send } from './client.ts'
import { attributes, entity, ID, line, nested, post } from './large.ts'

const broker = brokerOfFile()
afterEach(() => send(broker, { method: 'DELETE', path: `${API}/entities?type=*` }))

const deepGeometry = (depth: number) =>
  `{"type":"Point","coordinates":[1,2],"x":${'['.repeat(depth)}${']'.repeat(depth)}}`
const many = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i)).join(',')

it.each<readonly [string, number, () => Sent]>([
  ['10 MB', 413, () => entity({ a: 'x'.repeat(10_000_000) })],
  ['depth 1,000', 400, () => post('entities', nested(1_000))],
  ['depth 100,000', 400, () => post('entities', nested(100_000))],
  ['depth 3,000,000 without an end', 400, () => post('entities', '['.repeat(3_000_000))],
  ['depth 100,000 of objects', 400, () => post('entities', '{"a":'.repeat(100_000))],
  [
    'depth 100,000 within a geometry as text',
    400,
    () => entity({ location: { type: 'GeoProperty', value: deepGeometry(100_000) } }),
  ],
  ['100,000 attributes', 400, () => entity(attributes(100_000))],
  ['10,001 sub-attributes', 400, () => entity({ a: { type: 'Property', value: 1, ...attributes(10_001) } })],
  [
    '10,001 instances',
    400,
    () =>
      entity({
        a: Array.from({ length: 10_001 }, (_, i) => ({ type: 'Property', value: 1, datasetId: `urn:d:${i}` })),
      }),
  ],
  [
    '100,000 points',
    400,
    () =>
      entity({
        location: {
          type: 'GeoProperty',
          value: { type: 'Polygon', coordinates: [[...line(99_999).coordinates, [0, 0]]] },
        },
      }),
  ],
  [
    '100,000 elements',
    400,
    () => post('entityOperations/create', `[${many(100_000, (i) => `{"id":"urn:x:${i}","type":"T"}`)}]`),
  ],
  ['100,000 types', 400, () => post('entities', `{"id":"${ID}","type":[${many(100_000, (i) => `"T${i}"`)}]}`)],
  ['a name of 5 MB', 400, () => entity({ ['a'.repeat(5_000_000)]: 1 })],
  ['an id of 5 MB in a batch', 400, () => post('entityOperations/upsert', [{ id: 'x'.repeat(5_000_000), type: 'T' }])],
  ['an id of 5 MB', 400, () => post('entities', { id: 'urn:x:'.padEnd(5_000_000, 'y'), type: 'T' })],
  ['a number of 5 MB', 400, () => post('entities', `{"id":"${ID}","type":"T","a":${'9'.repeat(5_000_000)}}`)],
  ['backslashes without an end', 400, () => post('entities', `{"id":"${'\\'.repeat(200_001)}"`)],
  ['quotes behind backslashes', 400, () => post('entities', `["${`${'\\\\'.repeat(2_000)}\\"`.repeat(1_000)}`)],
  [
    'an @context with 100,000 terms in a document',
    400,
    () =>
      post(
        'entities',
        `{"id":"${ID}","type":"T","@context":{${many(100_000, (i) => `"t${i}":"https://example.org/${i}"`)}}}`,
        LD_BODY,
      ),
  ],
  [
    'an @context with 100,000 terms',
    400,
    () =>
      post('jsonldContexts', `{"@context":{${many(100_000, (i) => `"t${i}":"https://example.org/${i}"`)}}}`, LD_BODY),
  ],
  [
    'an @context in an @context in … 1,000',
    400,
    () =>
      post(
        'jsonldContexts',
        { '@context': Array.from({ length: 1_000 }, () => ({ a: 'https://example.org/a' })) },
        LD_BODY,
      ),
  ],
  [
    'an @context URL of 100,000 characters',
    400,
    () => post('entities', { id: ID, type: 'T', '@context': 'https://example.org/'.padEnd(100_000, 'x') }, LD_BODY),
  ],
  [
    'a vocab of 100,000 names and more bytes than an entity has',
    400,
    () => entity({ a: { type: 'VocabProperty', vocab: Array.from({ length: 100_000 }, (_, i) => `n${i}`) } }),
  ],
])('%s', async (_, status, make) => {
  const started = performance.now()
  const answer = await send(broker, make())
  expectAnswered(answer)
  expect(answer.status, answer.text.slice(0, 500)).toBe(status)
  expect(performance.now() - started).toBeLessThan(5_000)
  expect((await send(broker, { path: entityPath(ID) })).status).toBe(404)
})
