/** Which representation a client accepts (6.3.4, RFC 7231 section 5.3.2). */

import { LRUCache } from 'lru-cache'
import { HttpError } from './http-error.ts'

export const JSON_TYPE = 'application/json'
export const LD_JSON = 'application/ld+json'
export const GEO_JSON = 'application/geo+json'
export const EVENT_STREAM = 'text/event-stream'
export type MediaType = typeof JSON_TYPE | typeof LD_JSON | typeof GEO_JSON

/** 6.3.4: "The order of the list above is significant." */
export const entityTypes: readonly MediaType[] = [JSON_TYPE, LD_JSON, GEO_JSON]
export const documentTypes: readonly MediaType[] = [JSON_TYPE, LD_JSON]

/** Throws 406 with "the list of the available representations" where none is accepted. */
export function negotiate(accept: string | undefined, available: readonly MediaType[]): MediaType {
  const chosen = accepted(accept, available)
  if (chosen === undefined) throw new HttpError(406, available)
  return chosen
}

/**
 * For operations that no precondition of 6.3.4 makes negotiate: throws 406 where of all media types GeoJSON alone is
 * accepted. "For all other operations, the request will result in a Not Acceptable Media Type error".
 */
export function refuseGeoJson(accept: string | undefined): void {
  if (accepted(accept, documentTypes) === undefined && accepted(accept, [GEO_JSON]) !== undefined)
    throw new HttpError(406, documentTypes)
}

/** Throws 406 where the only media type that there is is not accepted. */
export function refuseAllBut(type: string, accept: string | undefined): void {
  if (accept === undefined || accept === '') return
  if (weightOf(type, accept.split(',').flatMap(parseRange)) === 0) throw new HttpError(406, [type])
}

const remembered = new LRUCache<string, MediaType>({ max: 1000 })

function accepted(accept: string | undefined, available: readonly MediaType[]): MediaType | undefined {
  if (accept === undefined || accept === '' || accept === '*/*') return available[0]
  const key = `${available.length} ${accept}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const chosen = choose(accept, available)
  if (chosen !== undefined) remembered.set(key, chosen)
  return chosen
}

interface Range {
  readonly type: string
  readonly subtype: string
  readonly weight: number
}

function choose(accept: string, available: readonly MediaType[]): MediaType | undefined {
  const ranges = accept.split(',').flatMap(parseRange)
  let best: MediaType | undefined
  let bestWeight = 0
  for (const type of available) {
    const weight = weightOf(type, ranges)
    if (weight > bestWeight) {
      best = type
      bestWeight = weight
    }
  }
  return best
}

function parseRange(text: string): Range[] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const [type, subtype] = range.split('/')
  if (!type || !subtype) return []
  const sent = parameters
    .find((parameter) => /^q\s*=/.test(parameter))
    ?.split('=')[1]
    ?.trim()
  // A weight that is no number, or nothing at all, says nothing about the range, which is accepted all the same.
  const weight = sent ? Number(sent) : 1
  return [{ type, subtype, weight: Number.isFinite(weight) ? Math.min(Math.max(weight, 0), 1) : 1 }]
}

/** The weight of the most specific range that the type falls into. */
function weightOf(mediaType: string, ranges: readonly Range[]): number {
  const [type, subtype] = mediaType.split('/')
  const exact = ranges.find((range) => range.type === type && range.subtype === subtype)
  const half = ranges.find((range) => range.type === type && range.subtype === '*')
  const any = ranges.find((range) => range.type === '*' && range.subtype === '*')
  return (exact ?? half ?? any)?.weight ?? 0
}
