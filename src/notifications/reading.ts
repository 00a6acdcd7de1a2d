/** What there is of a subscription beyond what may wait for it. */
export type Excess = Map<string, number>

/** A reading from the begin on: how far it has come, and what rests up to there. */
export interface Reading {
  cursor: string | undefined
  /** Up to where all was so old, when it was read, that nothing can come late before it. */
  settledTo: string | undefined
  hasMore: boolean
  /** Entities something of which rests: what comes later rests with it. */
  readonly resting: Set<string>
  /** Subscriptions that are behind. */
  readonly behind: Set<string>
  /** Of those that were behind before. */
  excess: Excess
  readonly begunAt: number
  /** Whether it need not go on where nothing that comes later can be told before what it has found. */
  readonly isBrief: boolean
  isBroken: boolean
  /** How many of what it has found were too old, or too many, or nobody's any more. */
  givenUp: number
  /** Pages, and milliseconds, that it took to come to the end for the first time. */
  pages: number
  spentMs: number
  hasBeenAtEnd: boolean
}

/** `behind`: subscriptions of which too many may wait. */
export function newReading(begunAt: number, behind: Iterable<string>, isBrief = false): Reading {
  const excess = new Map([...behind].map((id) => [id, 1]))
  const nothing = {
    cursor: undefined,
    settledTo: undefined,
    hasMore: true,
    resting: new Set<string>(),
    behind: new Set<string>(),
  }
  const sofar = { isBroken: false, givenUp: 0, pages: 0, spentMs: 0, hasBeenAtEnd: false }
  return { ...nothing, excess, begunAt, isBrief, ...sofar }
}
