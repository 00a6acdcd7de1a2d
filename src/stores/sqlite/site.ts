/** What can be told of a store without opening it, which would make it. */

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileOf } from './tenant-name.ts'

/** `lasts`: whether it outlives the process. */
export function lookAtSqlite(directory: string): { readonly exists: boolean; readonly lasts: boolean } {
  const lasts = directory !== ':memory:'
  return { exists: lasts && existsSync(join(resolve(directory), fileOf(''))), lasts }
}
