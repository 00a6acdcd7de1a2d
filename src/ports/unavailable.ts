/**
 * What a store throws where its database does not answer at this moment: nothing is wrong with what was asked, and it can be
 * asked again. Of a write nobody knows then whether it was done.
 */
export class StoreUnavailable extends Error {
  constructor(cause: unknown, message = 'the database does not answer') {
    super(message, { cause })
    this.name = 'StoreUnavailable'
  }
}

/** The same, where there is an answer, and it is that Boya may not ask: a setting is wrong, which no waiting changes. */
export class StoreRefused extends StoreUnavailable {
  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(cause, `the database cannot be asked in the way that its connection string says: ${why}`)
    this.name = 'StoreRefused'
  }
}
