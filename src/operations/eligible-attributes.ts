import { isEligible } from '../core/history/methods.ts'
import type { Wanted } from '../core/history/selection.ts'
import { Problem } from '../core/model/problems.ts'
import type { EvolutionPage } from '../ports/history.ts'

/**
 * 5.7.4.4: "any of the requested Attributes is not eligible for at least one of the aggregation methods … InvalidRequest". Of those
 * that nobody has asked for by name such a method is left out.
 */
export function refuseIneligible({ evolutions }: EvolutionPage, wanted: Wanted, named: readonly string[]): void {
  if (wanted.kind !== 'aggregates') return
  for (const { id, aggregates = {} } of evolutions) {
    for (const attribute of named) {
      const classes = new Set(
        aggregates[attribute]?.flatMap(({ periods }) =>
          periods.flatMap(({ summaries }) => summaries.map((each) => each.valueClass)),
        ),
      )
      const method = wanted.methods.find(
        (each) => classes.size > 0 && ![...classes].some((valueClass) => isEligible(valueClass, each)),
      )
      if (method === undefined) continue
      const which = [...classes].join(', ')
      throw new Problem(
        'InvalidRequest',
        `${method} is not defined (4.5.19.1) for the values of ${attribute} of ${id}, which are: ${which}`,
        'aggrMethods',
      )
    }
  }
}
