/** What of a query an index can answer: the counterpart of core/query/index-values.ts, the same for every store. */

import { CORE } from '../model/uri.ts'
import type {
  AttributePath,
  ComparableOperand,
  Operand,
  Query,
  QueryTerm,
  QueryTest,
  ScopePattern,
  ScopeQuery,
} from './ast.ts'
import { comparablesOf } from './comparable.ts'
import {
  CREATED_AT,
  cut,
  type IndexKind,
  isIndexed,
  isTextKept,
  LONGEST,
  MODIFIED_AT,
  pathKey,
  SCOPE,
} from './index-values.ts'
import { literalPrefixOf } from './pattern.ts'

/** The index values at a path of one kind, from `least` to `most`; all of them where both are absent. */
export interface ValueRange {
  readonly path: string
  readonly kind: IndexKind
  readonly least?: number | string
  readonly most?: number | string
  /** Whether the ends themselves are left out. */
  readonly open?: { readonly least?: boolean; readonly most?: boolean }
}

/** Entities that may match: all that do are among them. */
export type Candidates =
  /** Those that have a value in one of the ranges. */
  | {
      readonly kind: 'values'
      readonly ranges: readonly ValueRange[]
      /** Of which a value has to be kept: where an entity has too many, it is a candidate whatever they are. Absent: of none. */
      readonly attribute?: string
      /** Whether all of them match; `scalars`: if no value at the path is an array or the like. */
      readonly exact: boolean | 'scalars'
    }
  /** Those that have an Attribute. */
  | { readonly kind: 'attribute'; readonly attribute: string; readonly exact: boolean }
  | { readonly kind: 'any' | 'all'; readonly of: readonly Candidates[] }
  /** No index helps. */
  | { readonly kind: 'every' }

const EVERY: Candidates = { kind: 'every' }

/** 4.9 */
export function queryCandidates(query: Query): Candidates {
  if (query.kind === 'term') return termCandidates(query)
  return { kind: query.kind === 'and' ? 'all' : 'any', of: query.parts.map(queryCandidates) }
}

function termCandidates({ path, test }: QueryTerm): Candidates {
  const [first = ''] = path.names
  const [link] = path.links
  if (link !== undefined) return { kind: 'attribute', attribute: link.relationship, exact: false }
  const ofEntity = path.names.length === 1 && (first === CREATED_AT || first === MODIFIED_AT)
  if (!ofEntity && first === `${CORE}expiresAt` && path.names.length === 1) return EVERY
  if (ofEntity) return test === undefined ? EVERY : (valueCandidates(path, test, undefined) ?? EVERY)
  const having: Candidates = {
    kind: 'attribute',
    attribute: first,
    exact: test === undefined && path.names.length === 1 && path.trail === undefined,
  }
  if (test === undefined || !isIndexed(path.names, path.trail)) return having
  return valueCandidates(path, test, first) ?? having
}

/** Undefined where no range of values has all that match. */
function valueCandidates(path: AttributePath, test: QueryTest, attribute: string | undefined): Candidates | undefined {
  const found = rangesOf(test)
  if (found === undefined) return undefined
  const { names, trail } = path
  // What stands in brackets may be a language, too: the texts of a languageMap are kept at the path of their Attribute.
  const paths = trail?.length === 1 ? [pathKey(names, trail), pathKey(names)] : [pathKey(names, trail)]
  return {
    kind: 'values',
    ranges: paths.flatMap((key) => found.ranges.map((range) => ({ ...range, path: key }))),
    ...(attribute !== undefined && { attribute }),
    exact: trail?.length === 1 ? false : found.exact,
  }
}

type Range = Omit<ValueRange, 'path'>
interface Ranges {
  readonly ranges: readonly Range[]
  readonly exact: boolean | 'scalars'
}

function rangesOf(test: QueryTest): Ranges | undefined {
  switch (test.operator) {
    case '==':
      return 'range' in test ? between(...test.range) : union(test.values.map(equalTo))
    case '!=':
    case '!~=':
      return undefined
    case '~=':
      return beginningWith(literalPrefixOf(test.pattern))
    case '>':
    case '>=':
      return from(test.value, test.operator === '>')
    case '<':
    case '<=':
      return upTo(test.value, test.operator === '<')
  }
}

