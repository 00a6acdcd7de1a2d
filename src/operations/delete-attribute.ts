import { deleteScope, deleteAttribute as remove } from '../core/model/attribute.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'
import { changeEntity, type Target } from './target-entity.ts'

/** Which instances go: one dataset's, the default one (`{}`), or all. */
export type Instances = { readonly datasetId?: string } | 'all'

/** 5.6.5 Delete Attribute; `name` is the Attribute's IRI, or `scope`. Throws ResourceNotFound. */
export function deleteAttribute(
  context: OperationContext,
  call: Call,
  target: Target,
  name: string,
  instances: Instances,
): Promise<void> {
  return changeEntity(context, call, target, (entity, now) => {
    const after = name === 'scope' ? deleteScope(entity, now) : remove(entity, name, instances, now)
    return { entity: after, result: undefined }
  })
}
