/** What an import did, or would do. */

import type { Fate } from '../../contexts/kept-contexts.ts'
import type { CarriedFate } from '../../core/history/carried.ts'
import type { Report } from './report.ts'
import type { EntityFate } from './restore-entity.ts'

type Numbers<Name extends string> = Readonly<Record<Name, number>>

export interface Tally {
  /** Tenants that were made. */
  readonly tenants: number
  readonly contexts: Numbers<Fate>
  readonly entities: Numbers<EntityFate>
  readonly evolutions: Numbers<CarriedFate>
  readonly instances: Numbers<CarriedFate>
  readonly summaries: Numbers<CarriedFate>
  readonly retentions: Numbers<Fate>
  readonly subscriptions: Numbers<Fate>
  readonly refused: number
  /** The id of the broker (5.2.40) whose store it is, where the file is of another. */
  readonly otherBroker?: string
}

export interface RunningTally extends Report {
  tenant(fate: Fate): void
  /** `kept`: the id that the broker has; `id`: the one that the file has. */
  broker(id: string, kept: string): void
  now(): Tally
}

/** `refused` is told, too. */
export function createTally(refused: Report['refused']): RunningTally {
  let tally: Tally = {
    tenants: 0,
    contexts: { created: 0, unchanged: 0, replaced: 0 },
    entities: { created: 0, unchanged: 0, replaced: 0, expired: 0 },
    evolutions: NO_FATES,
    instances: NO_FATES,
    summaries: NO_FATES,
    retentions: { created: 0, unchanged: 0, replaced: 0 },
    subscriptions: { created: 0, unchanged: 0, replaced: 0 },
    refused: 0,
  }
  const change = (to: Partial<Tally>): void => {
    tally = { ...tally, ...to }
  }
  return {
    tenant: (fate) => change({ tenants: tally.tenants + (fate === 'created' ? 1 : 0) }),
    broker: (id, kept) => (id === kept ? undefined : change({ otherBroker: kept })),
    context: (fate) => change({ contexts: plus(tally.contexts, fate) }),
    entity: (fate) => change({ entities: plus(tally.entities, fate) }),
    restored: ({ isNew, evolution, instances, summaries }) =>
      change({
        evolutions: isNew ? plus(tally.evolutions, evolution) : tally.evolutions,
        instances: instances.reduce(plus, tally.instances),
        summaries: summaries.reduce(plus, tally.summaries),
      }),
    retention: (fate) => change({ retentions: plus(tally.retentions, fate) }),
    subscription: (fate) => change({ subscriptions: plus(tally.subscriptions, fate) }),
    refused: (line, text, problem) => {
      change({ refused: tally.refused + 1 })
      refused(line, text, problem)
    },
    now: () => tally,
  }
}

/** What differs is refused, and counted there. */
const NO_FATES: Numbers<CarriedFate> = { created: 0, unchanged: 0, replaced: 0, differs: 0 }

function plus<Name extends string>(numbers: Numbers<Name>, fate: Name): Numbers<Name> {
  return { ...numbers, [fate]: numbers[fate] + 1 }
}

/** How many there are of which it is known what became of them. What is refused counts as entities: most are. */
export function through({ entities, instances, subscriptions, refused }: Tally) {
  return {
    entities: refused + sumOf(entities),
    instances: sumOf(instances),
    subscriptions: sumOf(subscriptions),
    refused,
  }
}

function sumOf(numbers: Numbers<string>): number {
  return Object.values(numbers).reduce((sum, number) => sum + number, 0)
}
