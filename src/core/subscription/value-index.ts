/**
 * Subscriptions by a condition that their q makes necessary: what is looked up of entities by a query
 * (core/query/lookups.ts) the other way round, queries by an entity.
 */

import type { AttributeInstance, Entity } from '../model/entity.ts'
import { compareComparables } from '../query/comparable.ts'
import { attributeValues, cut, entityValues, type IndexValue, isTextKept } from '../query/index-values.ts'
import { type Candidates, startingWith, type ValueRange } from '../query/lookups.ts'
import { createIntervals, type Intervals } from './intervals.ts'

export interface ValueIndex<S> {
  /** `condition`: without it the subscription is not concerned. */
  add(subscription: S, condition: Candidates): void
  /** Adds those whose condition the entity may meet. */
  collect(entity: Entity, into: Set<S>): void
}

type Values = Extract<Candidates, { kind: 'values' }>

export function createValueIndex<S>(): ValueIndex<S> {
  const always: S[] = []
  /** By the Attribute, undefined for what is of the entity itself. */
  const byAttribute = new Map<string | undefined, Ranges<S>>()
  return {
    add: (subscription, condition) => {
      const conditions = necessary(condition)
      if (conditions === undefined) {
        always.push(subscription)
        return
      }
      for (const { attribute, ranges } of conditions) {
        const known = byAttribute.get(attribute) ?? createRanges<S>()
        byAttribute.set(attribute, known)
        for (const range of ranges) known.add(range, subscription)
      }
    },
    collect: (entity, into) => {
      for (const subscription of always) into.add(subscription)
      for (const [attribute, ranges] of byAttribute) {
        if (attribute === undefined) ranges.collect([...entityValues(entity), idOf(entity)], into)
        else if (Object.hasOwn(entity.attributes, attribute)) {
          ranges.collect(valuesOf(attribute, entity.attributes[attribute] ?? []), into)
        }
      }
    },
  }
}

/** Where the id of an entity is looked up; no path of an Attribute, which are IRIs. */
const ID = 'id'

function idOf({ id }: Entity): IndexValue {
  return { path: ID, kind: 'uri', value: cut(id) }
}

/** What an idPattern makes necessary that begins with a text (literalPrefixOf); `''`: nothing. */
export function idCandidates(prefix: string): Candidates {
  const least = cut(prefix)
  if (least === '' || !isTextKept(least)) return { kind: 'every' }
  return { kind: 'values', ranges: [{ ...startingWith(least), path: ID, kind: 'uri' }], exact: false }
}

/** The same instances are asked for by many indexes: those of the last ones are kept. */
let lastAttribute: string | undefined
let lastInstances: readonly AttributeInstance[] | undefined
let lastValues: readonly IndexValue[] = []

function valuesOf(attribute: string, instances: readonly AttributeInstance[]): readonly IndexValue[] {
  if (instances !== lastInstances || attribute !== lastAttribute) {
    lastValues = attributeValues(attribute, instances)
    lastAttribute = attribute
    lastInstances = instances
  }
  return lastValues
}

/** One of these holds wherever the query does; undefined where no values tell. */
function necessary(candidates: Candidates): readonly Values[] | undefined {
  switch (candidates.kind) {
    case 'values':
      return [candidates]
    case 'all': {
      const parts = candidates.of.flatMap((part) => {
        const needed = necessary(part)
        return needed === undefined ? [] : [needed]
      })
      return parts.sort((a, b) => widthOf(a) - widthOf(b) || a.length - b.length)[0]
    }
    case 'any': {
      const parts = candidates.of.map(necessary)
      return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? [])
    }
    default:
      return undefined
  }
}

/** How much meets it, as a rule: what is equal meets less than what lies between two ends, and that less than what has one. */
function widthOf(conditions: readonly Values[]): number {
  return Math.max(...conditions.flatMap(({ ranges }) => ranges.map(widthOfRange)))
}

function widthOfRange({ kind, least, most }: ValueRange): number {
  if (least !== undefined && most !== undefined) return least === most ? 0 : 1
  if (least !== undefined || most !== undefined) return 2
  // All times stand beside a range of texts, because some texts are kept as times only: they are few.
  return kind === 'dateTime' || kind === 'date' || kind === 'time' ? 0 : 3
}

interface Ranges<S> {
  add(range: ValueRange, subscription: S): void
  collect(values: readonly IndexValue[], into: Set<S>): void
}

/** Of one path and kind. Ends are taken for included: the evaluator decides. */
interface Bounds<S> {
  readonly equal: Map<number | string, S[]>
  readonly from: Sorted<S>
  readonly upTo: Sorted<S>
  readonly between: Intervals<S>
  readonly every: S[]
}

function createRanges<S>(): Ranges<S> {
  const byPath = new Map<string, Bounds<S>>()
  const all: S[] = []
  const key = (path: string, kind: string): string => `${kind} ${path}`
  return {
    add: (range, subscription) => {
      all.push(subscription)
      const at = key(range.path, range.kind)
      const bounds = byPath.get(at) ?? noBounds<S>()
      byPath.set(at, bounds)
      addTo(bounds, range, subscription)
    },
    collect: (values, into) => {
      for (const { path, kind, value } of values) {
        // It has more values than are looked at: whatever is asked for may be among them.
        if (kind === 'more') for (const subscription of all) into.add(subscription)
        const bounds = byPath.get(key(path, kind))
        if (bounds !== undefined) collectFrom(bounds, value, into)
      }
    },
  }
}

function noBounds<S>(): Bounds<S> {
  return { equal: new Map(), from: createSorted(1), upTo: createSorted(-1), between: createIntervals(), every: [] }
}

function addTo<S>(bounds: Bounds<S>, { least, most }: ValueRange, subscription: S): void {
  if (least === undefined && most === undefined) bounds.every.push(subscription)
  else if (least === undefined) bounds.upTo.add(most as number | string, subscription)
  else if (most === undefined) bounds.from.add(least, subscription)
  else if (least === most) {
    const same = bounds.equal.get(least)
    if (same === undefined) bounds.equal.set(least, [subscription])
    else same.push(subscription)
  } else bounds.between.add({ least, most, subscription })
}

function collectFrom<S>(bounds: Bounds<S>, value: number | string, into: Set<S>): void {
  for (const subscription of bounds.every) into.add(subscription)
  for (const subscription of bounds.equal.get(value) ?? []) into.add(subscription)
  bounds.from.collect(value, into)
  bounds.upTo.collect(value, into)
  bounds.between.collect(value, into)
}

interface Sorted<S> {
  add(bound: number | string, subscription: S): void
  /** Those whose bound comes before the value, or is it. */
  collect(value: number | string, into: Set<S>): void
}

/** `direction`: 1 where bounds grow, -1 where they fall. Sorted when it is asked for the first time after an addition. */
function createSorted<S>(direction: 1 | -1): Sorted<S> {
  const items: { readonly bound: number | string; readonly subscription: S }[] = []
  let isSorted = true
  return {
    add: (bound, subscription) => {
      items.push({ bound, subscription })
      isSorted = false
    },
    collect: (value, into) => {
      if (!isSorted) items.sort((a, b) => direction * compareComparables(a.bound, b.bound))
      isSorted = true
      for (const { bound, subscription } of items) {
        if (direction * compareComparables(bound, value) > 0) return
        into.add(subscription)
      }
    },
  }
}