function union(parts: readonly Ranges[]): Ranges {
  return { ranges: parts.flatMap(({ ranges }) => ranges), exact: parts.every(({ exact }) => exact === true) }
}

function equalTo(operand: Operand): Ranges {
  const { kind, value } = operand
  if (kind === 'boolean') return { ranges: [exactly(kind, value ? 1 : 0)], exact: true }
  if (kind !== 'text' && kind !== 'uri') return { ranges: [exactly(kind, value)], exact: true }
  const texts = operand.iri === undefined ? [value] : [value, operand.iri]
  // A text that reads as a time is kept as that only.
  const times = texts.flatMap((text) => comparablesOf(text).slice(1)).map((time) => exactly(time.kind, time.value))
  return {
    ranges: [...texts.flatMap((text) => [exactly('text', cut(text)), exactly('uri', cut(text))]), ...times],
    exact: kind === 'text' && texts.length === 1 && times.length === 0 && value.length < LONGEST && isTextKept(value),
  }
}

function exactly(kind: IndexKind, value: number | string): Range {
  return { kind, least: value, most: value }
}

function between(least: ComparableOperand, most: ComparableOperand): Ranges | undefined {
  if (least.kind !== 'text')
    return { ranges: [{ kind: least.kind, least: least.value, most: most.value }], exact: 'scalars' }
  return withTimes({ kind: 'text', least: cut(String(least.value)), most: cut(String(most.value)) })
}

function from({ kind, value }: ComparableOperand, open: boolean): Ranges | undefined {
  if (kind === 'text') return withTimes({ kind, least: cut(value) })
  return { ranges: [{ kind, least: value, open: { least: open } }], exact: 'scalars' }
}

function upTo({ kind, value }: ComparableOperand, open: boolean): Ranges | undefined {
  if (kind === 'text') return withTimes({ kind, most: cut(value) })
  return { ranges: [{ kind, most: value, open: { most: open } }], exact: 'scalars' }
}

function beginningWith(prefix: string): Ranges | undefined {
  if (prefix === '') return undefined
  return withTimes(startingWith(cut(prefix)))
}

/** Stands behind all that is kept of a text. */
const LAST = '\u{10ffff}'.repeat(LONGEST)

/** The texts, as they are kept, that begin with one. */
export function startingWith(prefix: string): { readonly kind: 'text'; readonly least: string; readonly most: string } {
  return { kind: 'text', least: prefix, most: prefix + LAST }
}

interface TextRange {
  readonly least?: string
  readonly most?: string
}

/**
 * Texts that read as times are texts as well, and so are the names of a vocab. Undefined where a database would not have
 * an end of the range where it is.
 */
function withTimes(texts: Range & TextRange): Ranges | undefined {
  if (!isTextKept(texts.least ?? '') || !isTextKept(texts.most ?? '')) return undefined
  const others = [{ ...texts, kind: 'uri' }, { kind: 'dateTime' }, { kind: 'date' }, { kind: 'time' }] as const
  return { ranges: [texts, ...others], exact: false }
}

/** 4.19 */
export function scopeCandidates(scopes: ScopeQuery): Candidates {
  return { kind: 'any', of: scopes.map((all) => ({ kind: 'all', of: all.map(patternCandidates) })) }
}

function patternCandidates({ levels, below }: ScopePattern): Candidates {
  const wild = levels.indexOf('+')
  const known = wild === -1 ? levels : levels.slice(0, wild)
  const whole = known.map((level) => `/${level}`).join('')
  const ranges: ValueRange[] = []
  if (whole === '') ranges.push({ path: SCOPE, kind: 'text' })
  else {
    if (wild === -1) ranges.push({ path: SCOPE, ...exactly('text', cut(whole)) })
    // "0" follows "/".
    if (wild !== -1 || below) {
      ranges.push({ path: SCOPE, kind: 'text', least: cut(`${whole}/`), most: `${cut(whole)}0`, open: { most: true } })
    }
  }
  return { kind: 'values', ranges, exact: wild === -1 && whole.length < LONGEST - 1 }
}
