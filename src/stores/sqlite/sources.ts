/** Indexes along which the candidates of a filter can be found, each with what it would cost. */

import type { EntityFilter } from '../../core/query/ast.ts'
import { type Candidates, queryCandidates, scopeCandidates, type ValueRange } from '../../core/query/lookups.ts'
import { literalPrefixOf } from '../../core/query/pattern.ts'
import { type Counting, countWithin } from './count-rows.ts'
import type { Queried } from './database.ts'
import { geoSource } from './geo-source.ts'
import { kindNumber, type StoredValue, storedValue } from './index-rows.ts'
import type { Source } from './source.ts'
import { exists, join, type Sql, sql } from './sql.ts'

/** The sources of a filter's q, scopes, geo and idPattern, each of which alone would do; none where no index helps. */
export function sourcesOf(database: Queried, filter: EntityFilter, counting: Counting): readonly Source[] {
  const candidates = [
    ...(filter.q === undefined ? [] : narrowed(database, conjuncts(queryCandidates(filter.q)))),
    ...(filter.scopes === undefined ? [] : conjuncts(scopeCandidates(filter.scopes))),
  ]
  // Names of Attributes are looked up with those of types (compile-filter.ts).
  const sources = candidates.flatMap((each) => {
    const source = each.kind === 'attribute' ? undefined : sourceOf(database, each, counting)
    return source === undefined ? [] : [{ ...source, parts: partsOf(each) }]
  })
  const geo = filter.geo && geoSource(database, filter.geo, counting)
  const byId = idSource(database, filter, counting)
  return [...sources, ...(geo ? [geo] : []), ...(byId ? [byId] : [])]
}

interface Required {
  /** Attributes that everything that matches has. */
  readonly names: readonly string[]
  /** How many conditions of q say more than that. */
  readonly parts: number
}

export function requiredAttributes({ q }: EntityFilter): Required {
  const parts = q === undefined ? [] : conjuncts(queryCandidates(q))
  return {
    names: [...new Set(parts.flatMap((part) => attributeOf(part) ?? []))],
    parts: parts.filter((part) => part.kind !== 'attribute' || !part.exact).length,
  }
}

function attributeOf(candidates: Candidates): string | undefined {
  return 'attribute' in candidates ? candidates.attribute : undefined
}

/** Parts of which each holds for everything that matches. */
function conjuncts(candidates: Candidates): readonly Candidates[] {
  return candidates.kind === 'all' ? candidates.of.flatMap(conjuncts) : [candidates]
}

type Values = Extract<Candidates, { kind: 'values' }>
/** Candidates of several conditions. */
type Narrowed = Values & { readonly parts: number }

function partsOf(candidates: Candidates | Narrowed): number {
  return 'parts' in candidates ? candidates.parts : 1
}

/**
 * `a>=1;a<5` is one range, unless an entity has several values at the path: then each condition may be met by another.
 */
function narrowed(database: Queried, candidates: readonly Candidates[]): readonly (Candidates | Narrowed)[] {
  const merged: (Candidates | Narrowed)[] = []
  for (const each of candidates) {
    const at = merged.findIndex((other) => other.kind === 'values' && each.kind === 'values' && isSamePath(other, each))
    const other = merged[at]
    if (other?.kind !== 'values' || each.kind !== 'values' || hasOthers(database, each.ranges)) merged.push(each)
    else merged[at] = intersection(other, each)
  }
  return merged
}

/** Ranges of scalars, one of each. */
function isSamePath(a: Values, b: Values): boolean {
  const [one, other] = [a.ranges[0], b.ranges[0]]
  if (one === undefined || other === undefined || a.ranges.length !== 1 || b.ranges.length !== 1) return false
  return a.exact === 'scalars' && b.exact === 'scalars' && one.path === other.path && one.kind === other.kind
}

function intersection(a: Values | Narrowed, b: Values): Narrowed {
  const [one, other] = [a.ranges[0] as ValueRange, b.ranges[0] as ValueRange]
  const low = higher(one, other)
  const high = lower(one, other)
  const range: ValueRange = {
    path: one.path,
    kind: one.kind,
    ...(low.least !== undefined && { least: low.least }),
    ...(high.most !== undefined && { most: high.most }),
    open: { least: low.open?.least ?? false, most: high.open?.most ?? false },
  }
  return { ...a, ranges: [range], parts: partsOf(a) + 1 }
}

/** The range that begins later. */
function higher(a: ValueRange, b: ValueRange): ValueRange {
  if (a.least === undefined || b.least === undefined) return a.least === undefined ? b : a
  if (a.least === b.least) return a.open?.least ? a : b
  return a.least > b.least ? a : b
}

/** The range that ends earlier. */
function lower(a: ValueRange, b: ValueRange): ValueRange {
  if (a.most === undefined || b.most === undefined) return a.most === undefined ? b : a
  if (a.most === b.most) return a.open?.most ? a : b
  return a.most < b.most ? a : b
}

/** Undefined where no index helps. */
function sourceOf(database: Queried, candidates: Candidates, counting: Counting): Source | undefined {
  switch (candidates.kind) {
    case 'every':
      return undefined
    case 'attribute':
      return attributeSource(database, candidates.attribute, candidates.exact, counting)
    case 'values':
      return valueSource(database, candidates, counting)
    case 'all':
      return best(candidates.of.map((each) => sourceOf(database, each, counting)))
    case 'any':
      return together(candidates.of.map((each) => sourceOf(database, each, counting)))
  }
}

