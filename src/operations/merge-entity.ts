import type { EntityFragment } from '../core/model/fragment.ts'
import { type MergeOptions, mergeEntity as merge } from '../core/model/merge.ts'
import type { Update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** 5.6.17 Merge Entity. Throws ResourceNotFound, and BadRequestData where the type of an Attribute would change. */
export function mergeEntity(
  context: OperationContext,
  call: Call,
  target: Target,
  fragment: EntityFragment,
  options: MergeOptions,
): Promise<Update> {
  return changeEntity(context, call, target, (entity, now) => {
    const update = merge(entity, fragment, options, now)
    return { entity: update.entity, result: update }
  })
}
