/** How long and how much is kept for those who are told over a connection. */
export interface StreamSettings {
  /** Milliseconds for which a stream without a connection is kept whose client was told something. */
  readonly keepMs: number
  /** Streams of a Tenant. */
  readonly most: number
  /** Of these, those that have no client. */
  readonly mostLeft: number
  /** Milliseconds from one sign of life to the next. */
  readonly heartbeatMs: number
}

/** Heartbeats from one note that a stream is connected to the next, and after which it is not taken for connected any more. */
const SEEN_EVERY = 2
const SEEN_LAST = 6

/** Milliseconds. */
export function seenEveryMs({ heartbeatMs }: StreamSettings): number {
  return SEEN_EVERY * heartbeatMs
}

/** Milliseconds. */
export function connectedMs({ heartbeatMs }: StreamSettings): number {
  return SEEN_LAST * heartbeatMs
}