function best(sources: readonly (Source | undefined)[]): Source | undefined {
  const usable = sources.filter((source) => source !== undefined)
  const [first, ...others] = usable
  if (first === undefined) return undefined
  const least = others.reduce((one, other) => (other.rows < one.rows ? other : one), first)
  return sources.length === 1 ? least : { ...least, exact: false }
}

function together(sources: readonly (Source | undefined)[]): Source | undefined {
  const usable = sources.filter((source) => source !== undefined)
  if (usable.length < sources.length) return undefined
  return {
    selects: usable.flatMap(({ selects }) => selects),
    exact: usable.every(({ exact }) => exact),
    ordered: usable.every(({ ordered }) => ordered),
    rows: usable.reduce((sum, { rows }) => sum + rows, 0),
    via: [...new Set(usable.map(({ via }) => via))].join(' or '),
    parts: 1,
  }
}

function attributeSource(
  { names, ...database }: Queried,
  attribute: string,
  exact: boolean,
  counting: Counting,
): Source {
  const number = names.find(attribute)
  const select = sql('SELECT c.rid FROM entity_attribute c WHERE c.attribute = ?', number ?? 0)
  return {
    selects: number === undefined ? [] : [select],
    exact,
    ordered: true,
    rows: number === undefined ? 0 : countWithin(database, select, counting),
    via: `attribute ${attribute}`,
    parts: 1,
  }
}

function valueSource(
  database: Queried,
  { ranges, attribute, exact }: Extract<Candidates, { kind: 'values' }>,
  counting: Counting,
): Source {
  const rest = attribute === undefined ? undefined : selectRange(database, { path: attribute, kind: 'more' })
  const all = [rest, ...ranges.map((range) => selectRange(database, range))].filter((select) => select !== undefined)
  const { selects, rows } = counted(database, all, counting)
  const points = ranges.every(isPoint)
  const number = attribute === undefined ? undefined : database.names.find(attribute)
  return {
    selects,
    parts: 1,
    ...(number !== undefined && { attribute: number }),
    ...(points && selects.length <= PROBES && { probe: join(selects.map(probeOf), ' OR ', 'false') }),
    exact: rest === undefined && (exact === 'scalars' ? !hasOthers(database, ranges) : exact),
    ordered: points,
    rows,
    via: `values of ${[...new Set(ranges.map(({ path }) => path))].join(', ').replaceAll('\n', '.')}`,
  }
}

/** Those that have a row, and how many they have together; from the bound on they are not looked at any more. */
function counted(database: Queried, all: readonly Sql[], counting: Counting): Pick<Source, 'selects' | 'rows'> {
  const selects: Sql[] = []
  let rows = 0
  for (const select of all) {
    const found = countWithin(database, select, counting, rows)
    if (found === 0) continue
    selects.push(select)
    rows += found
  }
  return { selects, rows }
}

/** Values that a row is probed for. */
const PROBES = 8

function isPoint(range: ValueRange): range is ValueRange & { readonly least: number | string } {
  const { least, most, open } = range
  return least !== undefined && least === most && !open?.least && !open?.most
}

/** Of a value, or of a kind: whether the row `c` of another source is among them. */
function probeOf({ text, values }: Sql): Sql {
  const inner = text.replace('SELECT c.rid FROM entity_value c', 'SELECT 1 FROM entity_value v').replaceAll('c.', 'v.')
  return exists({ text: `${inner} AND v.rid = c.rid`, values })
}

/** Whether there are values at a path that are no scalars. */
function hasOthers(database: Queried, ranges: readonly ValueRange[]): boolean {
  return ranges.some(({ path }) => {
    const number = database.names.find(path)
    return number !== undefined && database.kinds.has(number, kindNumber('other'))
  })
}

/** Undefined where nothing of the kind is stored at the path. */
function selectRange({ names, kinds }: Queried, range: ValueRange): Sql | undefined {
  const { path, kind, least, most, open } = range
  const number = names.find(path)
  if (number === undefined || !kinds.has(number, kindNumber(kind))) return undefined
  const values = [number, kindNumber(kind)]
  let text = 'SELECT c.rid FROM entity_value c WHERE c.path = ? AND c.kind = ?'
  if (isPoint(range)) return sql(`${text} AND c.value = ?`, ...values, storedValue(kind, range.least))
  const bounds: StoredValue[] = []
  if (least !== undefined) {
    text += ` AND c.value ${open?.least ? '>' : '>='} ?`
    bounds.push(storedValue(kind, least))
  }
  if (most !== undefined) {
    text += ` AND c.value ${open?.most ? '<' : '<='} ?`
    bounds.push(storedValue(kind, most))
  }
  return sql(text, ...values, ...bounds)
}

function idSource(
  database: Queried,
  { idPattern, alternatives }: EntityFilter,
  counting: Counting,
): Source | undefined {
  const prefix = idPattern === undefined || alternatives !== undefined ? '' : literalPrefixOf(idPattern)
  if (prefix === '') return undefined
  const select = sql('SELECT c.rid FROM entity c WHERE c.id >= ? AND c.id <= ?', prefix, `${prefix}\u{10ffff}`)
  return {
    selects: [select],
    exact: false,
    ordered: false,
    rows: countWithin(database, select, counting),
    via: 'id',
    parts: 1,
  }
}
