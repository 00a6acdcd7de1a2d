/** Whether an Entity meets a query (4.9). */

import type { Entity, Json } from '../model/entity.ts'
import { isUri } from '../model/uri.ts'
import type { ComparableOperand, Operand, Query, QueryTest } from './ast.ts'
import { comparablesOf, compareComparables } from './comparable.ts'
import { matcherOf } from './pattern.ts'
import { type FindEntity, type Target, targetsOf } from './target.ts'

/** `find` is asked for the entities that a path leads to. */
export function matchesQuery(entity: Entity, query: Query, find: FindEntity): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => matchesQuery(entity, part, find))
    case 'or':
      return query.parts.some((part) => matchesQuery(entity, part, find))
    case 'term': {
      // "A matching entity shall contain the target element"; "the target value shall be any Value of such instances".
      const { path, test } = query
      return targetsOf(entity, path, find).some((target) => test === undefined || meets(target, test))
    }
  }
}

function meets(target: Target, test: QueryTest): boolean {
  switch (test.operator) {
    case '==':
      return isEqual(target, test)
    case '!=':
      // "If the data type of the target value and the data type of the Query Term value are different, then they shall be
      // considered unequal."
      return !isEqual(target, test)
    case '~=':
      return texts(target).some(matcherOf(test.pattern))
    case '!~=':
      // "If the target value data type is different than String then it shall be considered as not matching."
      return texts(target).length > 0 && !texts(target).some(matcherOf(test.pattern))
    default:
      return target.single.some((value) => isOrdered(value, test.operator, test.value))
  }
}

function texts({ single }: Target): readonly string[] {
  return single.flatMap((value) => {
    const text = comparablesOf(value)[0]
    return text?.kind === 'text' ? [String(text.value)] : []
  })
}

function isEqual({ equal, single, uris }: Target, test: Extract<QueryTest, { operator: '==' | '!=' }>): boolean {
  if ('range' in test) return single.some((value) => isBetween(value, test.range))
  return equal.some((value) => test.values.some((operand) => equals(value, operand, uris)))
}

/** "both included" */
function isBetween(value: Json, [least, most]: readonly [ComparableOperand, ComparableOperand]): boolean {
  return comparablesOf(value).some(
    (own) =>
      own.kind === least.kind &&
      compareComparables(own.value, least.value) >= 0 &&
      compareComparables(own.value, most.value) <= 0,
  )
}

function equals(value: Json, operand: Operand, uris: boolean): boolean {
  switch (operand.kind) {
    case 'text':
      return comparablesOf(value).some(({ kind, value: own }) => kind === 'text' && isNamed(own, operand))
    case 'uri':
      // A name without quotes is one of a vocab; the text of a Property it can only be where it is a URI.
      if (!uris && operand.iri === undefined && !isUri(operand.value)) return false
      return typeof value === 'string' && isNamed(value, operand)
    case 'boolean':
      return value === operand.value
    default:
      return comparablesOf(value).some((own) => own.kind === operand.kind && own.value === operand.value)
  }
}

function isNamed(own: number | string, { value, iri }: { readonly value: string; readonly iri?: string }): boolean {
  return own === value || (iri !== undefined && own === iri)
}

/** "If there is no equality between the target value data type and the Query Term value data type then … not matching." */
function isOrdered(value: Json, operator: '>' | '>=' | '<' | '<=', operand: ComparableOperand): boolean {
  return comparablesOf(value).some(
    (own) => own.kind === operand.kind && isInOrder(compareComparables(own.value, operand.value), operator),
  )
}

function isInOrder(order: number, operator: '>' | '>=' | '<' | '<='): boolean {
  switch (operator) {
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
  }
}
