import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerForFile } from './client.ts'
import { rawRequest } from './raw-request.ts'

const broker = brokerForFile()
const LARGE = 'x'.repeat(5_000)

async function get(path: string, encoding?: string) {
  return rawRequest(broker.url(), 'GET', API + path, {
    headers: encoding === undefined ? {} : { 'Accept-Encoding': encoding },
  })
}

describe('compression of answers', () => {
  it('is done where it is asked for and worth it', async () => {
    await broker.create({ id: 'urn:x:large', type: 'Room', note: LARGE })
    const { headers } = await get('/entities/urn:x:large', 'gzip')
    expect(headers['content-encoding']).toBe('gzip')
    expect(headers.vary).toMatch(/Accept-Encoding/)
  })

  it('gives the same answer', async () => {
    const response = await fetch(`${broker.url()}${API}/entities/urn:x:large`, {
      headers: { 'Accept-Encoding': 'gzip' },
    })
    expect(await response.json()).toMatchObject({ note: { value: LARGE } })
  })

  it.each([undefined, 'identity', 'br;q=1, gzip;q=0'])('is not done for Accept-Encoding: %s', async (encoding) => {
    const { headers, body } = await get('/entities/urn:x:large', encoding)
    expect(headers['content-encoding'] ?? 'identity').toBe('identity')
    expect(JSON.parse(body).note.value).toBe(LARGE)
  })

  it('is not done for what is small', async () => {
    await broker.create({ id: 'urn:x:small', type: 'Room' })
    expect((await get('/entities/urn:x:small', 'gzip')).headers['content-encoding']).toBeUndefined()
  })
})
