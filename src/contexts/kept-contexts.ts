/** @contexts that come from another store → this one. */

import { isDeepStrictEqual } from 'node:util'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { DocumentStore } from '../ports/store.ts'
import type { CarriedContext } from './carried-contexts.ts'
import { contentOf } from './context-document.ts'
import { type ContextRecords, createStoredContexts } from './context-records.ts'
import { openRevisions, STORED } from './revisions.ts'
import { keepUse } from './usage.ts'

/** What is to be done, or has been done, with what comes. */
export type Fate = 'created' | 'unchanged' | 'replaced'

export interface KeptContexts {
  /**
   * What is to be done with a @context of the call's Tenant; nothing is written. Throws Conflict where a hosted one is
   * there already and differs, unless it may be replaced; and for one more than there may be, those that were judged and
   * not kept counted with those that are there.
   */
  judge(call: Call, carried: CarriedContext, replace: boolean): Promise<Fate>
  /** Does what was judged. */
  keep(call: Call, carried: CarriedContext, fate: Fate): Promise<void>
}

/** Where a @context belongs. */
interface Place {
  readonly records: ContextRecords
  readonly owner: Call
  /** By which others of the same place are counted. */
  readonly key: string
}

/** `owner`: of the default Tenant, and alive as long as this is used. */
export function createKeptContexts(
  documents: DocumentStore,
  clock: Clock,
  owner: Call,
  maxStored: number,
): KeptContexts {
  const stored = createStoredContexts(documents, clock, async () => {
    const revisions = await openRevisions(documents, owner, () => undefined)
    await revisions.moveOn(STORED)
  })
  const judged = new Map<string, number>()
  const placeOf = (call: Call, { record }: CarriedContext): Place =>
    record.kind === 'Cached'
      ? { records: stored.cached, owner, key: 'cached' }
      : { records: stored.hosted, owner: call, key: `hosted ${call.tenant}` }
  const count = ({ key }: Place, more: number): void => void judged.set(key, (judged.get(key) ?? 0) + more)

  return {
    judge: async (call, carried, replace) => {
      const place = placeOf(call, carried)
      const fate = await judge(place, carried, replace)
      if (fate !== 'created') return fate
      if ((await place.records.count(place.owner)) + (judged.get(place.key) ?? 0) >= maxStored) throw tooMany(maxStored)
      count(place, 1)
      return fate
    },
    keep: async (call, carried, fate) => {
      if (fate === 'unchanged') return
      const place = placeOf(call, carried)
      const { record, context, use } = carried
      // Before the @context itself: where it is there, all of it is.
      if (use !== undefined && fate === 'created') await keepUse(documents, owner, record.localId, use)
      await place.records.save(place.owner, record, contentOf(context))
      if (fate === 'created') count(place, -1)
    },
  }
}

async function judge({ records, owner }: Place, carried: CarriedContext, replace: boolean): Promise<Fate> {
  const { record, context } = carried
  const found = await records.find(owner, record.localId)
  if (found === undefined) return 'created'
  // The identifier of an ImplicitlyCreated one is made of its content, and of a Cached one any copy will do.
  if (record.kind !== 'Hosted') return 'unchanged'
  const content = await records.content(owner, record.localId)
  const same = content?.hash === contentOf(context).hash && isDeepStrictEqual(found, record)
  if (!same && !replace) throw differs(carried)
  return same ? 'unchanged' : 'replaced'
}

function tooMany(maxStored: number): Problem {
  return new Problem('Conflict', `there are ${maxStored} @contexts already, the limit (BOYA_CONTEXT_MAX_STORED)`)
}

function differs({ record }: CarriedContext): Problem {
  return new Problem('Conflict', `the @context ${record.localId} exists already, and differs`)
}
