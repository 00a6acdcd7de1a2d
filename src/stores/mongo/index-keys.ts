/**
 * What entities are looked up by (core/query/index-values.ts) as texts, whose order is that of the values: an array of
 * them in each entity and one index on it answer for every Attribute there is or will be.
 */

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { IndexKind, IndexValue } from '../../core/query/index-values.ts'
import type { ValueRange } from '../../core/query/lookups.ts'
import type { IndexKey } from './stored.ts'

const KINDS: Readonly<Record<IndexKind, string>> = {
  text: 't',
  number: 'n',
  uri: 'u',
  dateTime: 'd',
  boolean: 'b',
  date: 'e',
  time: 'f',
  other: 'o',
  more: 'm',
}

/** Characters that stand for a path: 72 bits of its hash, so that no two are ever the same by chance. */
const HASH = 12

const hashes = new LRUCache<string, string>({ max: 20_000 })

/** What stands for a path ({@link pathKey}), or the name of an Attribute, in every key: it may be long, and is kept often. */
export function hashOf(path: string): string {
  const known = hashes.get(path)
  if (known !== undefined) return known
  const made = createHash('sha256').update(path).digest('base64url').slice(0, HASH)
  hashes.set(path, made)
  return made
}

export function keyOf({ path, kind, value }: IndexValue): IndexKey {
  return hashOf(path) + KINDS[kind] + ordered(value)
}

/** What stands where there are values of a kind at a path, but not which. */
export function markOf(path: string, kind: 'other' | 'more'): IndexKey {
  return keyOf({ path, kind, value: 0 })
}

/** A condition on one key. */
export type KeyRange = {
  readonly $gte?: IndexKey
  readonly $gt?: IndexKey
  readonly $lte?: IndexKey
  readonly $lt?: IndexKey
}

/** The keys of the values in a range; the key itself where there can be only one. */
export function keysIn({ path, kind, least, most, open }: ValueRange): IndexKey | KeyRange {
  const prefix = hashOf(path) + KINDS[kind]
  if (least !== undefined && least === most && !open?.least && !open?.most) return prefix + ordered(least)
  return {
    ...(least === undefined ? { $gte: prefix } : { [open?.least ? '$gt' : '$gte']: prefix + ordered(least) }),
    ...(most === undefined ? { $lt: after(prefix) } : { [open?.most ? '$lt' : '$lte']: prefix + ordered(most) }),
  }
}

/** What comes after all keys with a prefix, which ends in a letter. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}

const KIND_OF = new Map(Object.entries(KINDS).map(([kind, letter]) => [letter, kind as IndexKind]))

/** The kind and the value that {@link keyOf} made a key of. */
export function valueIn(key: IndexKey): Pick<IndexValue, 'kind' | 'value'> {
  const kind = KIND_OF.get(key.charAt(HASH))
  if (kind === undefined) throw new RangeError(`there is no kind of values in the key ${key}`)
  const text = key.slice(HASH + 1)
  return { kind, value: kind === 'text' || kind === 'uri' ? text : numberOf(text) }
}

const bits = new DataView(new ArrayBuffer(8))

/** A text in the order of the values of its kind. Of numbers it is the bits of a double, of which those of negative ones are turned. */
function ordered(value: number | string): string {
  if (typeof value === 'string') return value
  // There is no -0 beside 0.
  bits.setFloat64(0, value === 0 ? 0 : value)
  const high = bits.getUint32(0)
  const low = bits.getUint32(4)
  return high >= 0x80000000 ? hex(~high) + hex(~low) : hex(high + 0x80000000) + hex(low)
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}

function numberOf(ordered: string): number {
  const high = Number.parseInt(ordered.slice(0, 8), 16)
  const low = Number.parseInt(ordered.slice(8), 16)
  bits.setUint32(0, high >= 0x80000000 ? high - 0x80000000 : ~high)
  bits.setUint32(4, high >= 0x80000000 ? low : ~low)
  return bits.getFloat64(0)
}
