/** Why a command cannot go on; the message is for the one who typed the command and says how to put it right. */
export class CommandError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'CommandError'
  }
}

/** What a system error says in a few words: `connection refused`. */
export function reasonOf(error: unknown): string {
  const { code, message } = innermost(error)
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ENOTFOUND':
      return 'there is no such host'
    case 'ENOENT':
      return 'there is no such file or folder'
    case 'EACCES':
      return 'this user may not'
    case 'EISDIR':
      return 'it is a folder'
    default:
      return message
  }
}

/** Whether a request failed before any of it was sent. */
export function isUnsent(error: unknown): boolean {
  return ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'].includes(innermost(error).code ?? '')
}

/** `fetch` wraps what happened, once for each address that it tried. */
function innermost(error: unknown): NodeJS.ErrnoException {
  const { cause } = error as { readonly cause?: unknown }
  return ((cause instanceof AggregateError ? cause.errors[0] : cause) ?? error) as NodeJS.ErrnoException
}
