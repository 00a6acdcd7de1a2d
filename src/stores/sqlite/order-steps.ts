/**
 * Indexes walked in the order of an ordering's first key (4.23), some entities at a time, so that a page costs a page and
 * not all that is ordered.
 */

import type { AttributeType } from '../../core/model/entity.ts'
import type { AttributePath, OrderingKey } from '../../core/query/ast.ts'
import { boundsOf, boxesWithin } from '../../core/query/bounds.ts'
import { collatorFor } from '../../core/query/collation.ts'
import { RANKS, type SortKey } from '../../core/query/compare-entities.ts'
import { type IndexKind, isIndexed, LONGEST, pathKey } from '../../core/query/index-values.ts'
import type { Queried } from './database.ts'
import { countRows } from './index-reading.ts'
import { kindNumber, storedNumber } from './index-rows.ts'
import { placesIn } from './places.ts'
import { sql } from './sql.ts'

/** Some entities in a row. */
interface OrderStep {
  readonly rids: readonly number[]
  /** All entities that come before this, by the first key, have been given now. */
  readonly before: SortKey
}

/** Rows of an index at a time. */
const ROWS = 64
/** Texts of an Attribute that are put in order at once: databases do not know the collations of Unicode. */
const MOST_TEXTS = 200_000
/** Places that are looked at, and entities whose values are not scalars, before it is better to order all. */
const MOST = 5_000

/** Undefined where no index has the order of the key. */
export function stepsOf(
  database: Queried,
  key: OrderingKey,
  collation: string | undefined,
): Generator<OrderStep, void> | undefined {
  const { by, from, direction } = key
  if (typeof by === 'string') return undefined
  if (from !== undefined) return direction === 'asc' ? nearestSteps(database, by, from) : undefined
  if (!isIndexed(by.names, by.trail) || mayBeLanguage(database, by)) return undefined
  const path = database.names.find(pathKey(by.names, by.trail))
  const attribute = database.names.find(by.names[0] ?? '')
  if (path === undefined) return undefined
  return valueSteps(database, { path, attribute: attribute ?? path, direction, collation })
}

/** What stands in brackets may be a language: of a languageMap all texts are kept together. */
function mayBeLanguage({ sql: statements, names }: Queried, { names: [name = ''], trail }: AttributePath): boolean {
  if (trail?.length !== 1) return false
  const count = 'SELECT 1 FROM entity_attribute_count WHERE attribute = ? AND kind = ? AND n > 0 LIMIT 1'
  const kind: AttributeType = 'LanguageProperty'
  return statements(count).get(names.find(name) ?? 0, kind) !== undefined
}

/** Microseconds until the first step, where texts have to be put in order first; undefined where no index has the order. */
export function costOfSteps(database: Queried, key: OrderingKey, collation: string | undefined): number | undefined {
  if (stepsOf(database, key, collation) === undefined) return undefined
  const path = typeof key.by === 'string' ? undefined : database.names.find(pathKey(key.by.names, key.by.trail))
  if (key.from !== undefined || path === undefined) return 0
  const texts = sql('SELECT 1 FROM entity_value WHERE path = ? AND kind = ?', path, kindNumber('text'))
  return countRows(database, texts, MOST_TEXTS / 10) * ORDERED
}

/** Microseconds to put a text in order among many. */
const ORDERED = 5

interface Walk {
  readonly path: number
  readonly attribute: number
  readonly direction: 'asc' | 'desc'
  readonly collation: string | undefined
}

/** 4.23.2; what is neither null nor absent. */
const PHASES = ['number', 'text', 'other', 'boolean', 'time', 'date', 'dateTime'] as const

function* valueSteps(database: Queried, walk: Walk): Generator<OrderStep, void> {
  const nothing: SortKey = { rank: walk.direction === 'asc' ? RANKS.distance : RANKS.null - 0.5, value: 0 }
  // Of these nobody knows where they stand.
  const unknown = ridsOf(database, walk.attribute, 'more')
  if (unknown.length >= MOST) return
  if (unknown.length > 0) yield { rids: unknown, before: nothing }
  for (const phase of walk.direction === 'asc' ? PHASES : PHASES.toReversed()) {
    if (phase === 'other') {
      const rids = ridsOf(database, walk.path, 'other')
      if (rids.length >= MOST) return
      if (rids.length > 0) yield { rids, before: afterOthers(walk.direction) }
    } else if (phase === 'text') {
      if (!(yield* textSteps(database, walk))) return
    } else yield* scalarSteps(database, walk, phase)
  }
}

