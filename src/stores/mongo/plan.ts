/** How a filter is asked of the database: along which index, and what of it is certain. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import type { Queried } from './collections.ts'
import {
  allOf,
  type Condition,
  conditionsOf,
  type Doubt,
  either,
  type Index,
  livesAt,
  type Native,
} from './compile-filter.ts'
import { tookLonger } from './driver-errors.ts'
import { KNOWN_FOR_MS } from './selectivity.ts'

export interface Plan {
  /** Met by all that match. */
  readonly native: Native
  /** Of what meets that, what has to be looked at by the evaluator; besides that of which something has expired. */
  readonly doubt: Doubt
  /** The index that is asked for by its name; absent where the database is to choose. */
  readonly hint?: Index
  /** For people. */
  readonly via: string
}

/** Entities that are counted before a condition is said to select many; and those that are few in any case. */
const MOST_COUNTED = 10_000
const FEW = 500
/** Milliseconds for counting them: what takes longer is not cheap to find, however few there are. */
const COUNTING_MS = 2_000

const VALUES: Index = 'values_1_seq_1'
const GEO: Index = 'places.at_2dsphere'

interface Planning {
  readonly now: Instant
  readonly signal: AbortSignal
  /** Entities that are wanted, from the first one on in the order of creation; absent where all are. */
  readonly wanted?: number
}

/**
 * Of conditions on values, places and ids it is asked first whether few meet them: a database that has no statistics of
 * what stands in lists would take the wrong index, or read all. Where each selects many, it is left to the database.
 */
export async function makePlan(database: Queried, filter: EntityFilter, planning: Planning): Promise<Plan> {
  const { now } = planning
  const conditions = conditionsOf(filter)
  const doubt = either(conditions.map((condition) => condition.doubt))
  const best = await bestOf(database, conditions, planning)
  return { doubt, ...(best === undefined ? alongAny(conditions, now) : along(best, conditions, now)) }
}

type Way = Omit<Plan, 'doubt'>

/** Conditions that one index answers together. */
interface Source {
  readonly index: Index
  readonly conditions: readonly Condition[]
  /** Of questions of this shape it is assumed that these conditions select as much. */
  readonly shape: string
}

interface Best extends Source {
  /**
   * Conditions that are met by so many that to look them up in the same index, too, which some servers do, would cost more
   * than to read what is found.
   */
  readonly tooWide: readonly Condition[]
}

function along({ index, conditions: found, tooWide }: Best, conditions: readonly Condition[], now: Instant): Way {
  const others = conditions.filter((condition) => !found.includes(condition))
  const via = [...new Set(found.map((condition) => condition.via))].join(', then ')
  const natives = restOf(found)
  // An index of places cannot be asked for by its name everywhere: so no other one is to be seen.
  if (index === GEO) return { native: allOf([...natives, hidden(allOf([...restOf(others), livesAt(now)]))]), via }
  const [wide, rest] = [
    others.filter((other) => tooWide.includes(other)),
    others.filter((other) => !tooWide.includes(other)),
  ]
  const entities = index === '_id_' ? [ENTITIES] : []
  const all = [...natives, ...restOf(wide).map(hidden), ...restOf(rest), ...entities, livesAt(now)]
  return { native: allOf(all), hint: index, via }
}

function alongAny(conditions: readonly Condition[], now: Instant): Way {
  const listed = conditions.filter(({ index }) => index !== undefined && index !== '_id_')
  const natives = [...restOf(conditions), ...(listed.length === 0 ? [ENTITIES] : []), livesAt(now)]
  const via = [...new Set(listed.map((condition) => condition.via))].join(', then ')
  return { native: allOf(natives), via: via || 'every entity' }
}

/** What has been an entity has no place in the order of creation. */
const ENTITIES: Native = { seq: { $gt: '' } }

/** Without those that everything meets. */
function restOf(conditions: readonly Condition[]): readonly Native[] {
  return conditions.map(({ native }) => native).filter((native) => Object.keys(native).length > 0)
}

