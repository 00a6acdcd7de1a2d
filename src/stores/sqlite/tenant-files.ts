/** Where the databases of the Tenants are. */

import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileOf, tenantOf } from './tenant-name.ts'

export interface TenantFiles {
  /** What SQLite opens for a Tenant; `''` is the default one. */
  pathOf(name: string): string
  /** Whether several connections to one see the same. */
  readonly shared: boolean
  has(name: string): boolean
  /** Without the default Tenant's. */
  names(): readonly string[]
  /** How many Tenants' databases may be open at once; each holds file handles and a page cache. */
  readonly openAtMost: number
}

/** Makes the directory where it is missing. Throws an Error that names it where Boya cannot write there. */
export function filesIn(directory: string): TenantFiles {
  // Absolute, so that SQLite never takes it for a file: URI.
  const root = resolve(directory)
  prepareDirectory(root)
  const pathOf = (name: string): string => join(root, fileOf(name))
  return {
    pathOf,
    shared: true,
    has: (name) => existsSync(pathOf(name)),
    names: () => readdirSync(root).flatMap((file) => tenantOf(file) ?? []),
    openAtMost: 50,
  }
}

function prepareDirectory(root: string): void {
  try {
    makeDirectory(root)
    accessSync(root, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(
      `${root} cannot be the data directory: ${reason}. Give Boya the right to write there, or name another directory.`,
      { cause: error },
    )
  }
}

/** Step by step: Node's own recursion never ends under /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return
  makeDirectory(dirname(path))
  try {
    mkdirSync(path)
  } catch (error) {
    // Another process has made it meanwhile.
    if (!existsSync(path)) throw error
  }
}

/** Databases in memory only: nothing is there before it is opened, or after it is closed. */
export const IN_MEMORY: TenantFiles = {
  pathOf: () => ':memory:',
  shared: false,
  has: () => false,
  names: () => [],
  openAtMost: Number.POSITIVE_INFINITY,
}
