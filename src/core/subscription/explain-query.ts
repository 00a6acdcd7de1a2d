/** Which part of a q (4.9) an entity meets, and which it does not. */

import type { Entity, Json } from '../model/entity.ts'
import { show } from '../model/show.ts'
import type { AttributePath, Query, QueryTerm } from '../query/ast.ts'
import { matchesQuery } from '../query/evaluate-query.ts'
import { printPath, printQuery, printTest } from '../query/print-query.ts'
import { type FindEntity, someTarget } from '../query/target.ts'
import type { ExplainedCondition, Finding } from './explained.ts'
import type { Names } from './explained-names.ts'

/** `find`: undefined where q leads to more entities than may be looked up; it is told then, rather once too often than not. */
export function explainQuery(entity: Entity, query: Query, find: FindEntity | undefined, names: Names): Finding {
  if (find === undefined) return { explained: { condition: 'q', met: true, explanation: TOO_MANY }, hints: [] }
  const explained = explainPart(entity, query, find, names)
  const missing = missingIn(entity, query, find)
  return {
    explained: { ...explained, condition: 'q' },
    hints: missing.flatMap((name) => names.hint('Attribute', name, Object.keys(entity.attributes)) ?? []),
  }
}

const TOO_MANY =
  'it leads to more linked entities than are looked up (BOYA_MAX_LINKED_ENTITIES), so that it is told whatever they are'

function explainPart(entity: Entity, query: Query, find: FindEntity, names: Names): ExplainedCondition {
  const condition = printQuery(query, names.short)
  const met = matchesQuery(entity, query, find)
  if (query.kind === 'term') {
    const asked = names.of(namesOf(query.path))
    return { condition, met, explanation: explainTerm(entity, query, met, find, names), asked }
  }
  const parts = query.parts.map((part) => explainPart(entity, part, find, names))
  return { condition, met, explanation: explainParts(query.kind, parts), parts }
}

function explainParts(kind: 'and' | 'or', parts: readonly ExplainedCondition[]): string {
  const count = parts.filter(({ met }) => met).length
  return `${kind === 'and' ? 'all of these have' : 'one of these has'} to be met; ${count} of ${parts.length} are`
}

function explainTerm(entity: Entity, { path, test }: QueryTerm, met: boolean, find: FindEntity, names: Names): string {
  const target = printPath(path, names.short)
  const values = valuesAt(entity, path, find)
  if (values === undefined) return explainAbsence(entity, path, names)
  const asked = test === undefined ? '' : `; ${met ? 'that meets' : 'that does not meet'} ${printTest(test)}`
  return `${target} is ${values.map(show).join(' and ')}${asked}`
}

function explainAbsence(entity: Entity, path: AttributePath, names: Names): string {
  const first = firstOf(path)
  if (!Object.hasOwn(entity.attributes, first)) return `the entity has no Attribute ${names.say(first)}`
  const target = printPath(path, names.short)
  if (path.links.length === 0) return `the entity has ${names.say(first)}, but in it nothing that ${target} leads to`
  return `${names.say(first)} leads to no entity that is stored here and has what ${target} asks for`
}

/** Undefined where the path leads to nothing. */
function valuesAt(entity: Entity, path: AttributePath, find: FindEntity): readonly Json[] | undefined {
  const values: Json[] = []
  let isThere = false
  someTarget(entity, path, find, (target) => {
    isThere = true
    values.push(...target.values)
    return values.length >= MOST_VALUES
  })
  return isThere ? values.slice(0, MOST_VALUES) : undefined
}

/** That are shown. */
const MOST_VALUES = 5

function firstOf({ links, names }: AttributePath): string {
  return links[0]?.relationship ?? names[0] ?? ''
}

function namesOf({ links, names }: AttributePath): readonly string[] {
  return [...links.flatMap(({ relationship, types }) => [relationship, ...types]), ...names]
}

/** Attributes that terms ask for which are not met, and that the entity does not have. */
function missingIn(entity: Entity, query: Query, find: FindEntity): readonly string[] {
  if (matchesQuery(entity, query, find)) return []
  if (query.kind !== 'term') return [...new Set(query.parts.flatMap((part) => missingIn(entity, part, find)))]
  const first = firstOf(query.path)
  return Object.hasOwn(entity.attributes, first) ? [] : [first]
}
