/** Which names a Tenant can have (4.14: "represented in form of a String"). */

import { badRequest, type Problem } from './problems.ts'

/** What is wrong with a name, undefined where a Tenant can have it. `longest` is in characters. */
export function tenantNameFault(name: string, longest: number): Problem | undefined {
  const wrong = whatIsWrong(name, longest)
  return wrong === undefined ? undefined : badRequest(`The name of a Tenant ${wrong}.`, 'NGSILD-Tenant')
}

function whatIsWrong(name: string, longest: number): string | undefined {
  if (name === '') return 'must not be empty: leave it out for the default Tenant'
  if (name.length > longest)
    return `has at most ${longest} characters (BOYA_MAX_TENANT_LENGTH), this one has ${name.length}: use a shorter one`
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'has no control characters: take them out'
  if (encodeTenantName(name).length > LONGEST_ENCODED)
    return `is too long: each byte that is not a small letter, digit, "_" or "-" counts three of ${LONGEST_ENCODED}`
  return undefined
}

/** File systems take 255 bytes; the longest file name is that of the write-ahead log. The same on every store. */
const LONGEST_ENCODED = 255 - 'tenant-.sqlite-wal'.length

/** Small letters, digits, "_", "-" and "%": two names never have the same, also where case is ignored. */
export function encodeTenantName(name: string): string {
  return Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
