/** What a store holds → the lines of an export. */

import { carriedContexts, carriedJson } from '../../contexts/carried-contexts.ts'
import type { Entity, Json } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problems.ts'
import { readStoredForm } from '../../core/representation/stored-form.ts'
import { readStoredSubscription } from '../../core/subscription/stored-form.ts'
import { keptIdentity } from '../../operations/kept-identity.ts'
import type { Call } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Cursor, Store } from '../../ports/store.ts'
import { SUBSCRIPTION } from '../../ports/subscription-documents.ts'
import { createBulkReader } from './bulk-reader.ts'
import { type Counts, firstLine, NONE, writeLine } from './line.ts'
import { createSeenIds } from './seen-ids.ts'
import { TransferError } from './transfer-error.ts'

export interface Exported {
  readonly store: Store
  readonly clock: Clock
  /** In their order in the file. */
  readonly tenants: readonly string[]
  /** Whether it is all of a broker, which then takes its id (5.2.40) along. */
  readonly whole: boolean
  callIn(tenant: string): Call
}

/** Text of some lines, and how many of each kind are in all that was given so far. */
export interface Part {
  readonly text: string
  readonly counts: Counts
}

/** Entities that are looked for at once. */
const STEP = 500

/**
 * The lines, some at a time; memory is bounded by a page of entities. Others may write meanwhile: each entity is whole,
 * in one of the states that it had, and stands once; what exists all the time is there.
 */
export async function* exportStore(exported: Exported): AsyncGenerator<Part> {
  const { store, tenants, whole, callIn } = exported
  let counts = NONE
  yield { text: firstLine(tenants.length), counts }
  const id = whole ? await keptIdentity(store.documents, callIn('')) : undefined
  if (id !== undefined) yield { text: writeLine('broker', id), counts }
  for (const tenant of tenants) {
    counts = { ...counts, tenants: counts.tenants + 1 }
    yield { text: writeLine('tenant', tenant), counts }
    for await (const text of contextLines(exported, callIn(tenant))) {
      counts = { ...counts, contexts: counts.contexts + 1 }
      yield { text, counts }
    }
    for await (const lines of entityLines(exported, callIn(tenant))) {
      counts = { ...counts, entities: counts.entities + lines.length }
      yield { text: lines.join(''), counts }
    }
    for (const text of await subscriptionLines(exported, callIn(tenant))) {
      counts = { ...counts, subscriptions: counts.subscriptions + 1 }
      yield { text, counts }
    }
  }
  yield { text: writeLine('end', counts), counts }
}

async function* contextLines({ store, clock }: Exported, call: Call): AsyncGenerator<string> {
  for await (const carried of carriedContexts(store.documents, clock, call))
    yield writeLine('context', carriedJson(carried))
}

async function* entityLines({ store: { entities } }: Exported, call: Call): AsyncGenerator<readonly string[]> {
  const read = createBulkReader(entities, STEP)
  // What is deleted and made again meanwhile is met once more at the end.
  const seen = createSeenIds()
  let cursor: Cursor | undefined
  do {
    const step = await entities.walk(call, {}, STEP, cursor)
    for await (const found of read(call, step.ids)) {
      yield found
        .map((each) => each.read())
        .filter(({ id }) => seen.add(id))
        .map(entityLine)
    }
    cursor = step.next
  } while (cursor !== undefined)
}

/** Ordered by id; a broker has all of them in memory, too. */
async function subscriptionLines({ store }: Exported, call: Call): Promise<readonly string[]> {
  const all = await store.documents.list(call, SUBSCRIPTION)
  const ordered = all.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return ordered.map(({ id, document }) => lineOf('subscription', id, () => readStoredSubscription(document as Json)))
}

function entityLine(entity: Entity): string {
  return lineOf('entity', entity.id, () => readStoredForm(entity as unknown as Json))
}

function lineOf(kind: 'entity' | 'subscription', id: string, read: () => unknown): string {
  try {
    return writeLine(kind, read())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new TransferError(`the ${kind} ${id} is damaged in the store: ${error.message}`, error)
  }
}
