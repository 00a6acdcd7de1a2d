import { createEntity as build } from '../core/model/build.ts'
import type { CompleteEntityFragment } from '../core/model/fragment.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Change } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.6.1 Create Entity. Throws AlreadyExists. */
export function createEntity(
  { store }: OperationContext,
  call: Call,
  entity: CompleteEntityFragment & { readonly id: string },
): Promise<void> {
  const change: Change<void> = (current, now) => {
    if (current !== undefined) throw alreadyExists(entity.id)
    return { entity: build(entity.id, entity, now), result: undefined }
  }
  return store.entities.write(call, entity.id, change, 'make')
}

export function alreadyExists(id: string): Problem {
  return new Problem('AlreadyExists', `the entity ${id} exists already; change it with PATCH, or replace it with PUT`)
}
