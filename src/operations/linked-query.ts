/** Queries that lead to other entities (4.9), asked of one entity that is at hand. */

import type { Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Query } from '../core/query/ast.ts'
import { matchesQuery } from '../core/query/evaluate-query.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** Ids that are looked up before others get their turn. */
const BATCH = 100

/**
 * Whether an entity meets a query, with the entities that it leads to as they are stored now. Throws TooManyResults where
 * it leads to more of them than one request may look up.
 */
export async function meetsLinked(
  { store, limits }: OperationContext,
  call: Call,
  entity: Entity,
  query: Query,
): Promise<boolean> {
  const known = new Map<string, Entity | undefined>()
  for (;;) {
    const missing = new Set<string>()
    const find = (id: string): Entity | undefined => {
      if (!known.has(id)) missing.add(id)
      return known.get(id)
    }
    // No part of a query is met because an entity is not there: what is met now stays so.
    if (matchesQuery(entity, query, find)) return true
    if (missing.size === 0) return false
    if (known.size + missing.size > limits.linkedEntities) throw tooMany(limits.linkedEntities)
    await look([...missing], known)
  }

  async function look(ids: readonly string[], into: Map<string, Entity | undefined>): Promise<void> {
    for (const id of ids) into.set(id, undefined)
    for (let i = 0; i < ids.length; i += BATCH) {
      const found = await store.entities.retrieveMany(call, ids.slice(i, i + BATCH))
      for (const each of found) {
        const linked = each.read()
        into.set(linked.id, linked)
      }
    }
  }
}

function tooMany(most: number): Problem {
  return new Problem('TooManyResults', `q leads to more than ${most} linked entities (BOYA_MAX_LINKED_ENTITIES)`, 'q')
}
