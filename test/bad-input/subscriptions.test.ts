/** Subscriptions of which something is anything: taken and shown again, or refused with a reason, and then nothing is stored. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerOfFile, expectAnswered, JSON_BODY, LD_BODY, send, times } from './client.ts'

const FULL = {
  type: 'Subscription',
  entities: [
    { type: '(Room;Hall)|Office', idPattern: '^urn:r' },
    { type: 'Room', id: ['urn:r:1', 'urn:r:2'] },
  ],
  watchedAttributes: ['a', 'b'],
  notificationTrigger: ['entityUpdated'],
  q: 'a>5;b=="x"',
  geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [-3.8, 43.46], geoproperty: 'place' },
  scopeQ: '/a/#',
  csf: 'a==5',
  datasetId: ['urn:d:1', '@none'],
  description: 'x',
  expandValues: 'b',
  jsonKeys: 'c',
  expiresAt: '2099-01-01T00:00:00Z',
  isActive: true,
  lang: 'fr,en;q=0.5',
  localOnly: true,
  ngsildConformance: '1.6',
  throttling: 0.5,
  notification: {
    pick: ['id', 'a', 'r{a,b}'],
    omit: ['scope'],
    format: 'concise',
    join: 'inline',
    joinLevel: 2,
    showChanges: true,
    endpoint: {
      uri: 'https://example.org/notify',
      accept: 'application/ld+json',
      timeout: 500,
      receiverInfo: [{ key: 'Authorization', value: 'x' }],
      notifierInfo: [{ key: 'x', value: 'y' }],
    },
  },
} as const

type Path = readonly (string | number)[]

/** Where something stands, at any depth. */
function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const keys = Array.isArray(value) ? value.keys() : Object.keys(value)
  return [
    path,
    ...[...keys].flatMap((key) => pathsIn((value as Record<string | number, unknown>)[key], [...path, key])),
  ]
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

const texts = [
  ...['urn:ngsi-ld:null', '*', '', ' ', '@context', '@none', '__proto__', 'constructor', 'type', 'a-b', 'a{b}', '(((('],
  ...[
    'near;maxDistance==-1',
    'mqtt://x',
    'http://',
    'http://[::1',
    'javascript:alert(1)',
    'x\r\ny',
    '\ud800',
    '\u0000',
  ],
  ...['2026-13-99T99:99:99Z', '((a+)+)+$', '9'.repeat(400), 'a'.repeat(10_000), 'a;'.repeat(3_000)],
]
const anything = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, 5e-324, [], {}, [[]], [null], ...texts),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
)
const members = fc.tuple(fc.constantFrom(...pathsIn(FULL)), anything)

describe('a subscription', () => {
  const broker = brokerOfFile()
  const at = `${API}/subscriptions`
  const shown = async (path: string): Promise<unknown> => {
    const answer = await send(broker, { path })
    expectAnswered(answer, path)
    return answer.status === 200 ? JSON.parse(answer.text) : undefined
  }

  it('is created, and can be sent back as it is shown; or nothing is created', async () => {
    const property = fc.asyncProperty(members, fc.boolean(), async ([path, value], ld) => {
      const body = JSON.stringify(replaced(FULL, path, value))
      const before = await shown(`${at}?limit=1000`)
      const answer = await send(broker, { method: 'POST', path: at, headers: ld ? LD_BODY : JSON_BODY, body })
      expectAnswered(answer, body)
      if (answer.status !== 201) {
        expect(await shown(`${at}?limit=1000`)).toEqual(before)
        return
      }
      const location = String(answer.headers.location)
      const made = await shown(location)
      const again = { method: 'PATCH', path: location, headers: JSON_BODY, body: JSON.stringify(made) }
      const updated = await send(broker, again)
      expect(updated.status, `${again.body} → ${updated.text}`).toBe(204)
      expect(await shown(location)).toEqual(made)
      expect((await send(broker, { method: 'DELETE', path: location })).status).toBe(204)
    })
    await fc.assert(property, { numRuns: 100 * times })
  })

  it('is changed, or stays as it is', async () => {
    const id = 'urn:ngsi-ld:Subscription:target'
    const path = `${at}/${id}`
    const property = fc.asyncProperty(members, async ([[name, ...rest], value]) => {
      await send(broker, { method: 'POST', path: at, headers: JSON_BODY, body: JSON.stringify({ ...FULL, id }) })
      const before = await shown(path)
      const part = name === undefined ? value : { [name]: replaced(FULL[name as keyof typeof FULL], rest, value) }
      const body = JSON.stringify(part)
      const answer = await send(broker, { method: 'PATCH', path, headers: JSON_BODY, body })
      expectAnswered(answer, body)
      if (answer.status !== 204) expect(await shown(path)).toEqual(before)
      else expect(await shown(path)).toMatchObject({ id, type: 'Subscription' })
      await send(broker, { method: 'DELETE', path })
    })
    await fc.assert(property, { numRuns: 60 * times })
  })
})
