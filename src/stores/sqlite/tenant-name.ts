/** Tenant names ⇄ names of database files. Which names there can be: core/model/tenant-name.ts. */

import { badRequest, type Problem } from '../../core/model/problems.ts'

/** File systems take 255 bytes; the longest file name is that of the write-ahead log. */
const LONGEST_ENCODED = 255 - 'tenant-.sqlite-wal'.length

const DEFAULT_FILE = 'default.sqlite'
const TENANT_FILE = /^tenant-((?:[a-z0-9_-]|%[0-9a-f]{2})+)\.sqlite$/

/** A bound of this store's own: the name of a Tenant, encoded, is that of a file. */
export function fileNameFault(name: string): Problem | undefined {
  if (encodeName(name).length <= LONGEST_ENCODED) return undefined
  return badRequest(
    `The name of a Tenant is too long: each byte that is not a small letter, digit, "_" or "-" counts three of ${LONGEST_ENCODED}.`,
    'NGSILD-Tenant',
  )
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
