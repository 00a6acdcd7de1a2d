/** 6.3.16: how long a downloaded @context is good for. */

import CachePolicy from 'http-cache-semantics'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A host that forbids all caching is asked again this often, not once per request. */
export const SHORTEST_MS = 5_000
/** A host may say any number, also of seconds for which there is no date. */
export const LONGEST_MS = 365 * DAY_MS

/** By lower-case name. */
export type Headers = Readonly<Record<string, string>>

/**
 * Milliseconds. "shall comply with the Expires header field … or a max-age or s-maxage response directive"; where there
 * is none, "implementations should assign a heuristic": a tenth of its age up to a day, an hour where it has no date. A year at most.
 */
export function freshFor(headers: Headers): number {
  const request = { method: 'GET', headers: {} }
  const policy = new CachePolicy(request, { status: 200, headers: { ...headers } }, { shared: true })
  const seconds = Math.round(policy.timeToLive() / 1_000)
  const ttl = Math.min(Math.max(seconds * 1_000, SHORTEST_MS), LONGEST_MS)
  if (isExplicit(headers)) return ttl
  return headers['last-modified'] === undefined ? HOUR_MS : Math.min(ttl, DAY_MS)
}

function isExplicit(headers: Headers): boolean {
  return headers.expires !== undefined || /max-age|s-maxage|no-cache|no-store/i.test(headers['cache-control'] ?? '')
}

/** What a later answer without a body is read together with. `age` and `date` are those of one answer, not of the document. */
const KEPT = ['etag', 'last-modified', 'cache-control', 'expires']

/** Those headers of an answer that are stored with the copy. */
export function keptOf(headers: Headers): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => KEPT.includes(name)))
}
