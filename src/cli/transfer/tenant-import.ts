/** What an export has of one Tenant → what a target has of it. */

import { readCarried } from '../../contexts/carried-contexts.ts'
import type { ContextLimits } from '../../contexts/limits.ts'
import type { Json } from '../../core/model/entity.ts'
import type { JsonLimits } from '../../core/model/json-text.ts'
import { Problem } from '../../core/model/problems.ts'
import { readStoredForm } from '../../core/representation/stored-form.ts'
import { readStoredSubscription } from '../../core/subscription/stored-form.ts'
import type { StoredSubscription } from '../../core/subscription/subscription.ts'
import type { Call } from '../../ports/call.ts'
import type { Settled } from '../../ports/store.ts'
import { createBatches, type Placed } from './batches.ts'
import { createHistoryImport, type HistoryImport } from './history-import.ts'
import type { HistoryRules } from './history-rules.ts'
import { judged } from './judged.ts'
import type { OfTenant } from './line.ts'
import type { NumberedLine, Report } from './report.ts'
import type { CarriedEntity, EntityFate } from './restore-entity.ts'
import { readRetention } from './restore-retention.ts'
import { createSeenIds } from './seen-ids.ts'
import type { Target } from './target.ts'

/** By what lines are judged. */
export interface ImportRules {
  readonly contexts: ContextLimits
  /** Of what a client sends. */
  readonly json: JsonLimits
  readonly history: HistoryRules
}

export interface TenantImport extends Pick<HistoryImport, 'evolution' | 'series'> {
  context(line: NumberedLine, json: Json): Promise<void>
  /** Throws TransferError where the store failed. */
  entity(line: NumberedLine, json: Json): Promise<void>
  retention(line: NumberedLine, json: Json): Promise<void>
  /** Throws TransferError where the store failed. */
  subscription(line: NumberedLine, json: Json): Promise<void>
  /** Resolves when all is stored. Throws TransferError where the store failed. */
  drain(): Promise<void>
}

interface EntityLine extends CarriedEntity, Placed {}

interface SubscriptionLine extends Placed {
  readonly stored: StoredSubscription
}

const ENTITIES_AT_ONCE = 500
/** As many as an announcement names (subscription-revision.ts): of more, brokers would read all that there are. */
const SUBSCRIPTIONS_AT_ONCE = 100

/**
 * What keeps a line out is reported and keeps nothing else out. `hasHistory`: whether it comes with the entities; else it begins with
 * what these are.
 */
export function createTenantImport(
  target: Target,
  call: Call,
  rules: ImportRules,
  report: Report,
  hasHistory: boolean,
): TenantImport {
  const history = createHistoryImport(target, call, rules.history, report)
  const entities = createBatches(
    ENTITIES_AT_ONCE,
    async (all: readonly EntityLine[]) => {
      const outcomes = await target.entities(call, all)
      if (!hasHistory) await history.begin(all.filter((_, i) => isStored(outcomes[i])))
      return outcomes
    },
    (at, outcome) => {
      if (outcome.ok) report.entity(outcome.value)
      else refuse(report, at, at.entity.id, outcome.problem)
    },
  )
  const subscriptions = createBatches(
    SUBSCRIPTIONS_AT_ONCE,
    (all: readonly SubscriptionLine[]) =>
      target.subscriptions(
        call,
        all.map((each) => each.stored),
      ),
    (at, outcome) => {
      if (outcome.ok) report.subscription(outcome.value)
      else refuse(report, at, at.stored.subscription.id, outcome.problem)
    },
  )
  const seen = { entities: createSeenIds(), subscriptions: createSeenIds() }
  return {
    context: async ({ line, bytes }, json) => {
      const fate = await judged(async () => target.context(call, await readCarried(json, rules.contexts)))
      if (fate instanceof Problem) report.refused(line, bytes.toString('utf8'), fate)
      else report.context(fate)
    },
    entity: async ({ line, bytes }, json) => {
      const entity = await judged(async () => readStoredForm(json))
      if (entity instanceof Problem) report.refused(line, bytes.toString('utf8'), entity)
      else if (seen.entities.add(entity.id)) await entities.add({ line, text: bytes, bytes: bytes.length, entity })
      else report.refused(line, JSON.stringify(entity.id), twice('entity', entity.id))
    },
    evolution: history.evolution,
    series: history.series,
    retention: async ({ line, bytes }, json) => {
      const fate = await judged(async () => target.retention(call, readRetention(json)))
      if (fate instanceof Problem) report.refused(line, bytes.toString('utf8'), fate)
      else report.retention(fate)
    },
    subscription: async ({ line, bytes }, json) => {
      // When it is effective, all that it selects is there.
      await entities.drain()
      const stored = await judged(async () => readStoredSubscription(json))
      if (stored instanceof Problem) return report.refused(line, bytes.toString('utf8'), stored)
      const { id } = stored.subscription
      if (seen.subscriptions.add(id)) return await subscriptions.add({ line, text: bytes, stored })
      report.refused(line, JSON.stringify(id), twice('subscription', id))
    },
    drain: async () => {
      await entities.drain()
      await history.drain()
      await subscriptions.drain()
    },
  }
}

function isStored(outcome: Settled<EntityFate> | undefined): boolean {
  return outcome?.ok === true && outcome.value !== 'expired'
}

/** Nothing is wrong with what another one stands in the way of. */
function refuse(report: Report, { line, text }: Placed, id: string, problem: Problem): void {
  report.refused(line, problem.kind === 'Conflict' ? JSON.stringify(id) : text.toString('utf8'), problem)
}

function twice(kind: OfTenant, id: string): Problem {
  return new Problem('AlreadyExists', `the ${kind} ${id} stands in the file before, in the same Tenant`)
}
