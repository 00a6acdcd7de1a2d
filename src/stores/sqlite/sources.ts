/** Indexes along which the candidates of a filter can be found, each with how many there are. */

import type { EntityFilter } from '../../core/query/ast.ts'
import { type Candidates, queryCandidates, scopeCandidates, type ValueRange } from '../../core/query/lookups.ts'
import { conditionsOf, conjuncts, narrowed } from '../../core/query/narrow.ts'
import { literalPrefixOf } from '../../core/query/pattern.ts'
import type { Queried } from './database.ts'
import { geoSearch } from './geo-source.ts'
import { type Found, inOrder, type Reading, readRids } from './index-reading.ts'
import { kindNumber, storedValue } from './index-rows.ts'
import { type IndexRange, isInRange, type Source, selectFrom } from './source.ts'
import { where as and, join, type Sql, sql } from './sql.ts'

/** The sources of a filter's q, scopes, geo and idPattern, each of which alone would do; none where no index helps. */
type FindSources = (reading: Reading) => readonly Source[]

/** Finds the sources of a filter, with ever more to read; what has been read to its end is not read again. */
export function sourcesFor(database: Queried, filter: EntityFilter): FindSources {
  const candidates = [
    ...(filter.q === undefined
      ? []
      : narrowed(conjuncts(queryCandidates(filter.q)), (ranges) => hasOthers(database, ranges))),
    ...(filter.scopes === undefined ? [] : conjuncts(scopeCandidates(filter.scopes))),
  ]
  const searches: ((reading: Reading) => Source | undefined)[] = candidates.flatMap((each) => {
    // Names of Attributes are looked up with those of types (compile-filter.ts).
    if (each.kind === 'attribute') return []
    return (reading: Reading) => {
      const source = sourceOf(database, each, reading)
      return source && { ...source, parts: conditionsOf(each) }
    }
  })
  if (filter.geo !== undefined) searches.push(geoSearch(database, filter.geo))
  searches.push((reading) => idSource(database, filter, reading))
  const read: (Source | undefined)[] = []
  return (reading) =>
    searches.flatMap((search, i) => {
      const source = read[i] ?? search(reading)
      if (source?.rids !== undefined) read[i] = source
      return source ?? []
    })
}

interface Required {
  /** Attributes that everything that matches has. */
  readonly names: readonly string[]
  /** How many conditions of q say more than that. */
  readonly parts: number
}

/** What a q says of the Attributes that an entity has. */
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

/** Undefined where no index helps. */
function sourceOf(database: Queried, candidates: Candidates, reading: Reading): Source | undefined {
  switch (candidates.kind) {
    case 'every':
      return undefined
    case 'attribute':
      return attributeSource(database, candidates.attribute, candidates.exact, reading)
    case 'values':
      return valueSource(database, candidates, reading)
    case 'all':
      return best(candidates.of.map((each) => sourceOf(database, each, reading)))
    case 'any':
      return together(candidates.of.map((each) => sourceOf(database, each, reading)))
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
    ranges: usable.flatMap(({ ranges }) => ranges),
    exact: usable.every(({ exact }) => exact),
    ordered: usable.every(({ ordered }) => ordered),
    ...foundTogether(usable),
    via: [...new Set(usable.map(({ via }) => via))].join(' or '),
    parts: 1,
  }
}

function foundTogether(found: readonly Found[]): Found {
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const lists = found.flatMap(({ rids }) => (rids === undefined ? [] : [rids]))
  const rids = lists.length < found.length ? undefined : inOrder(([] as readonly number[]).concat(...lists))
  return { rows: found.reduce((sum, each) => sum + each.rows, 0), rids }
}

const NONE: Found = { rows: 0, rids: [] }

function attributeSource(database: Queried, attribute: string, exact: boolean, reading: Reading): Source {
  const number = database.names.find(attribute)
  const range = { from: sql('entity_attribute'), where: (row: string) => sql(`${row}.attribute = ?`, number ?? 0) }
  return {
    ranges: number === undefined ? [] : [range],
    exact,
    ordered: true,
    ...(number === undefined ? NONE : readRids(database, selectFrom(range), reading)),
    via: `attribute ${attribute}`,
    parts: 1,
  }
}

