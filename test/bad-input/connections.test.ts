/** Headers and connections as libraries never make them: on a socket of their own. */

import { describe, expect, it } from 'vitest'
import { startLoopbackServer } from '../contexts/loopback-server.ts'
import { API } from '../support/broker.ts'
import { bodyOf, postBytes, statusOf } from './bytes.ts'
import {
  begin,
  brokerOfFile,
  entityIn,
  entityPath,
  expectExplained,
  expectHealthy,
  JSON_BODY,
  send,
  sendBytes,
} from './client.ts'

const broker = brokerOfFile()
const ID = 'urn:ngsi-ld:Raw:2'
const body = JSON.stringify({ id: ID, type: 'T' })
const post = (headers: string, content = body, version?: string) => postBytes(headers, content, version)

describe('requests that do not wait for the answer to the one before (RFC 9112, 9.3.2)', () => {
  const request = (method: string, path: string, content = '', last = false) =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\n${last ? 'Connection: close\r\n' : ''}` +
    `${content === '' ? '' : 'Content-Type: application/json\r\n'}Content-Length: ${content.length}\r\n\r\n${content}`

  it('are done one after the other where they change something', async () => {
    const id = 'urn:ngsi-ld:Pipelined:1'
    const patch = (n: number) => request('PATCH', entityPath(id), JSON.stringify({ a: n }))
    const get = request('GET', `${entityPath(id)}?format=simplified`)
    const answers = await sendBytes(broker, [
      [
        request('POST', `${API}/entities`, JSON.stringify({ id, type: 'T', a: 1 })),
        get,
        patch(2),
        get,
        patch(3),
        get,
        request('DELETE', entityPath(id)),
        request('GET', entityPath(id), '', true),
      ].join(''),
    ])
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
    expect(statuses).toEqual([201, 200, 204, 200, 204, 200, 204, 404])
    expect([...answers.matchAll(/"a":(\d)/g)].map(([, n]) => Number(n))).toEqual([1, 2, 3])
  })

  it('are not begun where the connection breaks before their turn comes', async () => {
    const host = await startLoopbackServer(() => undefined)
    const id = 'urn:ngsi-ld:Pipelined:2'
    await send(broker, {
      method: 'POST',
      path: `${API}/entities`,
      headers: JSON_BODY,
      body: JSON.stringify({ id, type: 'T' }),
    })
    const slow = JSON.stringify({ id: 'urn:ngsi-ld:Pipelined:3', type: 'T', '@context': `${host.origin}/c` })
    const waiting = request('POST', `${API}/entities`, slow).replace('application/json', 'application/ld+json')
    const leave = await begin(broker, waiting + request('DELETE', entityPath(id)))
    await expect.poll(() => host.requests.length).toBe(1)
    leave()
    await host.stop()
    // Nothing tells that what must not come has not come.
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await entityIn(broker, id)).toBeDefined()
  })

  it('are not done in vain for one whose answer never comes', async () => {
    const head = `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{"a":`
    const answers = await sendBytes(broker, [`${head}${request('GET', '/health/live', '', true)}`])
    expect(statusOf(answers)).toBe(400)
    await expectHealthy(broker)
  })
})

describe('headers', () => {
  it.each(['Link', 'Accept', 'Prefer', 'NGSILD-Tenant', 'X-Anything', 'Cookie', 'Content-Type'])(
    'of 64 KB in %s: 431, or 400',
    async (name) => {
      const answer = await sendBytes(broker, [
        `GET /health/live HTTP/1.1\r\nHost: x\r\n${name}: ${'x'.repeat(65_536)}\r\n\r\n`,
      ])
      expect(answer).toMatch(/^HTTP\/1\.1 431/)
      expectExplained(bodyOf(answer), 431)
    },
  )

  it('by the thousand are answered', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => `X${i}: 1\r\n`).join('')
    const answer = await sendBytes(broker, [`GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${many}\r\n`])
    expect([200, 400, 431]).toContain(statusOf(answer))
  })

  it.each(['X: a\u0000b', 'X : a', 'X\r\n folded', ': x', 'X: \u007f', 'Content-Length: 5\r\n\tfolded'])(
    '%j is refused',
    async (header) => {
      const answer = await sendBytes(broker, [
        `GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${header}\r\n\r\n`,
      ])
      expect([200, 400]).toContain(statusOf(answer))
    },
  )

  it('Expect: 100-continue is told to go on, or that it need not', async () => {
    const head = (length: number) =>
      `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`
    expect(await sendBytes(broker, [head(body.length), body])).toMatch(/HTTP\/1\.1 100[\s\S]*HTTP\/1\.1 201/)
    expect(await sendBytes(broker, [head(1e9)])).toMatch(/413/)
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
  })

  it('Expect: anything else is answered', async () => {
    const answer = await sendBytes(broker, [
      `GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: wonders\r\n\r\n`,
    ])
    expect([200, 417]).toContain(statusOf(answer))
  })
})

describe('a connection', () => {
  it('with many requests at once answers them in their order', async () => {
    const paths = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? '/health/live' : `/nowhere${i}`))
    const requests = paths.map(
      (path, i) => `GET ${path} HTTP/1.1\r\nHost: x\r\n${i === 49 ? 'Connection: close\r\n' : ''}\r\n`,
    )
    const answer = await sendBytes(broker, [requests.join('')])
    expect(answer.match(/HTTP\/1\.1 (200|404)/g)).toEqual(
      paths.map((path) => `HTTP/1.1 ${path === '/health/live' ? 200 : 404}`),
    )
  })

  it.each([
    ['GET /ngsi-ld/v1/entities/%zz', ''],
    ['GET /nowhere', ''],
    ['PUT /health/live', ''],
    [`GET ${API}/entities?wrong=1`, ''],
    [`DELETE ${API}/entities/no-uri`, ''],
    [`POST ${API}/entities?wrong=1`, 'Content-Length: 0\r\n'],
  ])('stays open after the refusal of a request that has no body: %s', async (line, headers) => {
    const refused = `${line} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
    const next = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const answer = await sendBytes(broker, [refused, next])
    expect(answer.match(/HTTP\/1\.1 \d/g), answer).toEqual(['HTTP/1.1 4', 'HTTP/1.1 2'])
  })

  it('does not take the body of a refused request for the next request', async () => {
    const hidden = `DELETE ${entityPath(ID)} HTTP/1.1\r\nHost: x\r\n\r\n`
    await send(broker, { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body })
    for (const type of ['text/plain', 'application/json']) {
      const request = `POST ${API}/entities?wrong=1 HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`
      const answer = await sendBytes(broker, [request], /\r\n\r\n/)
      expect(answer.match(/HTTP\/1\.1/g), answer).toHaveLength(1)
      expect(await entityIn(broker, ID)).toBeDefined()
    }
    await send(broker, { method: 'DELETE', path: entityPath(ID) })
  })

  it('is kept for longer than the minute after which balancers give up an idle one', async () => {
    const answer = await sendBytes(broker, ['GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n'], /"live"/)
    expect(Number(/^Keep-Alive: timeout=(\d+)/im.exec(answer)?.[1]), answer).toBeGreaterThan(60)
  })

  it('that sends half a request delays nobody, a hundred of them neither', async () => {
    const half = post(`Content-Type: application/json\r\nContent-Length: ${body.length}`, body.slice(0, 10))
    const waiting = Array.from({ length: 100 }, (_, i) => begin(broker, i % 2 === 0 ? half : half.slice(0, 30)))
    const breakOff = await Promise.all(waiting)
    const started = performance.now()
    await expectHealthy(broker)
    expect(performance.now() - started).toBeLessThan(2_000)
    expect(await entityIn(broker, ID)).toBeUndefined()
    for (const end of breakOff) end()
    expect(await entityIn(broker, ID)).toBeUndefined()
  })
})
