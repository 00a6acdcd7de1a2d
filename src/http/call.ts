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

/**
 * Ends when the client has gone, or `milliseconds` after `begun`. Its own timer, because that of `AbortSignal.timeout` is
 * lost with the signal, which `AbortSignal.any` does not keep: a request then waited for ever.
 */
function signalOf(response: ServerResponse, begun: number, milliseconds: number): AbortSignal {
  const ended = new AbortController()
  const end = (): void => ended.abort()
  if (response.destroyed) end()
  else {
    const timer = setTimeout(end, begun + milliseconds - performance.now())
    response.once('close', () => {
      clearTimeout(timer)
      end()
    })
  }
  return ended.signal
}
