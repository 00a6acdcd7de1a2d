/** Bodies that end before their end: every cut of a document, and cuts of the connection. */

import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { begin, brokerOfFile, entityIn, expectExplained, JSON_BODY, LD_BODY, send, sendBytes } from './client.ts'

const ID = 'urn:ngsi-ld:Cut:1'
const CORE = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'
const entity = {
  id: ID,
  type: 'Cut',
  größe: { type: 'Property', value: -1.5e3, observedAt: '2026-02-23T05:59:13Z', sure: true },
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
  name: 'a "quoted" \\ text \u00e9 🚲',
}

describe.each([
  ['entities', JSON_BODY, JSON.stringify(entity)],
  ['entities', LD_BODY, JSON.stringify({ ...entity, '@context': CORE })],
  ['entityOperations/create', JSON_BODY, JSON.stringify([entity])],
  ['jsonldContexts', LD_BODY, JSON.stringify({ '@context': [{ größe: 'https://example.org/size' }] })],
])('%s', (path, headers, text) => {
  const broker = brokerOfFile()
  const bytes = Buffer.from(text)

  it(`refuses each of the ${bytes.length} cuts, and says where the text ends`, async () => {
    for (let length = 0; length < bytes.length; length++) {
      const sent = { method: 'POST', path: `${API}/${path}`, headers, body: bytes.subarray(0, length) }
      const { status, text: answer } = await send(broker, sent)
      expect(status, String(sent.body)).toBe(400)
      expectExplained(answer, status)
    }
    expect(await entityIn(broker, ID)).toBeUndefined()
    const whole = await send(broker, { method: 'POST', path: `${API}/${path}`, headers, body: bytes })
    expect(whole.status, whole.text).toBe(201)
  })
})

describe('a connection that breaks', () => {
  const broker = brokerOfFile()

  it.each([1, 10, 50, 100])('stores nothing where %i bytes of the body have come', async (length) => {
    const body = Buffer.from(JSON.stringify(entity))
    const head = `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`
    const breakOff = await begin(broker, Buffer.concat([Buffer.from(head), body.subarray(0, length)]))
    const { status } = await send(broker, { path: `${API}/entities/${ID}` })
    expect(status).toBe(404)
    breakOff()
    expect((await send(broker, { path: `${API}/entities/${ID}` })).status).toBe(404)
  })

  it('refuses bytes that are left over after the length that was promised', async () => {
    const body = JSON.stringify(entity)
    const head = `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length - 20}\r\n\r\n`
    const answer = await sendBytes(broker, [head, body])
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect(await entityIn(broker, ID)).toBeUndefined()
  })

  it('answers 400 where the length is less than nothing, no number, or given twice with different values', async () => {
    for (const length of ['-1', 'many', '1e3', '5\r\nContent-Length: 6', '99999999999999999999999']) {
      const head = `POST ${API}/entities HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
      const answer = await sendBytes(broker, [head, JSON.stringify(entity)])
      expect(answer, length).toMatch(/^HTTP\/1\.1 4(00|13)/)
    }
    expect(await entityIn(broker, ID)).toBeUndefined()
  })
})
