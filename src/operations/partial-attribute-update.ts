import { partialUpdate } from '../core/model/attribute.ts'
import type { AttributeFragment } from '../core/model/fragment.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.4 Partial Attribute update; `name` is the Attribute's IRI. Throws ResourceNotFound, BadRequestData. */
export function partialAttributeUpdate(
  context: OperationContext,
  call: Call,
  target: Target,
  name: string,
  fragment: AttributeFragment,
): Promise<void> {
  return changeEntity(context, call, target, (entity, now) => ({
    entity: partialUpdate(entity, name, fragment, now),
    result: undefined,
  }))
}
