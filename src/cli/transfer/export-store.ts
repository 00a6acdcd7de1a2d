/** What a store holds → the lines of an export. */

import { carriedContexts, carriedJson } from '../../contexts/carried-contexts.ts'
import type { EvolutionPart } from '../../core/history/carried.ts'
import type { Entity, Json } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problems.ts'
import { readEvolution, writeSeries } from '../../core/representation/carried-form.ts'
import { readStoredForm } from '../../core/representation/stored-form.ts'
import { readStoredSubscription } from '../../core/subscription/stored-form.ts'
import { beginCarrying } from '../../operations/carrying-history.ts'
import { retrieveRetention } from '../../operations/history-retention.ts'
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
  /** In all that was given so far, in any number of lines. */
  readonly instances: number
}

/** Entities that are looked for at once. */
const STEP = 500

/** Instances of evolutions that are read at once; so no line has more of them. */
const INSTANCES = 1_000

/**
 * The lines, some at a time; memory is bounded by a page of entities. Others may write meanwhile: each entity is whole,
 * in one of the states that it had, and stands once; what exists all the time is there.
 */
export async function* exportStore(exported: Exported): AsyncGenerator<Part> {
  const carrying = await beginCarrying(exported.store.documents, exported.callIn(''))
  try {
    yield* allOf(exported)
  } finally {
    await carrying.end()
  }
}

async function* allOf(exported: Exported): AsyncGenerator<Part> {
  const { store, tenants, whole, callIn } = exported
  let counts = NONE
  let instances = 0
  const given = (text: string, more: Partial<Counts> = {}): Part => {
    counts = plus(counts, more)
    return { text, counts, instances }
  }
  yield given(firstLine(tenants.length))
  const id = whole ? await keptIdentity(store.documents, callIn('')) : undefined
  if (id !== undefined) yield given(writeLine('broker', id))
  for (const tenant of tenants) {
    const call = callIn(tenant)
    yield given(writeLine('tenant', tenant), { tenants: 1 })
    for await (const text of contextLines(exported, call)) yield given(text, { contexts: 1 })
    for await (const lines of entityLines(exported, call)) yield given(lines.join(''), { entities: lines.length })
    for await (const { text, ...more } of historyLines(exported, call)) {
      instances += more.instances
      yield given(text, { evolutions: more.evolutions, series: more.series })
    }
    for (const text of await retentionLines(exported, call)) yield given(text, { retentions: 1 })
    for (const text of await subscriptionLines(exported, call)) yield given(text, { subscriptions: 1 })
  }
  yield given(writeLine('end', counts))
}

function plus(counts: Counts, more: Partial<Counts>): Counts {
  const sums = Object.entries(more).map(([name, count]) => [name, counts[name as keyof Counts] + count])
  return { ...counts, ...Object.fromEntries(sums) }
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

interface HistoryLines {
  readonly text: string
  readonly evolutions: number
  readonly series: number
  readonly instances: number
}

async function* historyLines({ store: { history } }: Exported, call: Call): AsyncGenerator<HistoryLines> {
  // As with entities; of one that is met once more nothing is written again.
  const seen = createSeenIds()
  let current: string | undefined
  const isFirst = ({ evolution: { id }, series }: EvolutionPart): boolean => {
    if (series.length === 0) current = seen.add(id) ? id : undefined
    return id === current
  }
  let cursor: string | undefined
  do {
    const step = await history.walk(call, INSTANCES, cursor)
    yield linesOf(step.parts.filter(isFirst))
    cursor = step.next
  } while (cursor !== undefined)
}

function linesOf(parts: readonly EvolutionPart[]): HistoryLines {
  const series = parts.flatMap((part) => part.series)
  return {
    text: parts.map(partLines).join(''),
    evolutions: parts.filter((part) => part.series.length === 0).length,
    series: series.length,
    instances: series.reduce((sum, { instances }) => sum + instances.length, 0),
  }
}

function partLines({ evolution, series }: EvolutionPart): string {
  const { id } = evolution
  if (series.length === 0) return lineOf('evolution', id, () => readEvolution(evolution as unknown as Json))
  return series.map((each) => lineOf('series', id, () => writeSeries(each))).join('')
}

/** Those that an operator has said for the Tenant itself. */
async function retentionLines({ store }: Exported, call: Call): Promise<readonly string[]> {
  const { of, rules } = await retrieveRetention({ store, retention: [] }, call)
  return of === 'tenant' ? [writeLine('retention', rules)] : []
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

function lineOf(kind: 'entity' | 'evolution' | 'series' | 'subscription', id: string, read: () => unknown): string {
  try {
    return writeLine(kind, read())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new TransferError(`the ${kind} ${id} is damaged in the store: ${error.message}`, error)
  }
}
