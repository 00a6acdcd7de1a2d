import { badRequest } from '../core/model/problems.ts'
import type { EntityFilter, EntityQuery } from '../core/query/ast.ts'
import type { Call } from '../ports/call.ts'
import type { EntityPage } from '../ports/store.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.7.2 Query Entities, before any projection. `local`: the scope is local, so that nothing more has to be given. */
export function queryEntities(
  { store }: OperationContext,
  call: Call,
  query: EntityQuery,
  local: boolean,
): Promise<EntityPage> {
  refuseTooWide(query.filter, local)
  return store.entities.query(call, query)
}

/** 5.7.2.4: "If none of the above is provided, then an error of type BadRequestData shall be raised (too wide query)." */
export function refuseTooWide({ types, attributes }: EntityFilter, local: boolean): void {
  if (types === undefined && attributes === undefined && !local) {
    throw badRequest('the query is too wide: add type=… (or type=* for all), attrs=…, or local=true')
  }
}
