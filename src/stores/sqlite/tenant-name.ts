/** Tenant names ⇄ names of database files. Which names there can be: core/model/tenant-name.ts. */

import { encodeTenantName } from '../../core/model/tenant-name.ts'

const DEFAULT_FILE = 'default.sqlite'
const TENANT_FILE = /^tenant-((?:[a-z0-9_-]|%[0-9a-f]{2})+)\.sqlite$/

/** `''` is the default Tenant. Two names never have the same file, also where the file system ignores case. */
export function fileOf(name: string): string {
  return name === '' ? DEFAULT_FILE : `tenant-${encodeTenantName(name)}.sqlite`
}

/** The name of the Tenant that a file belongs to; undefined for the default Tenant's and for any other file. */
export function tenantOf(file: string): string | undefined {
  const encoded = TENANT_FILE.exec(file)?.[1]
  if (encoded === undefined) return undefined
  const bytes = encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
