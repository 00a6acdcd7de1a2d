/** Files of @contexts that the settings name. */

import { readFile, stat } from 'node:fs/promises'
import { badRequest, Problem } from '../core/model/problems.ts'

/** The text of a file. Rejects as `readFile` does, and where it is a pipe or a device, which may never end. */
export async function readTextFile(path: string): Promise<string> {
  const found = await stat(path)
  if (!found.isFile() && !found.isDirectory()) throw badRequest('it is a pipe, a socket or a device, and no file')
  return readFile(path, 'utf8')
}

/** Why a file gives no @context, without its path. */
export function explainFile(error: unknown): string {
  if (error instanceof Problem) return error.detail.replace(/\.$/, '')
  if (error instanceof SyntaxError) return 'it is no JSON'
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return code ?? 'it is damaged'
  }
}
