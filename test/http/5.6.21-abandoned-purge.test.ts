import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerForFile } from './client.ts'

const broker = brokerForFile()
const MANY = 4_000

async function left(): Promise<number> {
  const { headers } = await broker.get('/entities?type=Many&limit=0&count=true').expect(200)
  return Number(headers['ngsild-results-count'])
}

it('5.6.21: a purge whose client has gone goes no further', async () => {
  for (let first = 0; first < MANY; first += 1_000) {
    const batch = Array.from({ length: 1_000 }, (_, i) => ({ id: `urn:x:many${first + i}`, type: 'Many' }))
    await broker.post('/entityOperations/create', batch).expect(201)
  }
  const going = new AbortController()
  const purged = fetch(`${broker.url()}${API}/entities?type=Many`, { method: 'DELETE', signal: going.signal })
  const gone = expect(purged).rejects.toThrow(/aborted/)
  while ((await left()) === MANY) await setTimeout(1)
  going.abort()
  await gone
  await setTimeout(100)
  const rest = await left()
  // The step that was under way is finished.
  let last = rest
  for (let before = -1; last !== before; last = await left()) {
    before = last
    await setTimeout(300)
  }
  expect(last).toBeGreaterThan(0)
})
