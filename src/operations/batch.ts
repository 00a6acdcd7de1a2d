/** What all batch operations share (5.6.7–5.6.10, 5.6.20): each element by itself, in the order of the array (5.5.11). */

import type { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Change, MissingTenant } from '../ports/store.ts'
import { bounded } from './bounded-change.ts'
import type { OperationContext } from './operation-context.ts'

/** An element of the array: what was decoded, or what was wrong with it. */
export type BatchItem<T> =
  | { readonly id: string; readonly fragment: T }
  | { readonly id: string; readonly problem: Problem }

/** 5.2.17 */
interface BatchEntityError {
  readonly entityId: string
  readonly error: Problem
}

/** 5.2.16; `values` are what the successful changes returned, beside `success`. */
export interface BatchOutcome<R> {
  readonly success: readonly string[]
  readonly values: readonly R[]
  readonly errors: readonly BatchEntityError[]
}

/** `changeFor` is told where the element stands, as a JSON pointer: what is wrong with it is found when it is stored. */
export async function runBatch<T, R>(
  context: OperationContext,
  call: Call,
  items: readonly BatchItem<T>[],
  changeFor: (id: string, fragment: T, at: string) => Change<R>,
  missingTenant: MissingTenant = 'refuse',
): Promise<BatchOutcome<R>> {
  const errors: BatchEntityError[] = []
  const changes = items.flatMap((item, i) => {
    const at = `/${i}`
    if ('fragment' in item)
      return [{ id: item.id, change: bounded(context, changeFor(item.id, item.fragment, at), at) }]
    errors.push({ entityId: item.id, error: item.problem })
    return []
  })
  // Where all are refused there is nothing to store, and perhaps no Tenant either.
  const settled = changes.length === 0 ? [] : await context.store.entities.writeMany(call, changes, missingTenant)
  const success: string[] = []
  const values: R[] = []
  for (const [i, outcome] of settled.entries()) {
    const entityId = changes[i]?.id ?? ''
    if (outcome.ok) {
      success.push(entityId)
      values.push(outcome.value)
    } else errors.push({ entityId, error: outcome.problem })
  }
  return { success, values, errors }
}
