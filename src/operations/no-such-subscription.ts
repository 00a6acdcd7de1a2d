import { notFound, type Problem } from '../core/model/problems.ts'

export function noSuchSubscription(id: string): Problem {
  return notFound(`there is no subscription ${id}`)
}
