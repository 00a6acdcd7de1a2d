/** How many instances an answer has where those that are wanted are too many, or too large together (6.3.10). */

import type { Micros } from '../../core/history/time-property.ts'

export interface Most {
  readonly most: number
  readonly mostBytes: number
}

/** What has been read of an answer that was broken off. */
export interface TooMuch {
  readonly count: number
  readonly bytes: number
}

/** Tries fewer and fewer. */
export interface Fitting {
  /** At which of them it is to be cut. */
  wanted(): number
  /** Bytes that what is cut at this time may have; undefined: as it was too large before, fewer are wanted now. */
  bytesAt(cutAt: Micros | undefined): number | undefined
  tooLarge(read: TooMuch): void
}

/** `first`: what was read before anything was cut. One instance is given, and what shares its time, whatever they take. */
export function createFitting({ most, mostBytes }: Most, first: TooMuch): Fitting {
  let wanted = first.bytes > mostBytes ? fewerThan(most, first, mostBytes) : most
  let before: Micros | undefined
  return {
    wanted: () => wanted,
    bytesAt: (cutAt) => {
      const isSame = cutAt !== undefined && cutAt === before
      before = cutAt
      if (wanted === 1) return Number.POSITIVE_INFINITY
      if (!isSame) return mostBytes
      wanted = Math.floor(wanted / 2)
      return undefined
    },
    tooLarge: (read) => {
      wanted = fewerThan(wanted, read, mostBytes)
    },
  }
}

/** As many as are likely to fit, always fewer than before, and one at least. */
function fewerThan(most: number, { count, bytes }: TooMuch, mostBytes: number): number {
  const likely = Math.floor((count * mostBytes) / bytes)
  return Math.max(1, Math.min(likely, Math.floor(most / 2)))
}
