import type { EntityFragment } from '../core/model/fragment.ts'
import { appendAttributes as append, type Update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.3 Append Attributes. Throws ResourceNotFound. */
export function appendAttributes(
  context: OperationContext,
  call: Call,
  target: Target,
  fragment: EntityFragment,
  overwrite: boolean,
): Promise<Update> {
  return changeEntity(context, call, target, (entity, now) => {
    const result = append(entity, fragment, overwrite, now)
    return { entity: result.entity, result }
  })
}
