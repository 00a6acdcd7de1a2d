/** Which ids have been met, in 16 bytes or two for each: of millions of entities there is no room for the ids themselves. */

import { createHash } from 'node:crypto'

export interface SeenIds {
  /** Whether it is met for the first time. */
  add(id: string): boolean
}

/** A table of 64-bit hashes: among ten million ids two have the same with a chance of one in 400,000. */
export function createSeenIds(): SeenIds {
  let table = new BigUint64Array(1024)
  let size = 0
  const grow = (): void => {
    const before = table
    table = new BigUint64Array(before.length * 2)
    for (const hash of before) if (hash !== FREE) table[placeIn(table, hash)] = hash
  }
  return {
    add: (id) => {
      const hash = hashOf(id)
      const place = placeIn(table, hash)
      if (table[place] === hash) return false
      table[place] = hash
      if (++size * 2 > table.length) grow()
      return true
    },
  }
}

const FREE = 0n

function hashOf(id: string): bigint {
  const hash = createHash('sha256').update(id).digest().readBigUInt64LE()
  return hash === FREE ? 1n : hash
}

/** Where it stands, or is to stand. The table's length is a power of two. */
function placeIn(table: BigUint64Array, hash: bigint): number {
  const mask = table.length - 1
  let place = Number(hash & 0xffff_ffffn) & mask
  while (table[place] !== FREE && table[place] !== hash) place = (place + 1) & mask
  return place
}
