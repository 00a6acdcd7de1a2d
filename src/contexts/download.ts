/** One download of a remote @context. */

import type { Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Outbound, OutboundResponse } from '../outbound/outbound.ts'
import { OutboundError } from '../outbound/outbound-error.ts'
import { readContextDocument } from './context-document.ts'
import { freshFor, type Headers, keptOf } from './freshness.ts'
import type { ContextLimits } from './limits.ts'

export interface DownloadLimits extends ContextLimits {
  readonly timeoutMs: number
  readonly maxRedirects: number
}

export interface Downloaded {
  /** Absent where the host says that the copy is still right (304). */
  readonly context?: Json
  readonly freshForMs: number
  /** To be kept with the copy, and handed in as `known`. */
  readonly headers: Headers
}

/**
 * Throws LdContextNotAvailable where the document cannot be had, BadRequestData where it is no valid @context (5.5.6).
 * With headers that are `known` of a copy it asks whether the copy is still right.
 */
export async function download(
  fetch: Outbound['fetch'],
  url: string,
  limits: DownloadLimits,
  signal: AbortSignal,
  known: Headers = {},
): Promise<Downloaded> {
  const { status, headers, body } = await request(fetch, url, { ...limits, signal, headers: headersFor(known) })
  if (status === 304 && (known.etag ?? known['last-modified']) !== undefined) {
    // RFC 9111, 4.3.4: the headers of a 304 take the place of those kept with the copy; what it does not name stays.
    const updated = { ...known, ...headers }
    return { freshForMs: freshFor(updated), headers: keptOf(updated) }
  }
  if (status !== 200) throw notAvailable(url, `its host answered with status ${status}`)
  return {
    context: await readContextDocument(body.toString('utf8'), url, limits),
    freshForMs: freshFor(headers),
    headers: keptOf(headers),
  }
}

async function request(
  fetch: Outbound['fetch'],
  url: string,
  options: Parameters<Outbound['fetch']>[1],
): Promise<OutboundResponse> {
  try {
    return await fetch(url, options)
  } catch (error) {
    if (error instanceof OutboundError) throw notAvailable(url, explain(error))
    throw error
  }
}

/** With the name of the setting, where it was one of ours that ended the download. */
function explain({ reason, message }: OutboundError): string {
  const setting = SETTINGS[reason]
  return setting === undefined ? message : `${message.replace(/\.$/, '')} (${setting})`
}

const SETTINGS: Readonly<Partial<Record<OutboundError['reason'], string>>> = {
  timeout: 'BOYA_CONTEXT_TIMEOUT',
  tooLarge: 'BOYA_CONTEXT_MAX_BYTES',
  redirects: 'BOYA_CONTEXT_MAX_REDIRECTS',
}

function headersFor(known: Headers): Headers {
  return {
    accept: 'application/ld+json, application/json;q=0.9, */*;q=0.1',
    ...(known.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known['last-modified'] !== undefined && { 'if-modified-since': known['last-modified'] }),
  }
}

/** 5.5.2, LdContextNotAvailable: `reason` goes on after a colon, in words that a client may read. */
export function notAvailable(url: string, reason: string): Problem {
  return new Problem('LdContextNotAvailable', `The @context ${url} cannot be had: ${reason.replace(/\.$/, '')}.`)
}
