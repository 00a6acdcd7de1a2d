/** Makes room among Cached @contexts: those that were not used for longest go. */

import type { Call } from '../ports/call.ts'
import type { ContextRecord, ContextRecords } from './context-records.ts'
import { createOncePerKey } from './once-per-key.ts'
import type { UsageCounter } from './usage.ts'

interface EvictionDeps {
  readonly records: ContextRecords
  readonly usage: UsageCounter
  /** Of the default Tenant. */
  readonly call: Call
  readonly maxStored: number
  /** Local identifiers of those that stay; undefined as long as that is not known: then all do. */
  needed(): readonly string[] | undefined
  remove(url: string): Promise<boolean>
}

/** So many at once are evicted, as a part of all: to find the oldest, all have to be looked at. */
const EVICTED = 0.1

/** Does nothing where there are no more than there may be; callers at once wait for the same. */
export function createEviction(deps: EvictionDeps): () => Promise<void> {
  const once = createOncePerKey<void>()
  return () => once.run('', () => evictBeyond(deps))
}

async function evictBeyond(deps: EvictionDeps): Promise<void> {
  const { records, call, maxStored } = deps
  const beyond = (await records.count(call)) - maxStored
  const needed = deps.needed()
  if (beyond <= 0 || needed === undefined) return
  const dispensable = (await records.list(call)).filter(({ localId }) => !needed.includes(localId))
  await evict(deps, dispensable, beyond + Math.floor(maxStored * EVICTED))
}

/** One that was never used counts from its creation. */
async function evict({ usage, remove }: EvictionDeps, records: readonly ContextRecord[], count: number): Promise<void> {
  const uses = await usage.all()
  const lastUse = (record: ContextRecord): number => uses.get(record.localId)?.lastUsage ?? record.createdAt
  const oldest = [...records].sort((a, b) => lastUse(a) - lastUse(b)).slice(0, count)
  for (const { localId, url } of oldest) {
    if (url !== undefined) await remove(url)
    await usage.forget(localId)
  }
}
