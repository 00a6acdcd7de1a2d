/** Which instances of an evolution are asked for (4.11, 4.5.5, 4.21), as plain data: it can be sent to another thread. */

import type { Duration } from './duration.ts'
import type { AggregationMethod } from './methods.ts'
import type { Micros, TimeProperty } from './time-property.ts'

export interface InstanceSelection {
  readonly timeProperty: TimeProperty
  /**
   * Whether instances without `observedAt` are left out where that is the time property; where not, those stand where placeOf says.
   * Who names another property asks for those that convey it, always.
   */
  readonly onlyTimed: boolean
  /** Included. */
  readonly from?: Micros
  /** Excluded. */
  readonly until?: Micros
  /** IRIs of Attributes, SCOPE among them; absent: all. */
  readonly only?: readonly string[]
  /** IRIs. */
  readonly without?: readonly string[]
  /** Undefined stands for the default instance (4.5.5). */
  readonly datasetIds?: readonly (string | undefined)[]
  /** 5.7.3.4: of each Attribute of each entity the last so many, by the time property. */
  readonly lastN?: number
}

/** The instances themselves, of all entities together at most so many, and so large. */
export interface InstancesWanted {
  readonly kind: 'instances'
  readonly most: number
  /** As they are stored; those of one time are given whatever they take. Absent: whatever all take. */
  readonly mostBytes?: number
  /** Where the answer was cut of which this is the rest: only what lies beyond it is given, of what is selected without it. */
  readonly beyond?: Micros
}

/** 4.5.19: what they are together, in periods. */
export interface AggregatesWanted {
  readonly kind: 'aggregates'
  /** None: only which evolutions there are is asked, and nothing of them is aggregated. */
  readonly methods: readonly AggregationMethod[]
  /** Of each period; undefined: one over the whole range (PT0S). */
  readonly duration?: Duration
  /** Periods of all entities together at most. */
  readonly most: number
}

export type Wanted = InstancesWanted | AggregatesWanted
