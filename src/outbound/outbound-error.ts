/**
 * `refused`: the broker's policy does not allow the request, or the URL is none. `timeout`: no complete answer in time.
 * `tooLarge`: the answer is. `redirects`: too many. `connection`: the host was not reached, or broke off.
 * `encoding`: what came is compressed in a way that cannot be undone. `aborted`: the caller gave up. `busy`: it did not
 * begin in time, for others were under way.
 */
type OutboundReason = 'refused' | 'timeout' | 'tooLarge' | 'redirects' | 'connection' | 'encoding' | 'aborted' | 'busy'

/** Why there is no answer. The message is fit for a client: it names the host asked for, never an address behind it. */
export class OutboundError extends Error {
  readonly reason: OutboundReason

  constructor(reason: OutboundReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'OutboundError'
    this.reason = reason
  }
}
