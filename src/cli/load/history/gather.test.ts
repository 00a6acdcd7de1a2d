import { expect, it } from 'vitest'
import { takeApart } from './evolution.ts'
import { createGatherer } from './gather.ts'

const MOST = 200
const MIB = 1024 * 1024

function evolutionOf(sensor: number, instances: number, rest = '') {
  const id = `urn:ngsi-ld:Sensor:${sensor}`
  const values = Array.from({ length: instances }, (_, i) => `{"type":"Property","value":${i}${rest}}`)
  const text = `{"id":"${id}","type":"Sensor","level":[${values.join(',')}]}`
  return takeApart({ source: 'a.ndjson', line: sensor, text, id, ld: false })
}

it.each([
  ['a little of large documents', 450, 50],
  ['all of small ones', 20, 1_000],
])('sends what waits once it holds some megabytes: %s', (_, instances, documents) => {
  const gatherer = createGatherer(MOST)
  const waiting = new Set<number>()
  let most = 0
  for (let sensor = 0; sensor < documents; sensor++) {
    const evolution = evolutionOf(sensor, instances, `,"note":"${'x'.repeat(900)}"`)
    const length = evolution.entity.text.length
    waiting.add(sensor)
    const sent = gatherer.add(evolution)
    const full = Math.floor(instances / MOST)
    // All but the last portion of it went as it was read; where more did, all did.
    if (sent.length > full) waiting.clear()
    most = Math.max(most, waiting.size * length)
  }
  expect(most).toBeGreaterThan(4 * MIB)
  expect(most).toBeLessThanOrEqual(8 * MIB)
  expect(gatherer.flush()).toHaveLength(waiting.size)
})
