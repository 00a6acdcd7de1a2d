/** What a Subscription would be told of an entity, without anything having changed: for who wants to see what arrives. */

import type { EntityChange } from '../model/change.ts'
import type { AttributeInstance, Entity, Instant } from '../model/entity.ts'
import { CORE } from '../model/uri.ts'
import type { EntityFilter } from '../query/ast.ts'
import { isMember, type ProjectionTerm } from '../query/parse-projection.ts'
import { literalPrefixOf } from '../query/pattern.ts'
import type { Subscription } from './subscription.ts'
import { filterOf, type Told, tell } from './tell.ts'
import { whatChanged } from './what-changed.ts'

/** Selects entities whose changes it may be told. */
export function sampleFilter({ condition }: Subscription): EntityFilter {
  const { watchedAttributes } = condition
  return { ...filterOf(condition), ...(watchedAttributes !== undefined && { attributes: watchedAttributes }) }
}

/** An entity of the id and type that are asked for, with the Attributes that are watched and shown. */
export function madeUpEntity({ condition, representation }: Subscription, now: Instant): Entity {
  const [selector = {}] = condition.entities ?? []
  const types = selector.types?.[0] ?? [`${CORE}default-context/Sample`]
  const names = [...(condition.watchedAttributes ?? []), ...attributesIn(representation.pick)]
  const instance: AttributeInstance = { type: 'Property', value: 'sample', createdAt: now, modifiedAt: now }
  return {
    id: selector.ids?.[0] ?? idLike(selector.idPattern),
    types,
    createdAt: now,
    modifiedAt: now,
    attributes: Object.fromEntries(names.map((name) => [name, [instance]])),
  }
}

function idLike(pattern: string | undefined): string {
  const prefix = pattern === undefined ? '' : literalPrefixOf(pattern)
  return prefix.includes(':') ? `${prefix}sample` : 'urn:ngsi-ld:Sample:1'
}

function attributesIn(terms: readonly ProjectionTerm[] = []): readonly string[] {
  return terms.flatMap(({ member }) => (isMember(member) ? [] : [member]))
}

/** As if something of it had been updated or, where that is not told, as if it had just been created or deleted. */
export function toldAsSample(subscription: Subscription, entity: Entity, now: Instant): Told {
  const { triggers, watchedAttributes } = subscription.condition
  if (triggers.includes('attributeUpdated')) return { entity }
  // Made up, it may not meet the rest.
  const condition = { triggers, ...(watchedAttributes !== undefined && { watchedAttributes }) }
  const changes: readonly EntityChange[] = [
    { after: entity, now, cause: 'write' },
    { before: entity, now, cause: 'write' },
  ]
  for (const change of changes) {
    const told = tell({ ...subscription, condition }, change, whatChanged(change))
    if (told !== undefined) return told
  }
  return { entity }
}