/** The same condition, in which no planner sees an index. */
function hidden(native: Native): Native {
  return { $nor: [{ $nor: [native] }] }
}

/** Keys of an index that are read in the time of an entity. */
const KEYS_OF_AN_ENTITY = 25

/** Undefined where each selects many, or there is nothing to choose from. */
async function bestOf(
  database: Queried,
  conditions: readonly Condition[],
  planning: Planning,
): Promise<Best | undefined> {
  const sources = sourcesOf(conditions)
  if (sources.length === 0) return undefined
  const few = await fewIn(database, planning)
  const counts = await Promise.all(sources.map((source) => selected(database, source, planning.signal)))
  const least = Math.min(...counts)
  const best = sources[counts.indexOf(least)]
  if (best === undefined || least >= few) return undefined
  const wide = sources.filter(({ index }, i) => index === best.index && (counts[i] ?? 0) > least * KEYS_OF_AN_ENTITY)
  return { ...best, tooWide: wide.flatMap((source) => source.conditions) }
}

/** A condition on values is looked up alone: of two, an index on lists knows the entities that meet each, not both. */
function sourcesOf(conditions: readonly Condition[]): readonly Source[] {
  const of = (index: Index) => conditions.filter((condition) => condition.index === index)
  const sources = [
    ...of(VALUES).map((condition) => ({ index: VALUES, conditions: [condition] })),
    ...([GEO, '_id_'] as const).map((index) => ({ index, conditions: of(index) })),
  ].filter((source) => source.conditions.length > 0)
  // Who asks for one thing beside another may ask for other values of it than who asks for it alone.
  const whole = sources.map((source) => shapeOf(source.conditions)).join(' and ')
  return sources.map((source, i) => ({ ...source, shape: `${i} of ${whole}` }))
}

const SIZE = 'all entities'

/**
 * How many entities are few: so many that to read them all costs no more than to go along the order of creation until as
 * many as are wanted have been met. Of N entities of which k match, w are met after N·w/k.
 */
async function fewIn({ entities, ask, selectivity }: Queried, { wanted }: Planning): Promise<number> {
  let size = selectivity.get(SIZE)
  if (size === undefined) {
    size = await ask(() => entities.estimatedDocumentCount())
    selectivity.set(SIZE, size)
  }
  const few = wanted === undefined ? size / 10 : Math.sqrt(size * wanted)
  return Math.round(Math.min(Math.max(few, FEW), MOST_COUNTED))
}

/** How many entities meet the conditions, or met others of their shape some seconds ago; at most {@link MOST_COUNTED}. */
async function selected(
  { entities, ask, selectivity }: Queried,
  { index, conditions, shape }: Source,
  signal: AbortSignal,
): Promise<number> {
  const known = selectivity.get(shape)
  if (known !== undefined) return known
  const options = { limit: MOST_COUNTED, maxTimeMS: COUNTING_MS, signal, ...(index !== GEO && { hint: index }) }
  const count = await ask(() => entities.countDocuments(allOf(restOf(conditions)), options).catch(manyWhereSlow))
  selectivity.set(shape, count)
  return count
}

function manyWhereSlow(error: unknown): number {
  if (tookLonger(error)) return MOST_COUNTED
  throw error
}

function shapeOf(conditions: readonly Condition[]): string {
  return conditions.map(({ shape, native }) => shape ?? JSON.stringify(native)).join(' and ')
}

/** Milliseconds after which a question was not as cheap as others of its shape. */
const SLOW = 30

/** And until it is counted anew: under load every question is slow. */
const AGAIN_MS = 1_000

/** Forgets what was known of a question's shape, where it took too long for that to be true. */
export function learn({ selectivity }: Queried, filter: EntityFilter, milliseconds: number): void {
  if (milliseconds < SLOW) return
  const conditions = conditionsOf(filter)
  for (const { shape } of sourcesOf(conditions)) {
    if (selectivity.getRemainingTTL(shape) < KNOWN_FOR_MS - AGAIN_MS) selectivity.delete(shape)
  }
}
