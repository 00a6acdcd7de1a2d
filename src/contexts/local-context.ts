/** What a user @context may look like, before any of its URLs is followed. */

import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest } from '../core/model/problems.ts'
import type { ContextLimits } from './limits.ts'

/** Throws BadRequestData unless `context` is a JSON-LD local context without scoped contexts. */
export function checkLocalContext(context: Json, where: string, { maxMembers }: ContextLimits): void {
  const members = Array.isArray(context) ? context : [context]
  if (members.length > maxMembers) {
    throw badRequest(
      `${where} has more than ${maxMembers} members (BOYA_CONTEXT_MAX_MEMBERS); put them together in fewer.`,
    )
  }
  for (const member of members) {
    if (typeof member === 'string' || (member === null && Array.isArray(context))) continue
    if (!isObject(member)) {
      throw badRequest(`${where} must be a URL, an object, or an array of these, not ${kindOf(member)}.`)
    }
    checkDefinitions(member, where)
  }
}

function checkDefinitions(definitions: JsonObject, where: string): void {
  // The JSON-LD processor calls this method of every @context, so it cannot be a member of one.
  if (Object.hasOwn(definitions, 'hasOwnProperty')) {
    throw badRequest(`${where} defines "hasOwnProperty", which cannot be a term here; give it another name.`)
  }
  for (const [term, definition] of Object.entries(definitions)) {
    // Another ancestor is what the processor's copy would get.
    if (term === '__proto__' && typeof definition !== 'string') {
      throw badRequest(
        `${where} defines "__proto__" as ${kindOf(definition)}, which cannot be here; give it another name.`,
      )
    }
    // 5.5.7: "this user @context shall not: … Contain JSON-LD Scoped Contexts"; parts that do "should result in an error
    // of type BadRequestData".
    if (isObject(definition) && Object.hasOwn(definition, '@context')) {
      throw badRequest(
        `${where} defines "${term}" with a scoped @context, which NGSI-LD forbids (5.5.7); define its terms at the top level.`,
      )
    }
    if (!term.startsWith('@') && definition !== null && typeof definition !== 'string' && !isObject(definition)) {
      throw badRequest(`${where} defines "${term}" as ${kindOf(definition)}; a term needs an IRI or an object.`)
    }
  }
}

/** Instead of what stands there: it may be of a document elsewhere, and of any size. */
function kindOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return 'a string'
  return isObject(value) ? 'an object' : 'a number'
}
