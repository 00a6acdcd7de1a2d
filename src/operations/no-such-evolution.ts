import { badRequest, notFound, type Problem } from '../core/model/problems.ts'
import type { Outcome } from '../ports/history.ts'

/** 5.5.2, ResourceNotFound. `id`: of the entity. */
export function noSuchEvolution(id: string): Problem {
  return notFound(`there is no temporal evolution of an entity ${id}`)
}

/** Throws ResourceNotFound where there was nothing to change, BadRequestData where it cannot become that; `what` was to be changed, of the Attribute (IRI). */
export function checkOutcome(outcome: Outcome, id: string, attribute: string, what: string): void {
  if (outcome === 'no evolution') throw noSuchEvolution(id)
  if (outcome === 'no attribute') throw notFound(`the temporal evolution of ${id} has no Attribute ${attribute}${what}`)
  if (outcome === 'no instance')
    throw notFound(`the Attribute ${attribute} of the temporal evolution of ${id} has no instance${what}`)
  if (outcome === 'other dataset')
    throw badRequest('"datasetId" is not that of the instance, which cannot leave its dataset: leave it out')
}
