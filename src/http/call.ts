/** The Call of a request: its Tenant, its end, its log. */

import type { ServerResponse } from 'node:http'
import type Koa from 'koa'
import type { Call } from '../ports/call.ts'
import type { Api } from './api.ts'
import { tenantOf } from './tenant-header.ts'

/** Throws BadRequestData where the NGSILD-Tenant header names several. */
export function callOf({ req, res }: Koa.Context, { log, limits }: Api): Call {
  const begun = performance.now()
  let signal: AbortSignal | undefined
  return {
    tenant: tenantOf(req.headers['ngsild-tenant']),
    log,
    signal: () => {
      signal ??= signalOf(res, begun, limits.requestMs)
      return signal
    },
  }
}

/** Ends when the client has gone, or `milliseconds` after `begun`. */
function signalOf(response: ServerResponse, begun: number, milliseconds: number): AbortSignal {
  const gone = new AbortController()
  if (response.destroyed) gone.abort()
  else response.once('close', () => gone.abort())
  const left = Math.max(0, Math.ceil(begun + milliseconds - performance.now()))
  return AbortSignal.any([gone.signal, AbortSignal.timeout(left)])
}
