/** What an export has of one Tenant → what a target has of it. */

import { readCarried } from '../../contexts/carried-contexts.ts'
import type { Fate } from '../../contexts/kept-contexts.ts'
import type { ContextLimits } from '../../contexts/limits.ts'
import type { Json } from '../../core/model/entity.ts'
import type { JsonLimits } from '../../core/model/json-text.ts'
import { Problem } from '../../core/model/problems.ts'
import { readStoredForm } from '../../core/representation/stored-form.ts'
import type { Call } from '../../ports/call.ts'
import { createEntityBatches } from './entity-batches.ts'
import type { EntityFate } from './restore-entity.ts'
import { createSeenIds } from './seen-ids.ts'
import type { Target } from './target.ts'

/** A line as it was found; the first one is 1. */
export interface NumberedLine {
  readonly line: number
  readonly bytes: Buffer
}

/** Is told what became of each line. */
export interface Report {
  context(fate: Fate): void
  entity(fate: EntityFate): void
  /** `text`: the line where it is wrong in itself, else the id of what is in it. */
  refused(line: number, text: string, problem: Problem): void
}

/** By what lines are judged. */
export interface ImportRules {
  readonly contexts: ContextLimits
  /** Of what a client sends. */
  readonly json: JsonLimits
}

export interface TenantImport {
  context(line: NumberedLine, json: Json): Promise<void>
  /** Throws TransferError where the store failed. */
  entity(line: NumberedLine, json: Json): Promise<void>
  /** Resolves when all is stored. Throws TransferError where the store failed. */
  drain(): Promise<void>
}

/** What keeps a line out is reported and keeps nothing else out. */
export function createTenantImport(target: Target, call: Call, rules: ImportRules, report: Report): TenantImport {
  const seen = createSeenIds()
  const batches = createEntityBatches(
    (entities) => target.entities(call, entities),
    ({ line, text, entity }, outcome) => {
      if (outcome.ok) return report.entity(outcome.value)
      const { problem } = outcome
      // Nothing is wrong with an entity that another one stands in the way of.
      report.refused(line, problem.kind === 'Conflict' ? JSON.stringify(entity.id) : text.toString('utf8'), problem)
    },
  )
  return {
    context: async ({ line, bytes }, json) => {
      const fate = await judged(async () => target.context(call, await readCarried(json, rules.contexts)))
      if (fate instanceof Problem) report.refused(line, bytes.toString('utf8'), fate)
      else report.context(fate)
    },
    entity: async ({ line, bytes }, json) => {
      const entity = await judged(async () => readStoredForm(json))
      if (entity instanceof Problem) report.refused(line, bytes.toString('utf8'), entity)
      else if (seen.add(entity.id)) await batches.add({ line, text: bytes, bytes: bytes.length, entity })
      else report.refused(line, JSON.stringify(entity.id), twice(entity.id))
    },
    drain: batches.drain,
  }
}

/** The Problem, where that is why it cannot be done. */
async function judged<T>(judge: () => Promise<T>): Promise<T | Problem> {
  try {
    return await judge()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

function twice(id: string): Problem {
  return new Problem('AlreadyExists', `the entity ${id} stands in the file before, in the same Tenant`)
}