function ridsOf({ sql: statements }: Queried, path: number, kind: IndexKind): readonly number[] {
  const rows: readonly (readonly [number])[] = statements
    .arrays('SELECT rid FROM entity_value WHERE path = ? AND kind = ? LIMIT ? + 0')
    .all(path, kindNumber(kind), MOST)
  return rows.map(([rid]) => rid)
}

/** Objects and arrays have ranks between those of texts and booleans. */
function afterOthers(direction: 'asc' | 'desc'): SortKey {
  return { rank: direction === 'asc' ? RANKS.array + 0.5 : RANKS.object - 0.5, value: 0 }
}

type ScalarKind = Exclude<(typeof PHASES)[number], 'text' | 'other'>

function* scalarSteps(
  { sql: statements }: Queried,
  { path, direction }: Walk,
  kind: ScalarKind,
): Generator<OrderStep, void> {
  const [way, beyond] = direction === 'asc' ? ['ASC', '>'] : ['DESC', '<']
  // The driver has no whole numbers as large as the bits of a double.
  const value = kind === 'number' ? 'CAST(value AS TEXT)' : 'value'
  const select = (condition: string) =>
    statements.arrays(`SELECT rid, ${value} FROM entity_value WHERE path = ? AND kind = ? ${condition}
      ORDER BY value ${way}, rid ${way} LIMIT ? + 0`)
  for (let rows = select('').all(path, kindNumber(kind), ROWS) as readonly ScalarRow[]; ; ) {
    const last = rows.at(-1)
    if (last === undefined) break
    yield { rids: rows.map(([rid]) => rid), before: { rank: RANKS[kind], value: scalarOf(last) } }
    if (rows.length < ROWS) break
    const [rid, stored] = last
    const from = typeof stored === 'string' ? BigInt(stored) : stored
    rows = select(`AND (value, rid) ${beyond} (?, ?)`).all(path, kindNumber(kind), from, rid, ROWS)
  }
  yield { rids: [], before: { rank: RANKS[kind] + (direction === 'asc' ? 0.5 : -0.5), value: 0 } }
}

/** Numbers are the bits that they are stored as. */
type ScalarRow = readonly [rid: number, value: number | string]

function scalarOf([, value]: ScalarRow): number {
  return typeof value === 'string' ? storedNumber(value) : value
}

/** Whether they could be put in order. URIs of Relationships are texts as well. */
function* textSteps({ sql: statements }: Queried, { path, direction, collation }: Walk): Generator<OrderStep, boolean> {
  const rows: (readonly [number, string])[] = statements
    .arrays(`SELECT rid, value FROM entity_value WHERE path = ? AND kind IN (?, ?) LIMIT ? + 0`)
    .all(path, kindNumber('text'), kindNumber('uri'), MOST_TEXTS)
  if (rows.length >= MOST_TEXTS) return false
  const collator = collatorFor(collation)
  const sign = direction === 'asc' ? 1 : -1
  rows.sort(([, a], [, b]) => sign * collator.compare(a, b))
  for (let i = 0; i < rows.length; i += ROWS) {
    const some = rows.slice(i, i + ROWS)
    // What comes after the end of a text that was cut is not known, so neither is its place.
    if (some.some(([, text]) => text.length >= LONGEST - 1)) return false
    yield { rids: some.map(([rid]) => rid), before: { rank: RANKS.text, value: some.at(-1)?.[1] ?? '' } }
  }
  yield { rids: [], before: { rank: RANKS.text + sign * 0.5, value: 0 } }
  return true
}

/** Metres of the first look around a place, and of the last: more than there are on the Earth. */
const NEAR = 100
const EVERYWHERE = 21_000_000

function* nearestSteps(
  database: Queried,
  { names, trail }: AttributePath,
  from: NonNullable<OrderingKey['from']>,
): Generator<OrderStep, void> {
  const property = database.names.find(names[0] ?? '')
  if (property === undefined || names.length > 1 || trail !== undefined) return
  const bounds = boundsOf(from)
  for (let metres = NEAR; metres < 2 * EVERYWHERE; metres *= 2) {
    const { rows, passed } = placesIn(database, property, boxesWithin(bounds, metres)).first(MOST)
    if (passed >= MOST) return
    yield { rids: [...new Set(rows.map(([rid]) => rid))], before: { rank: RANKS.distance, value: metres } }
  }
}
