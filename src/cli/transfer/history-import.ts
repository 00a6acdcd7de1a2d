/** What an export has of the history of one Tenant → a target. */

import { beginningOf } from '../../core/history/beginning.ts'
import type {
  CarriedEvolution,
  CarriedInstance,
  CarriedSeries,
  EvolutionPart,
  Restored,
} from '../../core/history/carried.ts'
import { fromInstant } from '../../core/model/date-time.ts'
import type { Json } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import { Problem } from '../../core/model/problems.ts'
import { readEvolution, readSeries } from '../../core/representation/carried-form.ts'
import type { Call } from '../../ports/call.ts'
import { createBatches, type Placed } from './batches.ts'
import type { HistoryRules } from './history-rules.ts'
import { judged } from './judged.ts'
import type { NumberedLine, Report } from './report.ts'
import type { CarriedEntity } from './restore-entity.ts'
import { createSeenIds } from './seen-ids.ts'
import type { Target } from './target.ts'

export interface HistoryImport {
  /** Throws TransferError where the store failed, as the others here. */
  evolution(line: NumberedLine, json: Json): Promise<void>
  /** Of the evolution before it; where that was refused, so is this, and it is not told again. */
  series(line: NumberedLine, json: Json): Promise<void>
  /** Lets the history of entities that are stored begin, where they have none. */
  begin(entities: readonly CarriedEntity[]): Promise<void>
  drain(): Promise<void>
}

interface PartLine extends Placed {
  readonly part: EvolutionPart
}

const PARTS_AT_ONCE = 500

/** Of one Tenant. What is refused, and what became of all else, is told to the report; what the target throws ends it. */
export function createHistoryImport(target: Target, call: Call, rules: HistoryRules, report: Report): HistoryImport {
  const { check, isRecorded } = rules
  const seen = createSeenIds()
  let current: CarriedEvolution | undefined
  const parts = createBatches(
    PARTS_AT_ONCE,
    async (all: readonly PartLine[]) => {
      const restored = await target.evolutions(
        call,
        all.map((each) => each.part),
      )
      return restored.map((value) => ({ ok: true, value }) as const)
    },
    (at, outcome) => outcome.ok && tell(report, at, outcome.value),
  )
  const isMade = ({ line }: NumberedLine, id: string, attribute: string, instance: CarriedInstance): boolean => {
    try {
      check.instance(attribute, instance)
      return true
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      report.refused(line, stringifyJson({ evolution: id, attribute, instance }).text, problem)
      return false
    }
  }
  return {
    evolution: async (numbered, json) => {
      const { line, bytes } = numbered
      current = undefined
      const evolution = await judged(async () => checked(readEvolution(json), check.evolution))
      if (evolution instanceof Problem) return report.refused(line, bytes.toString('utf8'), evolution)
      if (!seen.add(evolution.id)) return report.refused(line, JSON.stringify(evolution.id), twice(evolution.id))
      current = evolution
      await parts.add({ line, text: bytes, part: { evolution, series: [] } })
    },
    series: async (numbered, json) => {
      const { line, bytes } = numbered
      const evolution = current
      if (evolution === undefined) return
      const series = await judged(async () => checked(readSeries(json), check.series))
      if (series instanceof Problem) return report.refused(line, bytes.toString('utf8'), series)
      const { id } = evolution
      const instances = series.instances.filter((each) => isMade(numbered, id, series.attribute, each))
      await parts.add({ line, text: bytes, part: { evolution, series: [{ ...series, instances }] } })
    },
    begin: async (entities) => {
      const begun = entities.flatMap(({ entity }) => {
        const present = withoutExpired(entity, rules.now())
        return (present && beginningOf(present, isRecorded)) ?? []
      })
      const restored = begun.length === 0 ? [] : await target.evolutions(call, begun, 'leave')
      for (const each of restored) report.restored({ ...each, isNew: true })
    },
    drain: parts.drain,
  }
}

function checked<T>(value: T, check: (value: T) => void): T {
  check(value)
  return value
}

function tell(report: Report, { line, part: { evolution, series } }: PartLine, restored: Restored): void {
  const isNew = series.length === 0
  report.restored({ ...restored, isNew })
  const refuse = (what: string): void => {
    report.refused(line, JSON.stringify(evolution.id), new Problem('Conflict', `${what} exists already, and differs`))
  }
  if (isNew && restored.evolution === 'differs') refuse(`the evolution of ${evolution.id}`)
  const named = series.flatMap((each) => each.instances.map((instance) => nameOf(evolution, each, instance)))
  for (const [i, fate] of restored.instances.entries()) if (fate === 'differs') refuse(named[i] ?? '')
  if (restored.summaries.includes('differs')) refuse(`a summary of ${series[0]?.attribute} of ${evolution.id}`)
}

function nameOf({ id }: CarriedEvolution, { attribute }: CarriedSeries, { createdAt }: CarriedInstance): string {
  return `an instance of ${attribute} of ${id}, created at ${fromInstant(createdAt)},`
}

function twice(id: string): Problem {
  return new Problem('AlreadyExists', `the evolution of ${id} stands in the file before, in the same Tenant`)
}
