/** Why a load cannot go on; the message is for the one who typed the command and says how to put it right. */
export class LoadError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'LoadError'
  }
}

/** What a system error says in a few words: `connection refused`. */
export function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown }
  const inner = cause instanceof AggregateError ? cause.errors[0] : cause
  const { code, message } = (inner ?? error) as NodeJS.ErrnoException
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ENOTFOUND':
      return 'there is no such host'
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return message
  }
}
