/** Positions of the buses of the examples, with the time from one to the next. */

import { readFile } from 'node:fs/promises'

export interface Position {
  /** An Entity, as it was written. */
  readonly text: string
  /** Milliseconds since the position before it. */
  readonly quietMs: number
}

/** Nights, and moments in which no bus says anything, are cut: who looks is to see something. */
export const MOST_QUIET_MS = 30_000

/** `path`: a file of NDJSON in the order of the times at which the places were observed. */
export async function readPositions(path: string): Promise<readonly Position[]> {
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
  const times = lines.map(observedAt)
  return lines.map((text, i) => ({ text, quietMs: between(times[i - 1], times[i]) }))
}

function observedAt(line: string): number {
  const { location } = JSON.parse(line) as { readonly location: { readonly observedAt: string } }
  return Date.parse(location.observedAt)
}

/** The first of all comes at once. */
function between(before = Number.NaN, at = Number.NaN): number {
  const gap = at - before
  return Number.isNaN(gap) ? 0 : Math.min(Math.max(gap, 0), MOST_QUIET_MS)
}
