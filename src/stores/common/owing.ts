/** What the changes of one request owe. */

import { randomBytes } from 'node:crypto'
import type { EntityChange } from '../../core/model/change.ts'
import type { NewNotice, NoticeSource } from '../../ports/notices.ts'
import type { Outcome } from './outcome.ts'

export interface Owing {
  /** Of what is owed by these changes, and of nothing else ever. */
  readonly group: string
  noticesOf(change: EntityChange): readonly NewNotice[]
  readonly folded: NoticeSource['folded']
}

/** How a change ended, and where something is owed for it. */
export interface Recorded<R> {
  readonly result: R
  readonly queues: readonly string[]
}

/** Makes one for each request. Groups of two processes differ by what is drawn here, those of one by their number. */
export function createOwings(source: NoticeSource): (tenant: string) => Owing {
  const drawn = randomBytes(9).toString('base64url')
  let requests = 0
  return (tenant) => ({
    group: `${drawn}${(++requests).toString(36)}`,
    noticesOf: (change) => source.noticesOf(tenant, change),
    folded: source.folded,
  })
}

/** Tells the source where something has been committed; returns the results alone. */
export function tellCommitted<R>(
  source: NoticeSource,
  tenant: string,
  outcomes: readonly Outcome<Recorded<R>>[],
): readonly Outcome<R>[] {
  const queues = new Set<string>()
  for (const outcome of outcomes) if (outcome.ok) for (const queue of outcome.value.queues) queues.add(queue)
  if (queues.size > 0) source.committed(tenant, queues)
  return outcomes.map((outcome) => (outcome.ok ? { ok: true, value: outcome.value.result } : outcome))
}
