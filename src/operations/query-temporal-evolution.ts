import { badRequest } from '../core/model/problems.ts'
import type { EntityFilter } from '../core/query/ast.ts'
import { linkDepth } from '../core/query/parse-query.ts'
import type { Call } from '../ports/call.ts'
import type { EvolutionPage, EvolutionQuery } from '../ports/history.ts'
import { refuseIneligible } from './eligible-attributes.ts'
import type { OperationContext } from './operation-context.ts'
import { refuseTooWide } from './query-entities.ts'
import type { EvolutionsAsked } from './retrieve-temporal-evolution.ts'

export interface EvolutionsQueried
  extends EvolutionsAsked,
    Pick<EvolutionQuery, 'limit' | 'offset' | 'count' | 'orderById'> {
  readonly filter: EntityFilter
  readonly local: boolean
  /** Whether a temporal query was given. */
  readonly isTemporal: boolean
}

/** 5.7.4 Query Temporal Evolution of Entities. Throws BadRequestData, InvalidRequest, TooComplexQuery. */
export async function queryTemporalEvolution(
  { store }: OperationContext,
  call: Call,
  { filter, local, isTemporal, named, ...query }: EvolutionsQueried,
): Promise<EvolutionPage> {
  if (!isTemporal)
    throw badRequest(
      'there is no temporal query; say of which time: timerel=before, after or between, and timeAt',
      'timerel',
    )
  refuseTooWide(filter, local)
  // "… indicate the use of Linked Entity retrieval, an error of type BadRequestData shall be raised."
  if (filter.q !== undefined && linkDepth(filter.q) > 0)
    throw badRequest(
      'the query follows Relationships to linked entities, whose evolutions are not looked at; ask for them in a query of their own',
      'q',
    )
  const page = await store.history.query(call, { ...query, filter })
  refuseIneligible(page, query.wanted, named)
  return page
}
