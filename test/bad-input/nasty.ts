/** The worst of the other files, a few of each kind: for tests that send them all at once. */

import { API, CONTEXT_LINK } from '../support/broker.ts'
import { entityPath, JSON_BODY, LD_BODY, type Sent } from './client.ts'

const entities = `${API}/entities`
const post = (path: string, body: string | Buffer, headers: Record<string, string> = JSON_BODY): Sent => ({
  method: 'POST',
  path,
  headers,
  body,
})
const wrap = (members: string) => `{"id":"urn:ngsi-ld:Nasty:1","type":"Nasty",${members}}`
const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** Each has to be refused. */
export const nasty: readonly Sent[] = [
  post(entities, ''),
  post(entities, '{'),
  post(entities, 'null'),
  post(entities, '[]'),
  post(entities, Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  post(entities, '['.repeat(1_000_000)),
  post(entities, wrap(`"a":${deep(100_000)}`)),
  post(
    entities,
    wrap(
      `"location":{"type":"GeoProperty","value":${JSON.stringify(`{"type":"Point","coordinates":[1,2],"x":${deep(100_000)}}`)}}`,
    ),
  ),
  post(entities, wrap(`"a":${'9'.repeat(100_000)}`)),
  post(entities, wrap('"a":1,"a":2')),
  post(entities, wrap('"__proto__":{"polluted":true}')),
  post(entities, wrap('"a":null')),
  post(entities, wrap('"a":{"type":"Property"}')),
  post(entities, wrap('"a":{"type":"Relationship","object":"\\ud800"}')),
  post(entities, wrap('"🚲":1')),
  post(entities, wrap('"@context":"file:///etc/passwd"'), LD_BODY),
  post(entities, wrap('"@context":{"a":"b:x","b":"a:x"}'), LD_BODY),
  post(entities, wrap('"@context":{"hasOwnProperty":"https://example.org/h"}'), LD_BODY),
  post(entities, wrap('"@context":"http://169.254.169.254/latest"'), LD_BODY),
  post(entities, wrap('"a":1'), { 'Content-Type': 'text/plain' }),
  post(entities, wrap('"a":1'), { ...JSON_BODY, Link: CONTEXT_LINK('http://127.0.0.1:1/nowhere') }),
  post(entities, wrap('"a":1'), { ...JSON_BODY, 'NGSILD-Tenant': 'a,b' }),
  post(entities, wrap('"a":1'), { ...JSON_BODY, 'Content-Length': '10' }),
  post(`${API}/entityOperations/upsert`, `[${wrap('"a":1')},1]`),
  post(`${API}/entityOperations/delete`, '[1,null]'),
  post(`${API}/jsonldContexts`, '{"@context":[[[]]]}', LD_BODY),
  { method: 'PATCH', path: `${entityPath('urn:ngsi-ld:Nasty:2')}/attrs/__proto__`, headers: JSON_BODY, body: '{}' },
  {
    method: 'PATCH',
    path: entityPath('urn:ngsi-ld:Nasty:2'),
    headers: JSON_BODY,
    body: '{"toString":"urn:ngsi-ld:null"}',
  },
  { method: 'DELETE', path: `${entities}?wonders=1` },
  { method: 'TRACE', path: entities },
  { path: `${entities}?type=${'('.repeat(5_000)}` },
  { path: `${entities}?limit=9999999999999999999&local=true` },
  { path: `${entities}?lang=${'a-'.repeat(4_000)}&local=true` },
  { path: `${entities}/%` },
  { path: `${entities}/%00` },
  { path: entityPath('x'.repeat(9_000)) },
  { path: entities, headers: { Accept: 'text/html' } },
  { path: `${API}/jsonldContexts/..%2F..%2Fetc%2Fpasswd` },
]

export const nastyBytes: readonly string[] = [
  '\u0016\u0003\u0001\u0002\u0000',
  'GET http://[::1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `POST ${entities} HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n`,
  `POST ${entities} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n`,
]
