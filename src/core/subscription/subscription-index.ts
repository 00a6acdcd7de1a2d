/**
 * Which subscriptions a change may concern: look-ups by the entity's id and types, by the Attributes that changed, and by
 * what their q asks of values. All that it does concern are among them; the others cost nothing, however many there are.
 */

import type { EntityChange } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { EntitySelector } from '../query/ast.ts'
import { type Candidates, queryCandidates } from '../query/lookups.ts'
import { literalPrefixOf } from '../query/pattern.ts'
import { type Condition, isOfWhole } from './subscription.ts'
import { createValueIndex, idCandidates, type ValueIndex } from './value-index.ts'
import type { WhatChanged } from './what-changed.ts'

export interface SubscriptionIndex<S> {
  add(subscription: S, condition: Condition): void
  /** Each once. */
  candidates(change: Pick<EntityChange, 'before' | 'after'>, what: WhatChanged): ReadonlySet<S>
}

/** Subscriptions that have been found by id or type, by what they watch. */
interface Watchers<S> {
  /** Those that watch every Attribute, or the Entity as a whole. */
  readonly all: ValueIndex<S>
  readonly byAttribute: Map<string, ValueIndex<S>>
}

export function createSubscriptionIndex<S>(): SubscriptionIndex<S> {
  const byId = new Map<string, Watchers<S>>()
  const byType = new Map<string, Watchers<S>>()
  const others = noWatchers<S>()
  const placesOf = (selector: EntitySelector): readonly Watchers<S>[] => {
    if (selector.ids !== undefined) return selector.ids.map((id) => madeIn(byId, id, noWatchers))
    // An Entity that has all types of an alternative has the first one of it.
    const types = selector.types?.flatMap(([first]) => first ?? [])
    return types?.map((type) => madeIn(byType, type, noWatchers)) ?? [others]
  }
  const placesOfAll = ({ entities = [{}] }: Condition): ReadonlyMap<Watchers<S>, readonly EntitySelector[]> => {
    const places = new Map<Watchers<S>, EntitySelector[]>()
    for (const selector of entities) {
      for (const place of placesOf(selector)) madeIn(places, place, () => []).push(selector)
    }
    return places
  }
  return {
    add: (subscription, condition) => {
      for (const [place, selectors] of placesOfAll(condition)) watch(place, subscription, condition, selectors)
    },
    candidates: ({ before, after }, what) => {
      const found = new Set<S>()
      const entity = after ?? before
      if (entity === undefined) return found
      const names = new Set([...what.attributeCreated, ...what.attributeUpdated, ...what.attributeDeleted])
      const look = (place: Watchers<S> | undefined): void => {
        if (place !== undefined) collect(place, names, entity, found)
      }
      look(others)
      look(byId.get(entity.id))
      for (const type of entity.types) look(byType.get(type))
      return found
    },
  }
}

function noWatchers<S>(): Watchers<S> {
  return { all: createValueIndex(), byAttribute: new Map() }
}

function madeIn<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/**
 * Triggers of the Entity as a whole do not depend on the Attributes that are watched. `selectors`: those that led here.
 */
function watch<S>(
  { all, byAttribute }: Watchers<S>,
  subscription: S,
  condition: Condition,
  selectors: readonly EntitySelector[],
): void {
  const { watchedAttributes, triggers } = condition
  const needed = neededBy(condition, selectors)
  const isOfEntity = triggers.some(isOfWhole)
  if (watchedAttributes === undefined || isOfEntity) all.add(subscription, needed)
  else for (const name of watchedAttributes) madeIn(byAttribute, name, createValueIndex<S>).add(subscription, needed)
}

/** What of values and of the id an entity must meet. */
function neededBy({ q }: Condition, selectors: readonly EntitySelector[]): Candidates {
  const ofIds = selectors.map(({ idPattern }) =>
    idCandidates(idPattern === undefined ? '' : literalPrefixOf(idPattern)),
  )
  return { kind: 'all', of: [{ kind: 'any', of: ofIds }, ...(q === undefined ? [] : [queryCandidates(q)])] }
}

function collect<S>({ all, byAttribute }: Watchers<S>, names: ReadonlySet<string>, entity: Entity, into: Set<S>): void {
  all.collect(entity, into)
  for (const name of names) byAttribute.get(name)?.collect(entity, into)
}
