/** Any parameters and any headers to any operation. */

import fc from 'fast-check'
import { beforeEach, describe, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, entityPath, expectAllOrNothing, expectAnswered, JSON_BODY, send, times } from './client.ts'
import { createTarget, TARGET } from './operations.ts'

const parameters = [
  ...[
    'type',
    'id',
    'idPattern',
    'attrs',
    'pick',
    'omit',
    'q',
    'csf',
    'geoproperty',
    'georel',
    'geometry',
    'coordinates',
  ],
  ...['geometryProperty', 'scopeQ', 'lang', 'limit', 'offset', 'count', 'options', 'format', 'local', 'datasetId'],
  ...[
    'deleteAll',
    'drop',
    'keep',
    'details',
    'kind',
    'reload',
    'observedAt',
    'join',
    'joinLevel',
    'expandValues',
    'via',
  ],
  ...['__proto__', 'constructor', 'toString', '', 'Type', 'LIMIT'],
]
const value = fc.oneof(
  fc.constantFrom(
    '*',
    'Road',
    'true',
    'false',
    '0',
    '-1',
    '1e9',
    'NaN',
    '9999999999999999999',
    '0x10',
    'null',
    '[]',
    '(',
    '(Road;Car)|Bus',
  ),
  fc.constantFrom(
    '(((((((((((',
    'a,,b',
    ',',
    ';',
    '|',
    'a{b{c}}',
    '{',
    'id',
    'type',
    'speed',
    'keyValues',
    '__proto__',
    'constructor',
  ),
  fc.constantFrom('%', '%zz', '%00', '%2F', '%252F', '%c3%28', '%ed%a0%80', '%f0%9f%9a%b2', '%E2%80%8B', '+', 'a+b'),
  fc.string({ unit: 'binary' }).map(encodeURIComponentSafely),
  fc.string({ unit: 'grapheme', maxLength: 200 }).map(encodeURIComponentSafely),
)
const query = fc
  .array(fc.tuple(fc.constantFrom(...parameters), value), { maxLength: 5 })
  .map((pairs) => pairs.map(([name, text]) => `${name}=${text}`).join('&'))

/** Lone surrogates have no UTF-8: they go as the three bytes that careless encoders make of them. */
function encodeURIComponentSafely(text: string): string {
  return [...text].map((char) => (/\p{Cs}/u.test(char) ? '%ED%A0%80' : encodeURIComponent(char))).join('')
}

const operations = [
  ['GET', `${API}/entities`],
  ['GET', entityPath(TARGET)],
  ['DELETE', `${API}/entities`],
  ['DELETE', entityPath(TARGET)],
  ['DELETE', `${entityPath(TARGET)}/attrs/speed`],
  ['POST', `${API}/entities`],
  ['PATCH', entityPath(TARGET)],
  ['PATCH', `${entityPath(TARGET)}/attrs/speed`],
  ['POST', `${entityPath(TARGET)}/attrs`],
  ['POST', `${API}/entityOperations/upsert`],
  ['GET', `${API}/jsonldContexts`],
  ['GET', `${API}/jsonldContexts/x`],
  ['DELETE', `${API}/jsonldContexts/x`],
  ['GET', `${API}/info/sourceIdentity`],
  ['GET', '/health/ready'],
  ['GET', '/docs/x'],
] as const

function bodyFor(method: string, path: string): { headers?: Record<string, string>; body?: string } {
  if (method === 'GET' || method === 'DELETE') return {}
  const fragment = path.endsWith('speed') ? { value: 1 } : { id: TARGET, type: 'Road', speed: 1 }
  return { headers: JSON_BODY, body: JSON.stringify(path.endsWith('upsert') ? [fragment] : fragment) }
}

describe.each(operations)('%s %s', (method, path) => {
  const broker = brokerOfFile()
  beforeEach(() => createTarget(broker))

  it('answers any query string', async () => {
    const property = fc.asyncProperty(query, async (text) => {
      await createTarget(broker)
      await expectAllOrNothing(broker, { method, path: `${path}?${text}`, ...bodyFor(method, path) })
    })
    await fc.assert(property, { numRuns: 25 * times })
  })

  it('answers any headers', async () => {
    const headerText = fc.oneof(
      fc.stringMatching(/^[\t -~\u0080-\u00ff]{0,60}$/),
      fc.constantFrom(
        ...[
          '',
          ',',
          ';',
          '<',
          '<>',
          '<>; rel',
          '<x>; rel="http://www.w3.org/ns/json-ld#context"',
          '<http://127.0.0.1:1/c>; rel="http://www.w3.org/ns/json-ld#context"',
        ],
        ...[
          "<a>; rel=a, <b>; title*=UTF-8''%zz",
          '*/*',
          'text/html',
          'application/*;q=0',
          'application/json;q=NaN',
          'a/b/c',
        ],
        ...[
          'ngsi-ld=1.5',
          'ngsi-ld=0',
          'ngsi-ld=99999999999999999999',
          'body=json',
          'application/json; charset=utf-16',
        ],
        ...[
          'application/ld+json; profile="x',
          'application/merge-patch+json',
          '__proto__',
          'constructor',
          'a,b',
          'urn:ngsi-ld:null',
        ],
        ...['gzip', 'br, gzip;q=0', 'bytes=0-', '1.1 a, 1.1 b', 'x'.repeat(4000), '"unclosed', 'null', '0'],
      ),
    )
    const names = [
      'Link',
      'Accept',
      'Prefer',
      'NGSILD-Tenant',
      'Content-Type',
      'Via',
      'Accept-Encoding',
      'Range',
      'Origin',
      'Host',
      'If-None-Match',
      'Cookie',
      'X-HTTP-Method-Override',
      'Content-Encoding',
    ]
    const property = fc.asyncProperty(
      fc.dictionary(fc.constantFrom(...names), headerText, { maxKeys: 3 }),
      async (headers) => {
        const { body, headers: own } = bodyFor(method, path)
        const answer = await send(broker, {
          method,
          path,
          headers: { ...own, ...headers },
          ...(body !== undefined && { body }),
        })
        expectAnswered(answer, JSON.stringify(headers))
      },
    )
    await fc.assert(property, { numRuns: 25 * times })
  })
})
