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

/** Entities that are counted before a condition is said to select many. */
const FEW = 500

const GEO: Index = 'places.at_2dsphere'

/**
 * Of conditions on values, places and ids it is asked first which of them few meet: a database that has no statistics of
 * what stands in lists would take the wrong index, or read all. Where each selects many, it is left to the database.
 */
export async function makePlan(database: Queried, filter: EntityFilter, now: Instant): Promise<Plan> {
  const conditions = conditionsOf(filter)
  const doubt = either(conditions.map((condition) => condition.doubt))
  const best = await bestOf(database, conditions)
  return { doubt, ...(best === undefined ? alongAny(conditions, now) : along(best, conditions, now)) }
}

type Way = Omit<Plan, 'doubt'>

function along(best: Condition, conditions: readonly Condition[], now: Instant): Way {
  const others = conditions.filter((condition) => condition !== best)
  const rest = allOf([...restOf(others), ...(best.index === '_id_' ? [ENTITIES] : []), livesAt(now)])
  const { native, index, via } = best
  // An index of places cannot be asked for by its name everywhere: so no other one is to be seen.
  if (index === GEO || index === undefined) return { native: allOf([native, hidden(rest)]), via }
  return { native: allOf([native, rest]), hint: index, via }
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
async function bestOf(database: Queried, conditions: readonly Condition[]): Promise<Condition | undefined> {
  const asked = conditions.filter(({ index }) => index === 'values_1_seq_1' || index === GEO || index === '_id_')
  const counts = await Promise.all(asked.map((condition) => selected(database, condition)))
  const least = Math.min(...counts)
  return least < FEW ? asked[counts.indexOf(least)] : undefined
}

/** How many entities meet a condition, at most {@link FEW}. */
async function selected({ entities, ask, selectivity }: Queried, { native, index }: Condition): Promise<number> {
  const key = JSON.stringify(native)
  const known = selectivity.get(key)
  if (known !== undefined) return known
  const hint = index === undefined || index === GEO ? {} : { hint: index }
  const count = await ask(() => entities.countDocuments(native, { limit: FEW, ...hint }))
  selectivity.set(key, count)
  return count
}
