/**
 * What a store throws where its database does not answer, for now: nothing is wrong with what was asked, and it can be
 * asked again. Of a write nobody knows then whether it was done.
 */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('the database does not answer', { cause })
    this.name = 'StoreUnavailable'
  }
}
