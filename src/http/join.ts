/** Linked Entity retrieval as a request asks for it (4.5.23, 6.4.3.2, 6.5.3.1). */

import { badRequest, Problem } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import type { Linking } from '../operations/shown-linked.ts'
import { type Exchange, list, text, whole } from './exchange.ts'

/** Throws BadRequestData where a parameter makes no sense without another. */
export function joinOf({ parameters }: Exchange): Linking {
  const join = text(parameters, 'join') ?? '@none'
  const level = whole(parameters, 'joinLevel')
  const containedBy = list(parameters, 'containedBy') ?? []
  const kind = join === 'inline' || join === 'flat' ? join : 'none'
  // 6.5.3.1: "Only applicable if join parameter is: "flat" or "inline"."
  if (kind === 'none' && level !== undefined)
    throw badRequest('goes together with join=inline or join=flat', 'joinLevel')
  // "Only applicable if joinLevel is present."
  if (containedBy.length > 0 && level === undefined) throw badRequest('goes together with joinLevel', 'containedBy')
  for (const id of containedBy) if (!isUri(id)) throw badRequest(`"${id}" is no URI`, 'containedBy')
  return { kind, level: kind === 'none' ? 0 : (level ?? 1), containedBy }
}

/** Throws TooComplexQuery where more Relationships would be followed than the configuration allows. */
export function checkJoinLevel({ level }: Linking, { api: { limits } }: Exchange): void {
  if (level <= limits.joinLevel) return
  const detail = `linked entities are followed ${limits.joinLevel} times at most (BOYA_MAX_JOIN_LEVEL)`
  throw new Problem('TooComplexQuery', detail, 'joinLevel')
}