function valueSource(
  database: Queried,
  { ranges: values, attribute, exact }: Extract<Candidates, { kind: 'values' }>,
  reading: Reading,
): Source {
  const rest = attribute === undefined ? undefined : rangeOf(database, { path: attribute, kind: 'more' })
  const all = [rest, ...values.map((range) => rangeOf(database, range))].filter((range) => range !== undefined)
  const { ranges, ...found } = read(database, all, reading)
  const points = values.every(isPoint)
  const number = attribute === undefined ? undefined : database.names.find(attribute)
  return {
    ranges,
    parts: 1,
    ...(number !== undefined && { attribute: number }),
    ...(points && ranges.length <= PROBES && { probe: join(ranges.map(isInRange), ' OR ', 'false') }),
    exact: rest === undefined && (exact === 'scalars' ? !hasOthers(database, values) : exact),
    ordered: points,
    ...found,
    via: `values of ${[...new Set(values.map(({ path }) => path))].join(', ').replaceAll('\n', '.')}`,
  }
}

/** Those that have a row, and what they have together; from the bound on they are not looked at any more. */
function read(database: Queried, all: readonly IndexRange[], reading: Reading): Pick<Source, 'ranges'> & Found {
  const ranges: IndexRange[] = []
  const found: Found[] = []
  let rows = 0
  for (const range of all) {
    const each = readRange(database, range, reading, rows)
    if (each.rows === 0) continue
    ranges.push(range)
    found.push(each)
    rows += each.rows
  }
  return { ranges, ...foundTogether(found) }
}

function readRange(database: Queried, range: IndexRange, reading: Reading, before: number): Found {
  const { lists } = database.known
  const known = range.name && lists.get(range.name)
  if (known !== undefined) return comparing(known, reading)
  const found = readRids(database, selectFrom(range), reading, before)
  if (range.name !== undefined && found.rids !== undefined) lists.keep(range.name, found.rids)
  return found
}

/** What is remembered need not be read, but be compared. */
function comparing(rids: readonly number[], reading: Reading): Found {
  const effort = Math.ceil(rids.length * COMPARED)
  if (effort > reading.left) return { rows: reading.bound, rids: undefined }
  reading.left -= effort
  return { rows: rids.length, rids }
}

/** As many rows could be read in the time that it takes to compare one with others. */
const COMPARED = 0.5

/** Values that a row is probed for. */
const PROBES = 8

function isPoint(range: ValueRange): range is ValueRange & { readonly least: number | string } {
  const { least, most, open } = range
  return least !== undefined && least === most && !open?.least && !open?.most
}

/** Whether there are values at a path that are no scalars. */
function hasOthers(database: Queried, ranges: readonly ValueRange[]): boolean {
  return ranges.some(({ path }) => {
    const number = database.names.find(path)
    return number !== undefined && database.known.kinds.has(number, kindNumber('other'))
  })
}

/** Undefined where nothing of the kind is stored at the path. */
function rangeOf({ names, known: { kinds } }: Queried, range: ValueRange): IndexRange | undefined {
  const { path, kind } = range
  const number = names.find(path)
  if (number === undefined || !kinds.has(number, kindNumber(kind))) return undefined
  return {
    from: sql('entity_value'),
    where: (row) => isBetween(row, number, range),
    name: { path: number, range: nameOf(range) },
  }
}

function nameOf({ kind, least, most, open }: ValueRange): string {
  const ends = [least, most].map((end) => (typeof end === 'string' ? JSON.stringify(end) : String(end)))
  return [kind, open?.least ? '>' : '>=', open?.most ? '<' : '<=', ...ends].join(' ')
}

function isBetween(row: string, path: number, { kind, least, most, open }: ValueRange): Sql {
  const compared = (operator: string, value: number | string) =>
    sql(`${row}.value ${operator} ?`, storedValue(kind, value))
  const ends: (Sql | undefined)[] =
    least !== undefined && least === most && !open?.least && !open?.most
      ? [compared('=', least)]
      : [
          least === undefined ? undefined : compared(open?.least ? '>' : '>=', least),
          most === undefined ? undefined : compared(open?.most ? '<' : '<=', most),
        ]
  return and(sql(`${row}.path = ? AND ${row}.kind = ?`, path, kindNumber(kind)), ...ends)
}

function idSource(database: Queried, { idPattern, alternatives }: EntityFilter, reading: Reading): Source | undefined {
  const prefix = idPattern === undefined || alternatives !== undefined ? '' : literalPrefixOf(idPattern)
  if (prefix === '') return undefined
  const last = `${prefix}\u{10ffff}`
  const range = { from: sql('entity'), where: (row: string) => sql(`${row}.id >= ? AND ${row}.id <= ?`, prefix, last) }
  return {
    ranges: [range],
    exact: false,
    ordered: false,
    ...readRids(database, selectFrom(range), reading),
    via: 'id',
    parts: 1,
  }
}
