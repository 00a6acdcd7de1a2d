/** 6.3.16: how long a downloaded @context is good for. */

import CachePolicy from 'http-cache-semantics'
import type { OutboundResponse } from '../outbound/outbound.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A host that forbids all caching is asked again this often, not once per request. */
export const SHORTEST_MS = 5_000
/** A host may say any number, also of seconds for which there is no date. */
export const LONGEST_MS = 365 * DAY_MS

/**
 * Milliseconds. "shall comply with the Expires header field … or a max-age or s-maxage response directive"; where there
 * is none, "implementations should assign a heuristic": a tenth of its age up to a day, an hour where it has no date. A year at most.
 */
export function freshFor(response: OutboundResponse): number {
  const request = { url: response.url, method: 'GET', headers: {} }
  const policy = new CachePolicy(request, { status: 200, headers: { ...response.headers } }, { shared: true })
  const seconds = Math.round(policy.timeToLive() / 1_000)
  const ttl = Math.min(Math.max(seconds * 1_000, SHORTEST_MS), LONGEST_MS)
  if (isExplicit(response)) return ttl
  return response.headers['last-modified'] === undefined ? HOUR_MS : Math.min(ttl, DAY_MS)
}

function isExplicit({ headers }: OutboundResponse): boolean {
  return headers.expires !== undefined || /max-age|s-maxage|no-cache|no-store/i.test(headers['cache-control'] ?? '')
}
