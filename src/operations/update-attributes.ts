import type { EntityFragment } from '../core/model/fragment.ts'
import { type Update, updateAttributes as update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.2 Update Attributes. Throws ResourceNotFound. */
export function updateAttributes(
  context: OperationContext,
  call: Call,
  target: Target,
  fragment: EntityFragment,
): Promise<Update> {
  return changeEntity(context, call, target, (entity, now) => {
    const result = update(entity, fragment, now)
    return { entity: result.entity, result }
  })
}
