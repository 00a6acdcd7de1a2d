import { boundAttributes } from '../core/model/attribute-count.ts'
import type { Change } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** The change, which throws BadRequestData where what it leaves is beyond the limits; `at`: where what was sent stands. */
export function bounded<R>({ limits }: OperationContext, change: Change<R>, at?: string): Change<R> {
  return (current, now) => {
    const written = change(current, now)
    if (written.entity != null) boundAttributes(current, written.entity, limits.attributes, at)
    return written
  }
}
