import type { Entity } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { found, type Target } from './target-entity.ts'

/** 5.7.1 Retrieve Entity, before any projection. Throws ResourceNotFound. */
export async function retrieveEntity({ store }: OperationContext, call: Call, target: Target): Promise<Entity> {
  return found(await store.entities.retrieve(call, target.id), target)
}
