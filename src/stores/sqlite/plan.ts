/** How a filter is answered: along which index, and whether what that gives has to be looked at by the evaluator. */

import type { EntityFilter, EntityQuery } from '../../core/query/ast.ts'
import type { CandidateRows } from './candidate-rows.ts'
import { compileSelection, restrictions, type Scope, type Selection, selectionOf } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { type Source, selectFrom } from './source.ts'
import { requiredAttributes, sourcesFor } from './sources.ts'
import { type Sql, sql, union, where } from './sql.ts'

export interface Plan {
  readonly source: CandidateRows
  /** Whether every candidate matches; otherwise each is evaluated. */
  readonly exact: boolean
  /** How many candidates there are, as far as was found out. */
  readonly candidates: number
  /** Microseconds to count them. */
  readonly counting: number
  /** What is looked up, for people. */
  readonly via: string
  /** Microseconds that it should take to answer. */
  readonly cost: number
}

/** Microseconds: to evaluate an entity, to pass a row of an index, to begin, to read a row of an index. */
const EVALUATED = 12
const PASSED = 0.5
const BEGUN = 100
const READ = 0.15
/** As many rows of a source are read, at first and then, before a plan is made with what is known. */
const BOUNDS = [256, 4_096, 16_384, 131_072, Number.MAX_SAFE_INTEGER]
/** Microseconds for which reading further is not worth its while. */
const CHEAP = 2_000
/** Rows that are read in all, in some milliseconds, where everybody else waits meanwhile. */
export const READ_IN_PLACE = 24_000
/** The same where only other slow queries wait. */
export const READ_ASIDE = 2_000_000

/** More are no statement any more: it may have 32,766 values. */
const MOST_RANGES = 4_000

/** What entities are wanted of all that match. */
type Extent = Pick<EntityQuery, 'limit' | 'offset' | 'count'> & { readonly ordered: boolean }

/** Undefined where nothing can match. Its cost is infinite where it was not found out in the `budget` of rows to read. */
export function makePlan(
  database: Queried,
  filter: EntityFilter,
  extent: Extent,
  scope: Scope,
  budget = READ_IN_PLACE,
): Plan | undefined {
  database.known.refresh()
  const base = baseOf(database, filter, scope)
  if (base === undefined) return undefined
  const stream = streamPlan(base, extent)
  if (base.parts === 0 || (filter.ids !== undefined && filter.alternatives === undefined)) return stream
  const find = sourcesFor(database, filter)
  let left = budget
  let along: Plan | undefined
  let sure: Plan | undefined
  for (const [i, bound] of BOUNDS.entries()) {
    const reading = { bound, left }
    const [source, ...others] = find(reading).toSorted(byRows)
    if (source === undefined || (source.rids === undefined && source.ranges.length > MOST_RANGES)) return stream
    along = sourcePlan(base, source, others, extent, bound)
    const streamed = streamPlan(base, extent, source.rows)
    if (isKnown(source, bound)) {
      // Where all that match are wanted, it is never worse not to look at them.
      const isBetter = (along.exact && (extent.count || extent.ordered)) || along.cost <= streamed.cost
      sure = isBetter ? along : streamed
    }
    if (sure !== undefined && sure.cost <= furtherCost(base, others, bound, BOUNDS[i + 1])) return sure
    if (source.ordered && along.exact && !extent.count && !extent.ordered) return along
    if (reading.left <= 0) break
    if (streamed.cost < CHEAP) return streamed
    left = reading.left
  }
  // Not to look at the entities is better, however many there are.
  const best = along?.exact && (extent.count || extent.ordered) ? along : stream
  return sure ?? { ...best, cost: Number.POSITIVE_INFINITY }
}

/** Whether it is known how many rows a source has. */
function isKnown({ rids, rows }: Source, bound: number): boolean {
  return rids !== undefined || rows < bound
}

/** Microseconds to read further of what is neither read nor looked up, so that less entities need be looked at. */
function furtherCost({ size }: Base, others: readonly Source[], bound: number, next: number | undefined): number {
  const unread = others.filter((other) => !isKnown(other, bound) && other.probe === undefined)
  if (unread.length === 0 || next === undefined) return Number.POSITIVE_INFINITY
  return BEGUN + unread.length * Math.min(next, size) * READ
}

/** Those with the fewest rows first, and of equals those that need no look at the entities. */
function byRows(a: Source, b: Source): number {
  return a.rows - b.rows || Number(b.exact) - Number(a.exact)
}

/** What is selected by types, ids and names of Attributes. */
interface Base {
  readonly stream: Sql
  /** Undefined where they cannot be checked for a row of another index. */
  readonly selection: Selection | undefined
  readonly size: number
  readonly via: string
  /** Parts of the filter that the stream does not answer. */
  readonly parts: number
  readonly scope: Scope
}

function baseOf(database: Queried, filter: EntityFilter, scope: Scope): Base | undefined {
  const required = requiredAttributes(filter)
  const rest = [filter.scopes, filter.geo, filter.idPattern].filter((part) => part !== undefined).length
  const parts = rest + required.parts
  const select = (selector: EntityFilter) =>
    selectionOf(selector, filter.attributes, required.names, database.names.find)
  const { alternatives } = filter
  if (alternatives === undefined) {
    const selection = select(filter)
    if (selection === undefined) return undefined
    const size = sizeOf(database, selection)
    return { stream: compileSelection(selection, scope), selection, size, via: viaOf(selection), parts, scope }
  }
  const selections = alternatives.flatMap((selector) => select(selector) ?? [])
  if (selections.length === 0) return undefined
  const stream = union(selections.map((selection) => compileSelection(selection, scope)))
  const size = selections.reduce((sum, selection) => sum + sizeOf(database, selection), 0)
  const patterns = alternatives.some(({ idPattern }) => idPattern !== undefined) ? 1 : 0
  const own = filter.types !== undefined || filter.ids !== undefined ? 1 : 0
  const via = [...new Set(selections.map(viaOf))].join(' or ')
  return { stream, selection: undefined, size, via, parts: parts + patterns + own, scope }
}

