import type { EntityFragment } from '../core/model/fragment.ts'
import { Problem } from '../core/model/problems.ts'
import { appendAttributes, type Update } from '../core/model/update.ts'
import type { Call } from '../ports/call.ts'
import { type BatchItem, type BatchOutcome, runBatch } from './batch.ts'
import type { OperationContext } from './operation-context.ts'
import { found } from './target-entity.ts'

/**
 * 5.6.9 Batch Entity Update: "execute the behaviour defined by clause 5.6.3". With noOverwrite an entity some of whose
 * Attributes were there already has the others appended, and is reported in error with those that were not.
 */
export async function batchEntityUpdate(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<EntityFragment>[],
  overwrite: boolean,
): Promise<BatchOutcome<Update>> {
  const outcome = await runBatch<EntityFragment, Update>(context, call, items, (id, fragment) => (current, now) => {
    const update = appendAttributes(found(current, { id }), fragment, overwrite, now)
    return { entity: update.entity, result: update }
  })
  return splitIncomplete(outcome)
}

function splitIncomplete({ success, values, errors }: BatchOutcome<Update>): BatchOutcome<Update> {
  const isComplete = (i: number) => values[i]?.notUpdated.length === 0
  const incomplete = success.flatMap((entityId, i) =>
    isComplete(i) ? [] : [{ entityId, error: notOverwritten(values[i]) }],
  )
  return {
    success: success.filter((_, i) => isComplete(i)),
    values: values.filter((_, i) => isComplete(i)),
    errors: [...errors, ...incomplete],
  }
}

function notOverwritten(update: Update | undefined): Problem {
  const kept = update?.notUpdated.map(({ attributeName }) => attributeName).join(', ')
  const appended = update?.updated.length ? `; ${update.updated.join(', ')} appended` : ''
  return new Problem('AlreadyExists', `the entity has ${kept} already, and noOverwrite was asked for${appended}`)
}
