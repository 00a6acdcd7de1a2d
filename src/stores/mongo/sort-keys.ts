/** What entities are ordered by, told from their index keys: a fraction of what reading them would cost. */

import type { Ordering, OrderingKey } from '../../core/query/ast.ts'
import { RANKS, type SortKey } from '../../core/query/compare-entities.ts'
import { isIndexed, LONGEST, pathKey } from '../../core/query/index-values.ts'
import { hashOf, markOf, valueIn } from './index-keys.ts'
import type { IndexKey } from './stored.ts'

export interface KeyedOrdering {
  /** An expression for the keys of an entity that are needed; no others are worth their way. */
  readonly needed: object
  /** Undefined where the keys do not tell: the entity has to be read. */
  keysOf(found: readonly IndexKey[]): readonly SortKey[] | undefined
}

/** Undefined where keys cannot tell of any entity. `doubts`: keys of entities that have to be read in any case. */
export function createKeyedOrdering({ keys }: Ordering, doubts: readonly IndexKey[]): KeyedOrdering | undefined {
  const paths = keys.map(pathOf)
  const known = paths.filter((path) => path !== undefined)
  if (known.length < paths.length) return undefined
  const unclear = new Set([...doubts, ...known.flatMap(({ attribute }) => markOf(attribute, 'more'))])
  return {
    needed: {
      $filter: { input: '$values', cond: { $or: [...known.map(isAt), { $in: ['$$this', [...unclear]] }] } },
    },
    keysOf: (found) => {
      if (found.some((key) => unclear.has(key))) return undefined
      const all = known.map(({ hash }) => keyAt(hash, found))
      return all.some((key) => key === undefined) ? undefined : all.flatMap((key) => key ?? [])
    },
  }
}

interface Path {
  readonly attribute: string
  readonly hash: string
}

function pathOf({ by, from }: OrderingKey): Path | undefined {
  if (typeof by === 'string' || from !== undefined || !isIndexed(by.names, by.trail)) return undefined
  // What stands in brackets may be a language.
  if (by.trail !== undefined) return undefined
  return { attribute: by.names[0] ?? '', hash: hashOf(pathKey(by.names)) }
}

/** Kinds are small letters, after which comes "{". */
function isAt({ hash }: Path): object {
  return { $and: [{ $gte: ['$$this', hash] }, { $lt: ['$$this', `${hash}{`] }] }
}

const ABSENT: SortKey = { rank: RANKS.absent, value: 0 }

/** Of one scalar; undefined of anything else. */
function keyAt(hash: string, found: readonly IndexKey[]): SortKey | undefined {
  const [only, ...others] = found.filter((key) => key.startsWith(hash))
  if (only === undefined) return ABSENT
  const { kind, value } = valueIn(only)
  if (others.length > 0 || kind === 'other' || kind === 'more') return undefined
  if (kind !== 'uri' && kind !== 'text') return { rank: RANKS[kind], value }
  // Of a text that was cut nobody knows how it goes on.
  return String(value).length >= LONGEST - 1 ? undefined : { rank: RANKS.text, value }
}
