/** Queries that lead to other entities (4.9), asked of one entity that is at hand. */

import type { Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Query, QueryTerm } from '../core/query/ast.ts'
import { matchesQuery } from '../core/query/evaluate-query.ts'
import { type FindEntity, someTarget } from '../core/query/target.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** Ids that are looked up before others get their turn. */
const BATCH = 100

/**
 * Whether an entity meets a query, with the entities that it leads to as they are stored now. Throws TooManyResults where
 * it leads to more of them than one request may look up.
 */
export async function meetsLinked(
  context: OperationContext,
  call: Call,
  entity: Entity,
  query: Query,
): Promise<boolean> {
  const { find, lookUp } = createLookUps(context, call)
  for (;;) {
    // No part of a query is met because an entity is not there: what is met now stays so.
    if (matchesQuery(entity, query, find)) return true
    if (!(await lookUp())) return false
  }
}

/**
 * Finds what any part of a query leads to, as it is stored now. Throws TooManyResults where that are more entities than
 * one request may look up.
 */
export async function findLinked(
  context: OperationContext,
  call: Call,
  entity: Entity,
  query: Query,
): Promise<FindEntity> {
  const { find, lookUp } = createLookUps(context, call)
  do for (const { path } of termsOf(query)) someTarget(entity, path, find, () => false)
  while (await lookUp())
  return find
}

function termsOf(query: Query): readonly QueryTerm[] {
  return query.kind === 'term' ? [query] : query.parts.flatMap(termsOf)
}

interface LookUps {
  /** Undefined as well where it is not known yet. */
  readonly find: FindEntity
  /** Looks up what has been asked for since; false where that is nothing. */
  lookUp(): Promise<boolean>
}

function createLookUps({ store, limits }: OperationContext, call: Call): LookUps {
  const known = new Map<string, Entity | undefined>()
  const missing = new Set<string>()
  return {
    find: (id) => {
      if (!known.has(id)) missing.add(id)
      return known.get(id)
    },
    lookUp: async () => {
      if (missing.size === 0) return false
      if (known.size + missing.size > limits.linkedEntities) throw tooMany(limits.linkedEntities)
      const ids = [...missing]
      missing.clear()
      for (const id of ids) known.set(id, undefined)
      for (let i = 0; i < ids.length; i += BATCH) {
        for (const found of await store.entities.retrieveMany(call, ids.slice(i, i + BATCH))) {
          const linked = found.read()
          known.set(linked.id, linked)
        }
      }
      return true
    },
  }
}

function tooMany(most: number): Problem {
  return new Problem('TooManyResults', `q leads to more than ${most} linked entities (BOYA_MAX_LINKED_ENTITIES)`, 'q')
}
