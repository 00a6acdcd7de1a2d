/** Whether an Entity meets a query (4.9). */

import type { Entity, Json } from '../model/entity.ts'
import { isUri } from '../model/uri.ts'
import type { ComparableOperand, Operand, Query, QueryTest } from './ast.ts'
import { comparableAs, compareComparables } from './comparable.ts'
import { matcherOf } from './pattern.ts'
import { type FindEntity, someTarget, type Target } from './target.ts'

/** `find` is asked for the entities that a path leads to. */
export function matchesQuery(entity: Entity, query: Query, find: FindEntity): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => matchesQuery(entity, part, find))
    case 'or':
      return query.parts.some((part) => matchesQuery(entity, part, find))
    case 'term': {
      const { path, test } = query
      // "A matching entity shall contain the target element."
      return someTarget(entity, path, find, (target) => test === undefined || meets(target, test))
    }
  }
}

function meets(target: Target, test: QueryTest): boolean {
  switch (test.operator) {
    case '==':
      return isEqual(target, test)
    case '!=':
      // "If the data type of the target value and the data type of the Query Term value are different, then they shall be considered unequal."
      return !isEqual(target, test)
    case '~=':
      return textsOf(target).some(matcherOf(test.pattern))
    case '!~=': {
      // "If the target value data type is different than String then it shall be considered as not matching."
      const texts = textsOf(target)
      return texts.length > 0 && !texts.some(matcherOf(test.pattern))
    }
    default:
      return target.singles.some((value) => isOrdered(value, test.operator, test.value))
  }
}

function textsOf({ singles }: Target): readonly string[] {
  return singles.flatMap((value) => comparableAs(value, 'text')?.toString() ?? [])
}

function isEqual({ values, singles, uris }: Target, test: Extract<QueryTest, { operator: '==' | '!=' }>): boolean {
  if ('range' in test) return singles.some((value) => isBetween(value, test.range))
  return values.some((value) => test.values.some((operand) => equals(value, operand, uris)))
}

/** "in the interval between the minimum and maximum of the range (both included)" */
function isBetween(value: Json, [least, most]: readonly [ComparableOperand, ComparableOperand]): boolean {
  const own = comparableAs(value, least.kind)
  return own !== undefined && compareComparables(own, least.value) >= 0 && compareComparables(own, most.value) <= 0
}

function equals(value: Json, operand: Operand, uris: boolean): boolean {
  switch (operand.kind) {
    case 'text':
    case 'uri':
      return isNamed(value, operand, uris)
    case 'boolean':
      return comparableAs(value, 'boolean') === Number(operand.value)
    default:
      return comparableAs(value, operand.kind) === operand.value
  }
}

function isNamed(value: Json, operand: Extract<Operand, { kind: 'text' | 'uri' }>, uris: boolean): boolean {
  const { kind, value: name, iri } = operand
  // "If the target element is a VocabProperty, the target value shall be expanded according to the @context."
  if (uris) return value === (iri ?? name)
  // A bare word is no literal, so it is not identical to a text; a URI is one as it stands (4.9, CompEqualityValue).
  if (kind === 'uri' && iri === undefined && !isUri(name)) return false
  const own = comparableAs(value, 'text')
  return own !== undefined && (own === name || own === iri)
}

/** "If there is no equality between the target value data type and the Query Term value data type then … not matching." */
function isOrdered(value: Json, operator: '>' | '>=' | '<' | '<=', operand: ComparableOperand): boolean {
  const own = comparableAs(value, operand.kind)
  return own !== undefined && isInOrder(compareComparables(own, operand.value), operator)
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
