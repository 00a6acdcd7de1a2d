/** What is done where another process has the database: try again, for as long as that makes sense, while the event loop is free. */

/** SQLITE_BUSY; and SQLITE_PROTOCOL, which is the same for those who begin to read. */
const CODES: ReadonlySet<unknown> = new Set([5, 15])

/** Whether an error says that another connection has what is needed, so that the same may succeed a moment later. */
export function isBusy(error: unknown): boolean {
  // The lower byte: the others say what the other connection does.
  return error instanceof Error && 'sqliteCode' in error && CODES.has(Number(error.sqliteCode) & 0xff)
}

/** Milliseconds for which work waits for other processes, as a request may take. */
export const PATIENCE_MS = 30_000

/**
 * Milliseconds until the next try: an attempt costs microseconds, and whoever writes leaves the database to others for
 * longer (turns.ts). No two wait for the same time, so that they do not meet again.
 */
export function untilNextTry(): number {
  return 1 + Math.floor(Math.random() * 2)
}

/** What is told to whoever has waited for all of that time. */
export function heldElsewhere(cause: unknown, patienceMs: number): Error {
  const message = `another program has held the database for ${patienceMs / 1000} s: end it, or wait until it is done`
  return new Error(message, { cause })
}
