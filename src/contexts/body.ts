/** How a @context is named in an answer. */

import type { Json } from '../core/model/entity.ts'
import { CORE_CONTEXT_URL, coreUrlOf } from './core-context.ts'

interface ContextName {
  readonly body: Json
  readonly url: string | undefined
}

export const CORE_NAME: ContextName = { body: CORE_CONTEXT_URL, url: CORE_CONTEXT_URL }

/**
 * The @context as it was given; where it names a core @context, the applied one stands there. It has a URL where it is
 * one URL, not counting the core's, which is implied (4.4).
 */
export function nameOf(context: Json): ContextName {
  const members = Array.isArray(context) ? context : [context]
  const own = members.filter((member) => !isCore(member))
  const [only] = own
  if (only === undefined) return CORE_NAME
  const named = members.map((member) => (isCore(member) ? CORE_CONTEXT_URL : member))
  return {
    body: Array.isArray(context) ? named : context,
    url: own.length === 1 && typeof only === 'string' ? only : undefined,
  }
}

function isCore(member: Json): boolean {
  return typeof member === 'string' && coreUrlOf(member) !== undefined
}
