/** Good requests among bad ones. */

import { expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, expectAnswered, JSON_BODY, send, sendBytes, stored, times } from './client.ts'
import { nasty, nastyBytes } from './nasty.ts'

const broker = brokerOfFile({ CONTEXT_TIMEOUT: '500ms' })
const names = Array.from({ length: 100 }, (_, i) => `urn:ngsi-ld:Good:${String(i).padStart(3, '0')}`)

async function good(id: string): Promise<void> {
  const body = JSON.stringify({ id, type: 'Good', size: { type: 'Property', value: 1 } })
  const created = await send(broker, { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body })
  expect(created.status, created.text).toBe(201)
  const patched = await send(broker, {
    method: 'PATCH',
    path: `${API}/entities/${id}/attrs/size`,
    headers: JSON_BODY,
    body: '{"value":2}',
  })
  expect(patched.status, patched.text).toBe(204)
}

async function bad(i: number): Promise<void> {
  const sent = nasty[i % nasty.length]
  if (sent === undefined) return
  const late = sent.headers?.['Content-Length'] !== undefined
  // A length that is a lie ends the connection, before or after the answer.
  const answer = await send(broker, sent).catch((error: Error) => (late ? undefined : Promise.reject(error)))
  if (answer === undefined) return
  expectAnswered(answer, JSON.stringify(sent).slice(0, 300))
  if (answer.status !== 207) expect(answer.status, JSON.stringify(sent).slice(0, 300)).toBeGreaterThanOrEqual(400)
}

it('all the good succeed, all the bad are refused, and nothing else is stored', async () => {
  for (let round = 0; round < times; round++) {
    const started = performance.now()
    await Promise.all([
      ...names.map((id) => good(id)),
      ...names.map((_, i) => bad(i)),
      ...nastyBytes.map((bytes) => sendBytes(broker, [bytes]).catch(() => undefined)),
    ])
    expect(performance.now() - started).toBeLessThan(10_000)
    const shown: { id: string; size: { value: number } }[] = JSON.parse(await stored(broker))
    expect(
      shown
        .filter(({ id }) => id.includes(':Good:'))
        .map(({ id, size }) => `${id} ${size.value}`)
        .sort(),
    ).toEqual(names.map((id) => `${id} 2`))
    expect(shown.map(({ id }) => id).filter((id) => !id.includes(':Good:') && id !== 'urn:ngsi-ld:Nasty:1')).toEqual([])
    await send(broker, { method: 'DELETE', path: `${API}/entities?type=*` })
  }
})
