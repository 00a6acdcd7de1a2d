/** What bodies in temporal representation are read with. */

import type { TermTable } from '../core/jsonld/terms.ts'
import type { EvolutionContext } from '../core/representation/decode-instances.ts'
import { decodeContext, type Exchange } from './exchange.ts'

/** `terms`: of the @context that applies to the body (6.3.5). What is sent without a time is of now (5.6.11). */
export function evolutionContext(exchange: Exchange, terms: TermTable): EvolutionContext {
  const { limits, operations } = exchange.api
  return { ...decodeContext(exchange, terms), instances: limits.sentInstances, now: operations.clock.now() }
}
