/** Indexes along which the candidates of a filter can be found, each with what it would cost. */

import type { EntityFilter } from '../../core/query/ast.ts'
import { type Candidates, queryCandidates, scopeCandidates, type ValueRange } from '../../core/query/lookups.ts'
import { literalPrefixOf } from '../../core/query/pattern.ts'
import { countRows } from './count-rows.ts'
import type { Queried } from './database.ts'
import { geoSource } from './geo-source.ts'
import { kindNumber, type StoredValue, storedValue } from './index-rows.ts'
import type { Source } from './source.ts'
import { exists, join, type Sql, sql } from './sql.ts'

/** The sources of a filter's q, scopes, geo and idPattern, each of which alone would do; none where no index helps. */
export function sourcesOf(database: Queried, filter: EntityFilter, bound: number): readonly Source[] {
  const candidates = [
    ...(filter.q === undefined ? [] : narrowed(database, conjuncts(queryCandidates(filter.q)))),
    ...(filter.scopes === undefined ? [] : conjuncts(scopeCandidates(filter.scopes))),
  ]
  // Names of Attributes are looked up with those of types (compile-filter.ts).
  const sources = candidates.flatMap((each) => {
    const source = each.kind === 'attribute' ? undefined : sourceOf(database, each, bound)
    return source === undefined ? [] : [{ ...source, parts: partsOf(each) }]
  })
  const geo = filter.geo && geoSource(database, filter.geo, bound)
  const byId = idSource(database, filter, bound)
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
function sourceOf(database: Queried, candidates: Candidates, bound: number): Source | undefined {
  switch (candidates.kind) {
    case 'every':
      return undefined
    case 'attribute':
      return attributeSource(database, candidates.attribute, candidates.exact, bound)
    case 'values':
      return valueSource(database, candidates, bound)
    case 'all':
      return best(candidates.of.map((each) => sourceOf(database, each, bound)))
    case 'any':
      return together(candidates.of.map((each) => sourceOf(database, each, bound)))
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

function attributeSource({ names, ...database }: Queried, attribute: string, exact: boolean, bound: number): Source {
  const number = names.find(attribute)
  const select = sql('SELECT c.rid FROM entity_attribute c WHERE c.attribute = ?', number ?? 0)
  return {
    selects: number === undefined ? [] : [select],
    exact,
    ordered: true,
    rows: number === undefined ? 0 : countRows(database, select, bound),
    via: `attribute ${attribute}`,
    parts: 1,
  }
}

function valueSource(
  database: Queried,
  { ranges, attribute, exact }: Extract<Candidates, { kind: 'values' }>,
  bound: number,
): Source {
  const rest = attribute === undefined ? undefined : selectRange(database, { path: attribute, kind: 'more' })
  const unknown = rest === undefined ? [] : [rest]
  const selects = [...unknown]
  let rows = unknown.length === 0 ? 0 : bound
  for (const range of ranges) {
    const select = selectRange(database, range)
    const found = select === undefined ? 0 : countRows(database, select, bound)
    if (select === undefined || found === 0) continue
    selects.push(select)
    rows += found
  }
  const points = ranges.every(isPoint)
  const number = attribute === undefined ? undefined : database.names.find(attribute)
  return {
    selects,
    parts: 1,
    ...(number !== undefined && { attribute: number }),
    ...(points && selects.length <= PROBES && { probe: join(selects.map(probeOf), ' OR ', 'false') }),
    exact: unknown.length === 0 && (exact === 'scalars' ? !hasOthers(database, ranges) : exact),
    ordered: points,
    rows,
    via: `values of ${[...new Set(ranges.map(({ path }) => path))].join(', ').replaceAll('\n', '.')}`,
  }
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

function idSource(database: Queried, { idPattern, alternatives }: EntityFilter, bound: number): Source | undefined {
  const prefix = idPattern === undefined || alternatives !== undefined ? '' : literalPrefixOf(idPattern)
  if (prefix === '') return undefined
  const select = sql('SELECT c.rid FROM entity c WHERE c.id >= ? AND c.id <= ?', prefix, `${prefix}\u{10ffff}`)
  return {
    selects: [select],
    exact: false,
    ordered: false,
    rows: countRows(database, select, bound),
    via: 'id',
    parts: 1,
  }
}
