/** The Call of a request: its Tenant (6.3.14), its end, its log. */

import type Koa from 'koa'
import { badRequest } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Api } from './api.ts'

/** Throws BadRequestData where the NGSILD-Tenant header names several. */
export function callOf(ctx: Koa.Context, api: Api): Call {
  const tenant = tenantOf(ctx.req.headers['ngsild-tenant'])
  // 6.3.14: "If the HTTP header "NGSILD-Tenant" is present in the HTTP request, it shall also be present in HTTP response."
  if (tenant !== '') ctx.set('NGSILD-Tenant', tenant)
  let signal: AbortSignal | undefined
  return {
    tenant,
    log: api.log,
    get signal() {
      signal ??= signalOf(ctx, api.limits.requestMs)
      return signal
    },
  }
}

/** A header that stands twice with one value is one: proxies repeat headers. */
function tenantOf(header: string | string[] | undefined): string {
  if (header === undefined) return ''
  const names = new Set(
    String(header)
      .split(',')
      .map((name) => name.trim()),
  )
  const [name = '', ...others] = names
  if (others.length > 0)
    throw badRequest(`names several tenants (${[...names].join(', ')}); an operation applies to one`, 'NGSILD-Tenant')
  return name
}

/** Ends when the client has gone or the time for the request is over. */
function signalOf(ctx: Koa.Context, milliseconds: number): AbortSignal {
  const gone = new AbortController()
  ctx.res.once('close', () => gone.abort())
  return AbortSignal.any([gone.signal, AbortSignal.timeout(milliseconds)])
}
