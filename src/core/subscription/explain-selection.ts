/** Whether an entity is one of those that a Subscription selects (5.2.33), and has what is watched. */

import type { Entity } from '../model/entity.ts'
import type { EntitySelector, TypeSelection } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'
import type { ExplainedCondition, Finding } from './explained.ts'
import type { Names } from './explained-names.ts'
import { type Condition, isOfWhole } from './subscription.ts'

export function explainEntities(entity: Entity, selectors: readonly EntitySelector[], names: Names): Finding {
  const met = matches(entity, { alternatives: selectors })
  const parts = selectors.map((selector, i) => explainSelector(entity, selector, `entities/${i}`, names))
  const asked = [...new Set(selectors.flatMap(({ types = [] }) => types.flat()))]
  const explanation = met
    ? 'the entity is selected'
    : selectors.length === 1
      ? 'the entity is not selected'
      : `none of these ${selectors.length} selects the entity`
  const missing = met ? [] : asked.filter((type) => !entity.types.includes(type))
  return {
    explained: { condition: 'entities', met, explanation, parts },
    hints: missing.flatMap((type) => names.hint('type', type, entity.types) ?? []),
  }
}

function explainSelector(
  entity: Entity,
  selector: EntitySelector,
  condition: string,
  names: Names,
): ExplainedCondition {
  const { ids, idPattern, types } = selector
  const parts = [
    ...(ids === undefined ? [] : [explainIds(entity, ids)]),
    ...(idPattern === undefined ? [] : [explainPattern(entity, idPattern)]),
    ...(types === undefined ? [] : [explainTypes(entity, types, names)]),
  ]
  const met = matches(entity, selector)
  const all = parts.length === 0 ? 'selects every entity' : undefined
  return { condition, met, explanation: all ?? (met ? 'selects the entity' : 'does not select the entity'), parts }
}

function explainIds(entity: Entity, ids: readonly string[]): ExplainedCondition {
  const met = matches(entity, { ids })
  const asked = ids.length === 1 ? `not ${ids[0]}` : `none of the ${ids.length} that are asked for`
  return { condition: 'id', met, explanation: met ? 'the id is asked for' : `the id is ${entity.id}, ${asked}` }
}

function explainPattern(entity: Entity, idPattern: string): ExplainedCondition {
  const met = matches(entity, { idPattern })
  const is = met ? 'is found in' : 'is not found in'
  return { condition: 'idPattern', met, explanation: `${idPattern} ${is} the id ${entity.id}` }
}

function explainTypes(entity: Entity, types: TypeSelection, names: Names): ExplainedCondition {
  const met = matches(entity, { types })
  const wanted = types.map((all) => all.map(names.say).join(' together with ')).join(', or ')
  const has = entity.types.map(names.say).join(' and ')
  return {
    condition: 'type',
    met,
    explanation: `asked for: ${wanted}; the entity is: ${has}`,
    asked: names.of([...new Set(types.flat())]),
    found: names.of(entity.types),
  }
}

/**
 * What an entity has not at the moment cannot change; whether it comes or goes as a whole does not depend on it, where
 * entities are asked for by what they are.
 */
export function explainWatched(entity: Entity, condition: Condition, names: Names): Finding {
  const { entities, watchedAttributes = [], triggers } = condition
  const found = watchedAttributes.filter((name) => Object.hasOwn(entity.attributes, name))
  const missing = watchedAttributes.filter((name) => !found.includes(name))
  const isOfEntity = entities !== undefined && triggers.some(isOfWhole)
  const has = found.length === 0 ? 'has none of them' : `has ${found.map(names.say).join(', ')}`
  const lacks = found.length === 0 || missing.length === 0 ? '' : `, not ${missing.map(names.say).join(', ')}`
  const anyway =
    found.length === 0 && isOfEntity ? '; it is told all the same that the entity is created or deleted' : ''
  return {
    explained: {
      condition: 'watchedAttributes',
      met: found.length > 0 || isOfEntity,
      explanation: `the entity ${has}${lacks}${anyway}`,
      asked: names.of(watchedAttributes),
      found: names.of(found),
    },
    hints: missing.flatMap((name) => names.hint('Attribute', name, Object.keys(entity.attributes)) ?? []),
  }
}
