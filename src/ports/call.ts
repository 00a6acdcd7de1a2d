/** What accompanies a request through the rooms, passed by hand. */

export interface Log {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface Call {
  /** Name of the Tenant (4.14); `''` is the default Tenant, which always exists. */
  readonly tenant: string
  /**
   * Ends when the client has gone or the time for the request is over: nothing that is fetched for it is waited for
   * longer. What it changes is changed all the same, but for a purge, which goes no further. A function, because most
   * requests need none: a getter would give every Call a hidden class of its own, and be lost where a Call is spread.
   */
  signal(): AbortSignal
  readonly log: Log
}
