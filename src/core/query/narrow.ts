/** What is looked up for conditions that hold together, as few and as narrow ranges as can be. */

import type { Candidates, ValueRange } from './lookups.ts'

type Values = Extract<Candidates, { kind: 'values' }>
/** Candidates of several conditions. */
export type Narrowed = Values & { readonly conditions: number }

/** How many conditions of a query the candidates are of. */
export function conditionsOf(candidates: Candidates | Narrowed): number {
  return 'conditions' in candidates ? candidates.conditions : 1
}

/** Parts of which each holds for everything that matches. */
export function conjuncts(candidates: Candidates): readonly Candidates[] {
  return candidates.kind === 'all' ? candidates.of.flatMap(conjuncts) : [candidates]
}

/**
 * `a>=1;a<5` is one range, unless an entity has several values at the path: then each condition may be met by another.
 * @param hasOthers whether there are values at the path of a range that are no scalars, or one of several
 */
export function narrowed(
  candidates: readonly Candidates[],
  hasOthers: (ranges: readonly ValueRange[]) => boolean,
): readonly (Candidates | Narrowed)[] {
  const merged: (Candidates | Narrowed)[] = []
  for (const each of candidates) {
    const at = merged.findIndex((other) => other.kind === 'values' && each.kind === 'values' && isSamePath(other, each))
    const other = merged[at]
    if (other?.kind !== 'values' || each.kind !== 'values' || hasOthers(each.ranges)) merged.push(each)
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
  return { ...a, ranges: [range], conditions: conditionsOf(a) + 1 }
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
