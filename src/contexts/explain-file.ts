import { Problem } from '../core/model/problems.ts'

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
