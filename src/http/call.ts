/** The Call of a request: its Tenant (6.3.14), its end, its log. */

import { isUtf8 } from 'node:buffer'
import type { ServerResponse } from 'node:http'
import type Koa from 'koa'
import { badRequest } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Api } from './api.ts'

/** Throws BadRequestData where the NGSILD-Tenant header names several. */
export function callOf({ req, res }: Koa.Context, { log, limits }: Api): Call {
  let signal: AbortSignal | undefined
  return {
    tenant: tenantOf(req.headers['ngsild-tenant']),
    log,
    signal: () => {
      signal ??= signalOf(res, limits.requestMs)
      return signal
    },
  }
}

/** A header that stands twice with one value is one: proxies repeat headers. */
function tenantOf(header: string | string[] | undefined): string {
  if (header === undefined) return ''
  const names = new Set(
    fromHeader(String(header))
      .split(',')
      .map((name) => name.trim()),
  )
  const [name = '', ...others] = names
  if (others.length > 0) {
    throw badRequest(`names several tenants (${[...names].join(', ')}); an operation applies to one`, 'NGSILD-Tenant')
  }
  return name
}

const BEYOND_ASCII = /[\u0080-\u00ff]/

/** Node reads a header's bytes one by one; where they are UTF-8, that is what was meant (4.6.1). */
function fromHeader(value: string): string {
  if (!BEYOND_ASCII.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** Ends when the client has gone or the time for the request is over. */
function signalOf(response: ServerResponse, milliseconds: number): AbortSignal {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, AbortSignal.timeout(milliseconds)])
}
