/** Reading many entities. Generators, so that what takes long can be interrupted: they yield after a few entities. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { pageTooLarge } from '../../core/model/problems.ts'
import type { EntityFilter, EntityQuery, Ordering } from '../../core/query/ast.ts'
import { type EntityRow, READ_COLUMNS } from './codec.ts'
import type { Scope } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { matchesOf } from './matches.ts'
import { orderedRids } from './ordered.ts'
import type { Plan } from './plan.ts'

export interface FoundRow {
  readonly row: EntityRow
  /** Where it has been decoded already. */
  readonly entity?: Entity
}

/** What a query found, and how. */
export interface Answer {
  readonly rows: readonly FoundRow[]
  readonly total?: number
  readonly plan: Plan | undefined
  /** Entities that had to be looked at one by one. */
  readonly evaluated: number
}

const NOTHING: Answer = { rows: [], plan: undefined, evaluated: 0 }

/** Throws TooManyResults where the entities of the page have more than `maxBytes` together. */
export function* answerQuery(
  database: Queried,
  query: EntityQuery,
  plan: Plan | undefined,
  scope: Scope,
  maxBytes: number,
): Generator<void, Answer> {
  if (plan === undefined) return query.count ? { ...NOTHING, total: 0 } : NOTHING
  const { ordering } = query
  if (ordering !== undefined) return yield* orderedAnswer(database, { ...query, ordering }, plan, scope, maxBytes)
  if (!plan.exact) return yield* evaluatedAnswer(database, query, plan, scope, maxBytes)
  const rows = query.limit === 0 ? [] : readPage(database, plan, query, maxBytes)
  const total = query.count ? { total: countExactly(database, query.filter, plan, scope.now) } : {}
  return { rows, ...total, plan, evaluated: 0 }
}

function readPage(
  { iterate }: Queried,
  { source }: Plan,
  { limit, offset }: EntityQuery,
  maxBytes: number,
): readonly FoundRow[] {
  const page = createPage(maxBytes)
  const found = iterate(pageOf(source.text), [...source.values, limit, offset]) as Iterable<EntityRow>
  for (const row of found) page.add({ row })
  return page.rows
}

/** What lies before the page is passed over in the index alone; only the entities of the page are read. */
export function pageOf(selected: string): string {
  return `SELECT ${READ_COLUMNS} FROM (${selected} ORDER BY rid LIMIT ? OFFSET ?) p
    JOIN entity e ON e.rid = p.rid ORDER BY p.rid`
}

interface Page {
  readonly rows: FoundRow[]
  /** Throws TooManyResults. */
  add(found: FoundRow): void
}

function createPage(maxBytes: number): Page {
  const rows: FoundRow[] = []
  let bytes = 0
  const add = (found: FoundRow): void => {
    bytes += Buffer.byteLength(found.row.body)
    if (bytes > maxBytes) throw pageTooLarge(maxBytes)
    rows.push(found)
  }
  return { rows, add }
}

/** Candidates after which the caller may do something else. */
const STEP = 16

function* evaluatedAnswer(
  database: Queried,
  query: EntityQuery,
  plan: Plan,
  scope: Scope,
  maxBytes: number,
): Generator<void, Answer> {
  const { filter, limit, offset, count } = query
  const page = createPage(maxBytes)
  let total = 0
  let evaluated = 0
  for (const match of matchesOf(database, filter, plan, scope)) {
    if (match !== undefined && ++total > offset && page.rows.length < limit) page.add(match)
    if (!count && page.rows.length === limit) break
    if (++evaluated % STEP === 0) yield
  }
  return { rows: page.rows, ...(count && { total }), plan, evaluated }
}

function* orderedAnswer(
  database: Queried,
  query: EntityQuery & { readonly ordering: Ordering },
  plan: Plan,
  scope: Scope,
  maxBytes: number,
): Generator<void, Answer> {
  const found = yield* orderedRids(database, query, plan, scope)
  const page = createPage(maxBytes)
  for (const rid of found.rids) {
    const row: EntityRow | undefined = database.sql(`SELECT ${READ_COLUMNS} FROM entity e WHERE e.rid = ?`).get(rid)
    if (row !== undefined) page.add({ row })
  }
  return { rows: page.rows, ...(query.count && { total: found.total }), plan, evaluated: found.evaluated }
}

function countExactly(
  { sql, counts, names }: Queried,
  { types, ids, attributes, alternatives, ...rest }: EntityFilter,
  { source }: Plan,
  now: Instant,
): number {
  const others = [ids, attributes, alternatives, ...Object.values(rest)].some((part) => part !== undefined)
  if (!others) {
    if (types === undefined) return counts.read(now)
    const [iri, ...more] = types.length === 1 ? (types[0] ?? []) : []
    const nid = iri === undefined || more.length > 0 ? undefined : names.find(iri)
    if (iri !== undefined && nid !== undefined) return counts.read(now, { iri, nid })
  }
  return sql(`SELECT count(*) AS n FROM (${source.text})`).get(...source.values).n
}

/** How things stand at a moment. */
export function scopeAt({ sql }: Queried, now: Instant): Scope {
  return {
    now,
    expired: sql('SELECT 1 FROM entity WHERE expires_at <= ? LIMIT 1').get(now) !== undefined,
    expiredAttributes: sql('SELECT 1 FROM entity WHERE attribute_expires_at <= ? LIMIT 1').get(now) !== undefined,
  }
}
