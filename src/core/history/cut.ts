/** Where an answer is cut that has more instances than are wanted together (6.3.10). */

import type { Micros } from './time-property.ts'

export interface Cutting {
  /** Of those of one source, in the order of the answer. What lies beyond `bound()` need not be given. */
  add(times: readonly Micros[]): void
  /** No instance beyond it is in the answer; undefined as long as all may be. */
  bound(): Micros | undefined
  /** The time of the last instances of the answer; undefined where it has all. */
  cutAt(): Micros | undefined
}

/**
 * Of many sources, each in the order of time: what is remembered are as many times as are wanted, and one.
 * `backwards`: the latest come first.
 */
export function createCutting(most: number, backwards: boolean): Cutting {
  let first: readonly Micros[] = []
  const comesBefore = backwards ? (a: Micros, b: Micros) => a > b : (a: Micros, b: Micros) => a < b
  return {
    add: (times) => {
      first = merged(first, times, most + 1, comesBefore)
    },
    bound: () => (first.length > most ? first[most] : undefined),
    cutAt: () => {
      const next = first[most]
      if (next === undefined) return undefined
      // What shares one time is not taken apart.
      return first.slice(0, most).findLast((time) => time !== next) ?? next
    },
  }
}

function merged(
  a: readonly Micros[],
  b: readonly Micros[],
  most: number,
  comesBefore: (a: Micros, b: Micros) => boolean,
): readonly Micros[] {
  const all: Micros[] = []
  for (let i = 0, j = 0; all.length < most && (i < a.length || j < b.length); ) {
    const [x, y] = [a[i], b[j]]
    const takesX = y === undefined || (x !== undefined && !comesBefore(y, x))
    all.push((takesX ? x : y) ?? 0)
    if (takesX) i++
    else j++
  }
  return all
}
