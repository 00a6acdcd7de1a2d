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

/** Entities that are counted before conditions are said to select many. */
const FEW = 500
/** Milliseconds for counting them: what takes longer is not cheap to find, however few there are. */
const COUNTING_MS = 2_000

const VALUES: Index = 'values_1_seq_1'
const GEO: Index = 'places.at_2dsphere'

/**
 * Of conditions on values, places and ids it is asked first whether few meet them: a database that has no statistics of
 * what stands in lists would take the wrong index, or read all. Where each selects many, it is left to the database.
 */
export async function makePlan(
  database: Queried,
  filter: EntityFilter,
  { now, signal }: { readonly now: Instant; readonly signal: AbortSignal },
): Promise<Plan> {
  const conditions = conditionsOf(filter)
  const doubt = either(conditions.map((condition) => condition.doubt))
  const best = await bestOf(database, conditions, signal)
  return { doubt, ...(best === undefined ? alongAny(conditions, now) : along(best, conditions, now)) }
}

type Way = Omit<Plan, 'doubt'>

/** Conditions that one index answers together. */
interface Source {
  readonly index: Index
  readonly conditions: readonly Condition[]
}

function along({ index, conditions: found }: Source, conditions: readonly Condition[], now: Instant): Way {
  const others = conditions.filter((condition) => !found.includes(condition))
  const rest = allOf([...restOf(others), ...(index === '_id_' ? [ENTITIES] : []), livesAt(now)])
  const via = [...new Set(found.map((condition) => condition.via))].join(', then ')
  const natives = restOf(found)
  // An index of places cannot be asked for by its name everywhere: so no other one is to be seen.
  if (index === GEO) return { native: allOf([...natives, hidden(rest)]), via }
  return { native: allOf([...natives, rest]), hint: index, via }
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

/** Undefined where each selects many, or there is nothing to choose from. */
async function bestOf(
  database: Queried,
  conditions: readonly Condition[],
  signal: AbortSignal,
): Promise<Source | undefined> {
  const sources = ([VALUES, GEO, '_id_'] as const)
    .map((index) => ({ index, conditions: conditions.filter((condition) => condition.index === index) }))
    .filter((source) => source.conditions.length > 0)
  const counts = await Promise.all(sources.map((source) => selected(database, source, signal)))
  const least = Math.min(...counts)
  return least < FEW ? sources[counts.indexOf(least)] : undefined
}

/** How many entities meet the conditions, or met others of their shape some seconds ago; at most {@link FEW}. */
async function selected(
  { entities, ask, selectivity }: Queried,
  { index, conditions }: Source,
  signal: AbortSignal,
): Promise<number> {
  const shape = shapeOf(conditions)
  const known = selectivity.get(shape)
  if (known !== undefined) return known
  const options = { limit: FEW, maxTimeMS: COUNTING_MS, signal, ...(index !== GEO && { hint: index }) }
  const count = await ask(() => entities.countDocuments(allOf(restOf(conditions)), options).catch(fewOrMany))
  selectivity.set(shape, count)
  return count
}

function fewOrMany(error: unknown): number {
  if (tookLonger(error)) return FEW
  throw error
}

function shapeOf(conditions: readonly Condition[]): string {
  return conditions.map(({ shape, native }) => shape ?? JSON.stringify(native)).join(' and ')
}

/** Milliseconds after which a question was not as cheap as others of its shape. */
const SLOW = 30

/** Forgets what was known of a question's shape, where it took too long for that to be true. */
export function learn({ selectivity }: Queried, filter: EntityFilter, milliseconds: number): void {
  if (milliseconds < SLOW) return
  const conditions = conditionsOf(filter)
  for (const index of [VALUES, GEO]) {
    const own = conditions.filter((condition) => condition.index === index)
    if (own.length > 0) selectivity.delete(shapeOf(own))
  }
}
