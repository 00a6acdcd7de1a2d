/** One download of a remote @context. */

import type { Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Outbound, OutboundResponse } from '../outbound/outbound.ts'
import { OutboundError } from '../outbound/outbound-error.ts'
import { readContextDocument } from './context-document.ts'
import { freshFor } from './freshness.ts'
import type { ContextLimits } from './limits.ts'

export interface DownloadLimits extends ContextLimits {
  readonly timeoutMs: number
  readonly maxRedirects: number
}

export interface Downloaded {
  /** Absent where the host says that the copy is still right (304). */
  readonly context?: Json
  readonly freshForMs: number
  readonly etag?: string
  readonly lastModified?: string
}

interface Validators {
  readonly etag?: string
  readonly lastModified?: string
}

/**
 * Throws LdContextNotAvailable where the document cannot be had, BadRequestData where it is no valid @context (5.5.6).
 * With `known` it asks whether the copy is still right.
 */
export async function download(
  fetch: Outbound['fetch'],
  url: string,
  limits: DownloadLimits,
  signal: AbortSignal,
  known: Validators = {},
): Promise<Downloaded> {
  const response = await request(fetch, url, { ...limits, signal, headers: headersFor(known) })
  const isUnchanged = response.status === 304 && (known.etag ?? known.lastModified) !== undefined
  if (response.status !== 200 && !isUnchanged) {
    throw notAvailable(url, `its host answered with status ${response.status}`)
  }
  const { etag = known.etag, 'last-modified': lastModified = known.lastModified } = response.headers
  return {
    ...(!isUnchanged && { context: await readContextDocument(response.body.toString('utf8'), url, limits) }),
    freshForMs: freshFor(response),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
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

function headersFor(known: Validators): Record<string, string> {
  return {
    accept: 'application/ld+json, application/json;q=0.9, */*;q=0.1',
    ...(known.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
  }
}

export function notAvailable(url: string, reason: string): Problem {
  return new Problem('LdContextNotAvailable', `The @context ${url} cannot be had: ${reason.replace(/\.$/, '')}.`)
}
