import type { Log } from '../../src/ports/call.ts'

/** Says nothing, but for what must not happen in a test. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: (fields, message) => console.error(message, fields),
}
