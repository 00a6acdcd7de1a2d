/** Hosts of @contexts that are not there, slow, endless, lying, or not to be talked to. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Handler, json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import { type Answer, brokerOfFile, entityPath, expectAnswered, JSON_BODY, LD_BODY, send } from './client.ts'

const ID = 'urn:ngsi-ld:Linked:1'
const entity = { id: ID, type: 'T', a: 1 }
let host: LoopbackServer
beforeAll(async () => {
  host = await startLoopbackServer(json({}))
})
afterAll(() => host.stop())

/** The same @context by each of the ways in which a request can name it; nothing must be stored. */
async function refusals(broker: { readonly url: string }, url: string): Promise<readonly Answer[]> {
  const Link = CONTEXT_LINK(url)
  const document = JSON.stringify({ ...entity, '@context': url })
  const path = `${API}/entities`
  const answers = [
    await send(broker, { method: 'POST', path, headers: { ...JSON_BODY, Link }, body: JSON.stringify(entity) }),
    await send(broker, { method: 'POST', path, headers: LD_BODY, body: document }),
    await send(broker, {
      method: 'POST',
      path: `${API}/entityOperations/upsert`,
      headers: LD_BODY,
      body: `[${document}]`,
    }),
    await send(broker, { path: `${path}?type=T`, headers: { Link } }),
    await send(broker, {
      method: 'POST',
      path,
      headers: LD_BODY,
      body: JSON.stringify({ ...entity, '@context': { '@import': url } }),
    }),
  ]
  const refused = answers.map(aboutTheContext)
  for (const answer of refused) {
    expectAnswered(answer, url)
    expect(answer.status, answer.text).toBeGreaterThanOrEqual(400)
  }
  expect((await send(broker, { path: entityPath(ID) })).status).toBe(404)
  return refused
}

/** A batch tells of each element by itself. */
function aboutTheContext(answer: Answer): Answer {
  if (answer.status !== 207) return answer
  const { error } = JSON.parse(answer.text).errors[0]
  return { ...answer, status: error.status, text: JSON.stringify(error) }
}

