/** Entities of any size, depth and number of Attributes. */

import { API } from '../support/broker.ts'
import { JSON_BODY, type Sent } from './client.ts'

export const ID = 'urn:ngsi-ld:Limit:1'

export function post(path: string, json: unknown, headers: Record<string, string> = JSON_BODY): Sent {
  const body = typeof json === 'string' ? json : JSON.stringify(json)
  return { method: 'POST', path: `${API}/${path}`, headers, body }
}

export function entity(members: object = {}): Sent {
  return post('entities', { id: ID, type: 'T', ...members })
}

/** The text of an entity with arrays in one another. */
export function nested(depth: number): string {
  return `{"id":"${ID}","type":"T","a":{"type":"Property","value":${'['.repeat(depth)}${']'.repeat(depth)}}}`
}

export function attributes(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, i]))
}

/** A geometry with that many positions. */
export function line(count: number) {
  return { type: 'LineString', coordinates: Array.from({ length: count }, (_, i) => [i % 180, i % 90]) }
}
