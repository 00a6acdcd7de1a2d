/** The header NGSILD-Tenant of requests and responses (6.3.14). */

import { isUtf8 } from 'node:buffer'
import type Koa from 'koa'
import { badRequest } from '../core/model/problems.ts'

const BEYOND_ASCII = /[\u0080-\u00ff]/

/**
 * The name of the Tenant, `''` where there is no such header. One that stands twice with one value is one: proxies repeat
 * headers. Throws BadRequestData where it names several.
 */
export function tenantOf(header: string | string[] | undefined): string {
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

/** Node reads a header's bytes one by one; where they are UTF-8, that is what was meant (4.6.1). */
function fromHeader(value: string): string {
  if (!BEYOND_ASCII.test(value)) return value
  const bytes = Buffer.from(value, 'latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : value
}

/** 6.3.14: "If the HTTP header "NGSILD-Tenant" is present in the HTTP request, it shall also be present in HTTP response." */
export function echoTenant(ctx: Koa.Context): void {
  const tenant = ctx.req.headers['ngsild-tenant']
  if (tenant !== undefined && tenant !== '') ctx.set('NGSILD-Tenant', tenant)
}

/** Node sends headers and a body that is a string as one UTF-8 text, in which the bytes of a header would be encoded again. */
export function keepHeaderBytes(ctx: Koa.Context): void {
  const tenant = ctx.req.headers['ngsild-tenant']
  if (typeof tenant === 'string' && BEYOND_ASCII.test(tenant) && typeof ctx.body === 'string') {
    ctx.body = Buffer.from(ctx.body)
  }
}
