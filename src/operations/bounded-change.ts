import { inTime } from '../core/history/late.ts'
import { boundAttributes } from '../core/model/attribute-count.ts'
import type { Change } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/**
 * The change, which throws BadRequestData where what it leaves is beyond the limits, and by which late and repeated messages count
 * as the operator wants it; `at`: where what was sent stands.
 */
export function bounded<R>({ limits, messages }: OperationContext, change: Change<R>, at?: string): Change<R> {
  return (current, now) => {
    const written = change(current, now)
    if (written.entity == null) return written
    boundAttributes(current, written.entity, limits.attributes, at)
    if (messages === undefined || current === undefined) return written
    return { ...written, ...inTime(current, written.entity, now, messages) }
  }
}