const html: Handler = (_, response) =>
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>x</title>')
const raw =
  (text: string | Buffer, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/ld+json', ...headers }).end(text)
const redirect =
  (to: (path: string) => string, status = 302): Handler =>
  (request, response) =>
    void response.writeHead(status, { location: to(request.url ?? '') }).end()

describe('a host', () => {
  const broker = brokerOfFile({ OUTBOUND: 'private', CONTEXT_TIMEOUT: '300ms', CONTEXT_MAX_BYTES: '256KiB' })
  let documents = 0

  it.each<readonly [string, Handler, number, RegExp]>([
    ['that sends HTML', html, 400, /no JSON/],
    ['that sends nothing', raw(''), 400, /no JSON/],
    ['that sends half', raw('{"@context":{"a":'), 400, /no JSON/],
    ['that sends no @context', json({ a: 1 }), 400, /needs to be a JSON object with an "@context"/],
    ['that sends an array', json([]), 400, /"@context"/],
    ['that sends null', json('null'), 400, /"@context"/],
    [
      'that sends a scoped @context',
      json({ '@context': { a: { '@id': 'https://example.org/a', '@context': {} } } }),
      400,
      /5\.5\.7/,
    ],
    ['that sends binary', raw(Buffer.from([0xff, 0xfe, 0x00, 0x80])), 400, /no JSON/],
    ['that sends depth 10,000', raw(`{"@context":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), 400, /./],
    [
      'that sends depth 12,000 of objects',
      raw(`{"@context":{"a":${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}}}`),
      400,
      /./,
    ],
    [
      'that names itself',
      (request, response) => json({ '@context': `${host.origin}${request.url}` })(request, response),
      400,
      /includes itself|@import/,
    ],
    [
      'that names another that names it',
      (request, response) =>
        json({ '@context': `${host.origin}/${request.url?.endsWith('x') ? 'loop' : 'loopx'}` })(request, response),
      400,
      /includes itself|@import/,
    ],
    [
      'that names ever another',
      (request, response) => json({ '@context': `${host.origin}${request.url}x` })(request, response),
      400,
      /BOYA_CONTEXT_MAX_NESTING|@import/,
    ],
    [
      'that names ever two others',
      (request, response) =>
        json({ '@context': [`${host.origin}${request.url}x`, `${host.origin}${request.url}y`] })(request, response),
      400,
      /BOYA_CONTEXT_MAX_NESTING|more than 100 members|@import/,
    ],
    [
      'that imports itself',
      (request, response) => json({ '@context': { '@import': `${host.origin}${request.url}` } })(request, response),
      400,
      /@import|includes itself/,
    ],
    ['that does not answer', () => undefined, 504, /BOYA_CONTEXT_TIMEOUT/],
    [
      'that never ends',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/ld+json' })
        const drip = setInterval(() => response.write(' '), 20)
        response.on('close', () => clearInterval(drip))
      },
      504,
      /BOYA_CONTEXT_TIMEOUT/,
    ],
    ['that sends a megabyte', json({ '@context': { a: 'x'.repeat(1_000_000) } }), 504, /BOYA_CONTEXT_MAX_BYTES/],
    [
      'that says it sends a terabyte',
      (_, response) => void response.writeHead(200, { 'content-length': '1000000000000' }).write('{'),
      504,
      /BOYA_CONTEXT_MAX_BYTES/,
    ],
    ['that closes', (_, response) => void response.destroy(), 504, /could not be reached/],
    [
      'that closes within',
      (_, response) => void response.writeHead(200).write('{', () => response.destroy()),
      504,
      /./,
    ],
    ['that answers 404', (_, response) => void response.writeHead(404).end(), 504, /404/],
    ['that answers 500', (_, response) => void response.writeHead(500).end('{"@context":{}}'), 504, /500/],
    ['that answers 204', (_, response) => void response.writeHead(204).end(), 504, /204/],
    ['that answers 304 to whoever knows nothing', (_, response) => void response.writeHead(304).end(), 504, /304/],
    ['that redirects to itself', redirect((path) => path), 504, /BOYA_CONTEXT_MAX_REDIRECTS/],
    ['that redirects for ever', redirect((path) => `${path}x`, 307), 504, /BOYA_CONTEXT_MAX_REDIRECTS/],
    ['that redirects to a file', redirect(() => 'file:///etc/passwd'), 504, /http and https/],
    ['that redirects to link-local', redirect(() => 'http://169.254.169.254/latest/meta-data/'), 504, /never allowed/],
    ['that redirects to nowhere', redirect(() => 'http://'), 504, /./],
  ])('%s', async (_, handler, status, detail) => {
    host.answer(handler)
    for (const answer of await refusals(broker, `${host.origin}/${documents++}`)) {
      expect(answer.status, answer.text).toBe(status)
      expect(JSON.parse(answer.text).detail).toMatch(detail)
      expect(answer.text).not.toContain('root:')
    }
  })

  it('that is not there', async () => {
    for (const answer of await refusals(broker, 'http://127.0.0.1:1/context')) expect(answer.status).toBe(504)
  })

  it('of many @contexts in one: the process warns of nothing', async () => {
    const warnings: Error[] = []
    const note = (warning: Error): void => void warnings.push(warning)
    process.on('warning', note)
    host.answer((request, response) => setTimeout(() => json({ '@context': {} })(request, response), 50))
    const urls = Array.from({ length: 30 }, (_, i) => `${host.origin}/many/${i}`)
    const document = JSON.stringify({ ...entity, '@context': urls })
    const created = await send(broker, { method: 'POST', path: `${API}/entities`, headers: LD_BODY, body: document })
    expect(created.status).toBe(201)
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
    process.off('warning', note)
    expect(warnings).toEqual([])
  })

  it('whose name nobody knows', async () => {
    for (const answer of await refusals(broker, 'http://boya.invalid/context')) expect(answer.status).toBe(504)
  })
})

const never = [
  'http://169.254.169.254/latest',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://0.0.0.0/',
  'http://[::]/',
  'http://255.255.255.255/',
  'http://224.0.0.1/',
  'http://[::ffff:169.254.169.254]/',
  'http://2852039166/',
  'http://0xA9FEA9FE/',
  'http://0251.0376.0251.0376/',
  'http://169.254.43518/',
  'http://100.100.100.200/',
]
const privates = [
  'http://127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://[::1]:PORT/',
  'http://10.0.0.1/',
  'http://192.168.0.1/',
  'http://172.16.0.1/',
  'http://127.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f.1:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://user:secret@127.0.0.1:PORT/',
  'http://localhost.:PORT/',
]

describe.each([
  ['public', [...never, ...privates]],
  ['private', never],
  ['10.9.0.0/16', [...never, ...privates]],
] as const)('BOYA_OUTBOUND=%s', (mode, urls) => {
  const broker = brokerOfFile({ OUTBOUND: mode, CONTEXT_TIMEOUT: '500ms' })

  it.each(urls)('sends nothing to %s', async (url) => {
    const asked = host.requests.length
    host.answer(json({ '@context': { a: 'https://example.org/a' } }))
    for (const answer of await refusals(broker, url.replace('PORT', String(host.port)))) {
      expect(answer.status, answer.text).toBe(504)
    }
    expect(host.requests.length).toBe(asked)
  })
})
