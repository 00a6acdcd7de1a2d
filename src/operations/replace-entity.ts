import { replaceEntity as replace } from '../core/model/build.ts'
import type { CompleteEntityFragment } from '../core/model/fragment.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.18 Replace Entity. Throws ResourceNotFound. */
export function replaceEntity(
  context: OperationContext,
  call: Call,
  target: Target,
  fragment: CompleteEntityFragment,
): Promise<void> {
  return changeEntity(context, call, target, (entity, now) => ({
    entity: replace(entity, fragment, now),
    result: undefined,
  }))
}
