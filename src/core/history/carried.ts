/** Evolutions as they go from one store to another: whole, with all their times, and with nothing that is of one store alone. */

import type { EvolutionHead, NewInstance } from './past-instance.ts'
import type { Summary } from './summary.ts'
import type { Micros } from './time-property.ts'

/** When something of it was changed last is told by its instances. */
export type CarriedEvolution = Omit<EvolutionHead, 'modifiedAt'>

export interface CarriedInstance extends NewInstance {
  /**
   * Distinguishes it from others of its Attribute and dataset that came in the same millisecond. Its id is made of all of these: so it stays
   * what it was.
   */
  readonly number: number
}

/** What instances were together that are not kept any more. */
export interface CarriedSummary {
  readonly begins: Micros
  readonly ends: Micros
  readonly summaries: readonly Summary[]
}

/** The instances of one Attribute (IRI; SCOPE) and dataset, or some of them: those of one place in time in the order of their coming. */
export interface CarriedSeries {
  readonly attribute: string
  /** Absent: the default one. */
  readonly datasetId?: string
  /** Whether any instance of it was ever observed, also one that is not kept any more. */
  readonly isObserved: boolean
  readonly summaries: readonly CarriedSummary[]
  readonly instances: readonly CarriedInstance[]
}

/** Some of an evolution, or nothing of it but that it is there. */
export interface EvolutionPart {
  readonly evolution: CarriedEvolution
  readonly series: readonly CarriedSeries[]
}

/** The highest number that an instance may have: no other is kept exactly by every store. */
export const MOST_NUMBER = Number.MAX_SAFE_INTEGER

/** What became of something that came from another store; 'differs': it is there already, is another, and stays. */
export type CarriedFate = 'created' | 'unchanged' | 'replaced' | 'differs'

export interface Restored {
  /** Where it 'differs', nothing of the part has been looked at. */
  readonly evolution: CarriedFate
  /** Of all series of the part together, in their order. */
  readonly summaries: readonly CarriedFate[]
  readonly instances: readonly CarriedFate[]
}
