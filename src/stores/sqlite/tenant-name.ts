/** Tenant names (4.14: "represented in form of a String") ⇄ names of database files. */

import { badRequest } from '../../core/model/problems.ts'

/** File systems take 255 bytes; the longest file name is that of the write-ahead log. */
const LONGEST_ENCODED = 255 - 'tenant-.sqlite-wal'.length

const DEFAULT_FILE = 'default.sqlite'
const TENANT_FILE = /^tenant-((?:[a-z0-9_-]|%[0-9a-f]{2})+)\.sqlite$/

/** Throws BadRequestData where the name cannot be that of a Tenant. `longest` is in characters. */
export function checkTenantName(name: string, longest: number): void {
  const wrong = whatIsWrong(name, longest)
  if (wrong !== undefined) throw badRequest(`The name of a Tenant ${wrong}.`, 'NGSILD-Tenant')
}

export function isTenantName(name: string, longest: number): boolean {
  return whatIsWrong(name, longest) === undefined
}

function whatIsWrong(name: string, longest: number): string | undefined {
  if (name === '') return 'must not be empty: leave it out for the default Tenant'
  if (name.length > longest)
    return `has at most ${longest} characters (BOYA_MAX_TENANT_LENGTH), this one has ${name.length}: use a shorter one`
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return 'has no control characters: take them out'
  if (encodeName(name).length > LONGEST_ENCODED) {
    return `is too long: each byte that is not a small letter, digit, "_" or "-" counts three of ${LONGEST_ENCODED}`
  }
  return undefined
}

/** `''` is the default Tenant. Two names never have the same file, also where the file system ignores case. */
export function fileOf(name: string): string {
  return name === '' ? DEFAULT_FILE : `tenant-${encodeName(name)}.sqlite`
}

/** The name of the Tenant that a file belongs to; undefined for the default Tenant's and for any other file. */
export function tenantOf(file: string): string | undefined {
  const encoded = TENANT_FILE.exec(file)?.[1]
  if (encoded === undefined) return undefined
  const bytes = encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

function encodeName(name: string): string {
  return Buffer.from(name, 'utf8')
    .toString('latin1')
    .replace(/[^a-z0-9_-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
