/** Entities, and whether a query in the words of a client (4.9) holds for them. */

import type { AttributeInstance, AttributeType, Entity, Json } from '../../src/core/model/entity.ts'
import { PATH_MEMBERS } from '../../src/core/model/path-members.ts'
import { matchesQuery } from '../../src/core/query/evaluate-query.ts'
import { parseQuery } from '../../src/core/query/parse-query.ts'

const NOW = Date.UTC(2026, 1, 23, 5, 59, 13)

const expand = (name: string) => PATH_MEMBERS.get(name) ?? `urn:A:${name}`

/** `gender`: the values of that Attribute are expanded. */
function queryOf(text: string) {
  const limits = { chars: 1000, terms: 20, depth: 5 }
  const expandValue = (value: string) => `http://example.org/${value}`
  return parseQuery(text, { expand, expandValue, expandValues: new Set(['urn:A:gender']), at: 'q', limits })
}

export type Sent = Partial<AttributeInstance> & { readonly type: AttributeType; readonly value: Json }

function instanceOf({ attributes, ...sent }: Sent): AttributeInstance {
  return { createdAt: NOW, modifiedAt: NOW, ...sent, ...(attributes !== undefined && { attributes }) }
}

export function entityOf(
  attributes: Readonly<Record<string, Sent | readonly Sent[]>>,
  more: Partial<Entity> = {},
): Entity {
  const named = Object.entries(attributes).map(([name, sent]) => [
    `urn:A:${name}`,
    [sent].flat().map((one) => instanceOf(one as Sent)),
  ])
  return {
    id: 'urn:x:1',
    types: ['urn:T:a'],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: Object.fromEntries(named),
    ...more,
  }
}

export const property = (value: Json, more: Partial<AttributeInstance> = {}): Sent => ({
  type: 'Property',
  value,
  ...more,
})
export const language = (value: Json): Sent => ({ type: 'LanguageProperty', value })
export const vocab = (value: Json): Sent => ({ type: 'VocabProperty', value })
export const relationship = (value: Json): Sent => ({ type: 'Relationship', value })
export const sub = (name: string, sent: Sent) => ({ attributes: { [`urn:A:${name}`]: [instanceOf(sent)] } })

export const holds = (entity: Entity, text: string, others: readonly Entity[] = []) =>
  matchesQuery(entity, queryOf(text), (id) => others.find((other) => other.id === id))
/** Of an entity with the Attribute `a`. */
export const a = (sent: Sent | readonly Sent[], text: string) => holds(entityOf({ a: sent }), text)