function sizeOf({ counts }: Queried, { types, ids }: Selection): number {
  if (ids !== undefined) return ids.length
  if (types === undefined) return counts.kept()
  return types.reduce((sum, [first]) => sum + counts.kept(first), 0)
}

function viaOf({ types, attributes, ids, having }: Selection): string {
  if (ids !== undefined) return 'id'
  if (types !== undefined) return 'type'
  return having !== undefined || attributes !== undefined ? 'attribute' : 'every entity'
}

/** In the order of creation along the types, ids or names. `matching`: how many of them match, at least. */
function streamPlan(base: Base, { limit, offset, count, ordered }: Extent, matching = 0): Plan {
  const { stream, size, via, parts } = base
  const exact = parts === 0
  const wanted = offset + limit
  const passed = count || ordered || matching === 0 ? size : Math.min(size, (wanted * size) / matching)
  const counting = isCounted(base) ? 0 : size * PASSED
  const cost =
    exact && !ordered ? BEGUN + Math.min(wanted, size) * PASSED + (count ? counting : 0) : BEGUN + passed * EVALUATED
  return { source: stream, exact, candidates: size, counting, via, cost }
}

/** Whether the number is kept: of all entities, and of those of a type. */
function isCounted({ selection }: Base): boolean {
  if (selection === undefined) return false
  const { types = [[]], ids, attributes, having } = selection
  return (
    types.length === 1 && (types[0]?.length ?? 0) < 2 && [ids, attributes, having].every((part) => part === undefined)
  )
}

function sourcePlan(base: Base, source: Source, others: readonly Source[], extent: Extent, bound: number): Plan {
  const { selection, parts, scope } = base
  // What is known row by row is compared here, whether it is exact or not: what matches is in all of them.
  const listed = source.rids === undefined ? [] : others.filter(({ rids }) => rids !== undefined)
  const rids = source.rids && inAll(source.rids, listed)
  const candidates = rids?.length ?? source.rows
  const probes = others.filter((other) => !listed.includes(other) && isProbed(other, candidates, bound))
  const met = [source, ...listed, ...probes]
  const answered = met.reduce((sum, each) => sum + (each.exact ? each.parts : 0), 0)
  const exact = answered === parts && selection !== undefined && !scope.expiredAttributes
  const rest = withoutImplied(selection ?? {}, met)
  const conditions = [...restrictions('c', rest, scope), ...probes.map(probeOf)]
  const passed = probes.reduce((sum, { probe, rows }) => sum + (probe === undefined ? rows : candidates), candidates)
  const evaluated = exact && !extent.ordered ? Math.min(candidates, extent.limit) : candidates
  return {
    source: rids === undefined ? selectOf(source, conditions) : { rids, conditions },
    exact,
    candidates,
    counting: isKnown(source, bound) ? candidates * PASSED : Number.POSITIVE_INFINITY,
    via: met.map(({ via }) => via).join(', then '),
    cost: BEGUN + passed * PASSED + evaluated * EVALUATED,
  }
}

function selectOf({ ranges, ordered }: Source, conditions: readonly Sql[]): Sql {
  if (ranges.length === 0) return sql('SELECT 0 AS rid WHERE false')
  // What is no union gives an entity as often as it has a row.
  const distinct = ranges.length === 1 && !ordered
  return union(ranges.map((range) => where(selectFrom(range, distinct), ...conditions)))
}

function inAll(rids: readonly number[], others: readonly Source[]): readonly number[] {
  return others.reduce((common, other) => intersection(common, other.rids ?? []), rids)
}

/** Of two lists in order. */
function intersection(a: readonly number[], b: readonly number[]): readonly number[] {
  const common: number[] = []
  let at = 0
  for (const rid of a) {
    while (at < b.length && (b[at] ?? rid) < rid) at++
    if (b[at] === rid) common.push(rid)
  }
  return common
}

/** Who has a value of an Attribute has the Attribute. */
function withoutImplied(selection: Selection, sources: readonly Source[]): Selection {
  const { having, ...rest } = selection
  const implied = new Set(sources.map(({ attribute }) => attribute))
  const left = having?.filter((attribute) => !implied.has(attribute)) ?? []
  return left.length === 0 ? rest : { ...rest, having: left }
}

/** Whether it is cheaper to look for a row of one source in another than to evaluate the entity. */
function isProbed({ exact, probe, rows }: Source, candidates: number, bound: number): boolean {
  if (!exact) return false
  return probe !== undefined || (rows < bound && rows * PASSED < candidates * EVALUATED)
}

function probeOf({ probe, ranges, rids }: Source): Sql {
  if (probe !== undefined) return probe
  if (rids !== undefined) return sql('c.rid IN (SELECT value FROM json_each(?))', JSON.stringify(rids))
  const { text, values } =
    ranges.length === 0 ? sql('SELECT 0 WHERE false') : union(ranges.map((range) => selectFrom(range)))
  return { text: `c.rid IN (${text})`, values }
}
