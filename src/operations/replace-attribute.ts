import { replaceAttribute as replace } from '../core/model/attribute.ts'
import type { AttributeFragment } from '../core/model/fragment.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.19 Replace Attribute; `name` is the Attribute's IRI. Throws ResourceNotFound. */
export function replaceAttribute(
  context: OperationContext,
  call: Call,
  target: Target,
  name: string,
  fragment: AttributeFragment,
): Promise<void> {
  return changeEntity(context, call, target, (entity, now) => ({
    entity: replace(entity, name, fragment, now),
    result: undefined,
  }))
}
