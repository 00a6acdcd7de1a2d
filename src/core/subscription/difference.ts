/** Where what is kept of a Subscription and what would be kept of what was sent differ, but for what its names stand for. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { stringifyJson } from '../model/json-text.ts'
import { pointerPart } from '../model/pointer.ts'
import { badRequest, type Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { UnknownNames } from './unknown-names.ts'

/** Lists in which what is named twice stands once, whatever it is called. */
const ONCE: ReadonlySet<string> = new Set(['watchedAttributes', 'pick', 'omit', 'linked', 'expandValues', 'jsonKeys'])

/**
 * A BadRequestData that says where, undefined where they do not. The order of members does not count.
 * @param made of what was sent, with marked names
 * @param member that holds the value, or the array that it is in
 */
export function differenceOf(
  made: Json,
  found: Json,
  at: string,
  names: UnknownNames,
  member = '',
): Problem | undefined {
  if (Array.isArray(made) && Array.isArray(found)) {
    return ONCE.has(member) ? listsDiffer(made, found, at, names) : itemsDiffer(made, found, at, names)
  }
  if (isObject(made) && isObject(found)) return membersDiffer(made, found, at, names)
  const name = typeof made === 'string' ? names.nameIn(made) : undefined
  if (name !== undefined)
    return typeof found === 'string' && names.canBe(name, found) ? undefined : wrong(name, found, at)
  return stringifyJson(made).text === stringifyJson(found).text ? undefined : wrong(made, found, at)
}

function membersDiffer(made: JsonObject, found: JsonObject, at: string, names: UnknownNames): Problem | undefined {
  for (const member of new Set([...Object.keys(made), ...Object.keys(found)])) {
    const difference = memberDiffers(made[member], found[member], `${at}/${pointerPart(member)}`, names, member)
    if (difference !== undefined) return difference
  }
  return undefined
}

function memberDiffers(
  made: Json | undefined,
  found: Json | undefined,
  at: string,
  names: UnknownNames,
  member: string,
): Problem | undefined {
  if (made === undefined) return badRequest(`no client can have made this: there would be no ${member}`, at)
  if (found === undefined) return badRequest('is missing', at)
  return differenceOf(made, found, at, names, member)
}

function itemsDiffer(
  made: readonly Json[],
  found: readonly Json[],
  at: string,
  names: UnknownNames,
): Problem | undefined {
  if (made.length !== found.length) return wrong(made, found, at)
  for (const [i, item] of made.entries()) {
    const difference = differenceOf(item, found[i] ?? null, `${at}/${i}`, names)
    if (difference !== undefined) return difference
  }
  return undefined
}

/** Several names that were sent may stand for one IRI. */
function listsDiffer(
  made: readonly Json[],
  found: readonly Json[],
  at: string,
  names: UnknownNames,
): Problem | undefined {
  const keys = found.map((item) => stringifyJson(isObject(item) ? item.member : item).text)
  if (new Set(keys).size < keys.length || (found.length === 0 && made.length > 0)) return wrong(made, found, at)
  if (made.length === found.length) return itemsDiffer(made, found, at, names)
  const fits = (item: Json, other: Json | undefined): boolean =>
    other !== undefined && differenceOf(item, other, at, names) === undefined
  let next = 0
  for (const item of made) if (fits(item, found[next])) next++
  const isAllThere = made.every((item) => found.some((other) => fits(item, other)))
  return next === found.length && isAllThere ? undefined : wrong(made, found, at)
}

function wrong(made: Json, found: Json, at: string): Problem {
  return badRequest(`no client can have made this: ${show(found)} would have been kept as ${show(made)}`, at)
}
