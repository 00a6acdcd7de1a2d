/** When a receiver wants to be asked again (RFC 9110, 10.2.3). */

/** Milliseconds: who asks for more than an hour is asked sooner all the same. */
const MOST_MS = 3_600_000

/** Milliseconds from `now` on; undefined where the header says nothing. Seconds or an HTTP date. */
export function retryAfterMs(header: string, now: number): number | undefined {
  const text = header.trim()
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MOST_MS)
}
