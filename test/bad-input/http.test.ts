/** HTTP as libraries never send it: request lines, lengths and types, on a socket of its own. */

import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { bodyOf, postBytes, statusOf } from './bytes.ts'
import {
  brokerOfFile,
  entityIn,
  entityPath,
  expectAnswered,
  expectExplained,
  JSON_BODY,
  send,
  sendBytes,
} from './client.ts'

const broker = brokerOfFile()
const ID = 'urn:ngsi-ld:Raw:1'
const body = JSON.stringify({ id: ID, type: 'T' })
const post = (headers: string, content = body, version?: string) => postBytes(headers, content, version)

describe('the length of a body', () => {
  it.each([
    [
      'chunked',
      post(
        'Content-Type: application/json\r\nTransfer-Encoding: chunked',
        `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      ),
    ],
    ['absent', post('Content-Type: application/json', '')],
    ['absent in HTTP/1.0', post('Content-Type: application/json', '', '1.0')],
  ])('%s: 411 without a body (6.3.4)', async (_, request) => {
    const answer = await sendBytes(broker, [request])
    expect(answer).toMatch(/^HTTP\/1\.1 411/)
    expect(bodyOf(answer).replace(/^0\r\n\r\n$/, '')).toBe('')
    expect(await entityIn(broker, ID)).toBeUndefined()
  })

  it.each([
    [
      'given as chunks, too',
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nTransfer-Encoding: chunked`,
    ],
    ['given twice', `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nContent-Length: 1`],
    ['in another unit', `Content-Type: application/json\r\nContent-Length: ${body.length} bytes`],
    ['with a strange transfer', 'Content-Type: application/json\r\nTransfer-Encoding: gzip, identity'],
  ])('%s: refused', async (_, headers) => {
    const answer = await sendBytes(broker, [post(headers)])
    expect([400, 411, 501], answer).toContain(statusOf(answer))
    expect(await entityIn(broker, ID)).toBeUndefined()
  })

  it('larger than any limit is refused before the body comes', async () => {
    const answer = await sendBytes(broker, [
      post('Content-Type: application/json\r\nContent-Length: 10000000000', '{"id":'),
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 413/)
    expectExplained(bodyOf(answer), 413)
  })

  it('of nothing is told to send something', async () => {
    const answer = await sendBytes(broker, [post('Content-Type: application/json\r\nContent-Length: 0', '')])
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(JSON.parse(bodyOf(answer)).detail).toContain('empty')
  })
})

describe('a content type', () => {
  it.each([
    '',
    'text/plain',
    'application/jsonx',
    'application',
    '/',
    ';',
    'application/json, application/ld+json',
    'application/xml',
    'multipart/form-data; boundary=x',
    'application/merge-patch+json',
    'application/json; charset=latin1',
  ])('"%s" is 415 without a body (6.3.4)', async (type) => {
    const answer = await send(broker, {
      method: 'POST',
      path: `${API}/entities`,
      headers: { 'Content-Type': type },
      body,
    })
    expect(answer.status).toBe(415)
    expect(answer.text).toBe('')
  })

  it.each([
    'APPLICATION/JSON',
    'application/json;charset=utf-8',
    'application/json ; charset="UTF-8"',
    'application/json; odd; x=y',
  ])('"%s" is taken', async (type) => {
    const answer = await send(broker, {
      method: 'POST',
      path: `${API}/entities`,
      headers: { 'Content-Type': type },
      body,
    })
    expect(answer.status, answer.text).toBe(201)
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
  })

  it.each(['gzip', 'br', 'deflate', 'x'])('with the encoding %s is 415', async (encoding) => {
    const headers = { ...JSON_BODY, 'Content-Encoding': encoding }
    expect((await send(broker, { method: 'POST', path: `${API}/entities`, headers, body })).status).toBe(415)
  })
})

describe('a request line', () => {
  it.each([
    ['TRACE', `${API}/entities`, 405],
    ['PROPFIND', `${API}/entities`, 405],
    ['PURGE', `${API}/entities`, 405],
    ['M-SEARCH', '/', 405],
    ['PUT', `${API}/entities`, 405],
    ['PATCH', '/health/live', 405],
    ['TRACE', '/nowhere', 404],
    ['OPTIONS', '*', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const answer = await sendBytes(broker, [`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`])
    expect(statusOf(answer), answer).toBe(status)
    expectExplained(bodyOf(answer), status)
    if (status === 405) expect(answer).toMatch(/\r\nAllow: .*GET/)
  })

  const targets = [
    'http://x/health/live',
    `http://example.org${API}/entities?local=true`,
    'http://[::1',
    'http://',
    '//',
    '//x',
    '/\\',
    '/%',
    '/%zz',
    '/%00',
    '/..',
    '/../../etc/passwd',
    `${API}/../../x`,
    `${API}/entities/%`,
    `${API}/entities/%zz`,
    `${API}/entities/%E0%A4%A`,
    `${API}/entities/urn:x:%00`,
    `${API}/entities/urn:x:%2F`,
    `${API}/entities/urn:x:%252F`,
    `${API}/entities/urn:x:1/attrs/%`,
    `${API}/entities/urn:x:1/attrs/%00`,
    `${API}/entities/`,
    `${API}//entities`,
    `${API}/entities?`,
    `${API}/entities??`,
    `${API}/entities?%`,
    `${API}/entities?=`,
    `${API}/entities?&&&`,
    `${API}/entities#x`,
    '/docs/..%2F..%2Fpackage.json',
    '/docs/%2e%2e%2fpackage.json',
    '/docs/%00',
    '/docs/index.css%00',
    `${API}/jsonldContexts/..%2F..`,
    `${API}/jsonldContexts/%00`,
    `${API}/jsonldContexts/file:%2F%2F%2Fetc%2Fpasswd`,
    `${API}/jsonldContexts/http:%2F%2F169.254.169.254%2F`,
  ]
  it.each(targets)('GET %s is answered', async (target) => {
    const answer = await sendBytes(broker, [`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`])
    expect(statusOf(answer), answer).toBeGreaterThanOrEqual(200)
    expectAnswered({ status: statusOf(answer), headers: {}, text: bodyOf(answer) }, target)
    expect(answer).not.toContain('"name": "boya"')
  })

  it.each([
    'GET',
    `GET ${API}/entities`,
    'GET / HTTP/9.9',
    'get / HTTP/1.1',
    'GET  / HTTP/1.1',
    '',
    '\u0016\u0003\u0001',
    'GET /\u0000 HTTP/1.1',
    'GET /é HTTP/1.1',
    'GET / HTTP/1.1 x',
    'HTTP/1.1 200 OK',
    '{"id":1}',
  ])('%j is no request', async (line) => {
    const answer = await sendBytes(broker, [`${line}\r\nHost: x\r\nConnection: close\r\n\r\n`])
    expectAnswered(
      {
        status: statusOf(answer) || 400,
        headers: {},
        text: bodyOf(answer) || '{"type":"","title":"","status":400,"detail":"closed without an answer"}',
      },
      line,
    )
  })

  it('takes HTTP/1.0, with and without a Host', async () => {
    for (const host of ['', 'Host: x\r\n']) {
      const answer = await sendBytes(broker, [`GET /health/live HTTP/1.0\r\n${host}\r\n`])
      expect(answer).toMatch(/^HTTP\/1\.1 200/)
    }
  })
})
