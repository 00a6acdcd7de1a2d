/** How many instances an answer has where those that are wanted are too large together (6.3.10). */

/** What has been read of an answer that was broken off. */
export interface TooMuch {
  readonly count: number
  readonly bytes: number
}

/** How many to try next: as many as are likely to fit, always fewer than before, and one at least. */
export function fewerThan(most: number, { count, bytes }: TooMuch, mostBytes: number): number {
  const likely = Math.floor((count * mostBytes) / bytes)
  return Math.max(1, Math.min(likely, Math.floor(most / 2)))
}
