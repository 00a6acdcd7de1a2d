/** Faults that nobody was there to catch end the process with 1, after a line in the log. */

export interface FaultLog {
  fatal(fields: object, message: string): void
}

export function endOnFault(log: FaultLog): void {
  const fail = (error: unknown): never => {
    log.fatal({ error }, 'Boya ends because of a fault of its own')
    process.exit(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
}
