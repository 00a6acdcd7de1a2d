/** The entity that an operation changes or reads: there, and of the type that was asked for. */

import type { Entity, Instant } from '../core/model/entity.ts'
import { notFound } from '../core/model/problems.ts'
import type { TypeSelection } from '../core/query/ast.ts'
import { matchesTypes } from '../core/query/evaluate.ts'
import type { Call } from '../ports/call.ts'
import { bounded } from './bounded-change.ts'
import type { OperationContext } from './operation-context.ts'

/** How an operation names the entity it is about. */
export interface Target {
  readonly id: string
  /** 4.17, optional in every operation on one entity. */
  readonly types?: TypeSelection | undefined
}

/** Throws ResourceNotFound: "there is no existing Entity whose id (URI), and where specified type, is equivalent". */
export function found(entity: Entity | undefined, { id, types }: Target): Entity {
  if (entity === undefined) throw notFound(`there is no entity ${id}`)
  if (types !== undefined && !matchesTypes(entity, types)) {
    throw notFound(`the entity ${id} is of type ${entity.types.join(' and ')}, not of the type that was asked for`)
  }
  return entity
}

/** Changes an existing entity by a pure rule; what the rule leaves as it is is not written. Throws ResourceNotFound, and BadRequestData where the entity would be beyond the limits. */
export function changeEntity<R>(
  context: OperationContext,
  call: Call,
  target: Target,
  rule: (entity: Entity, now: Instant) => { readonly entity: Entity; readonly result: R },
): Promise<R> {
  const change = bounded<R>(context, (current, now) => rule(found(current, target), now))
  return context.store.entities.write(call, target.id, change)
}
