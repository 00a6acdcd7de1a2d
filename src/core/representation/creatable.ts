/** Whether an entity that comes whole, system times and all, is one that clients could have made of it: by the rules for these. */

import type { TermTable } from '../jsonld/terms.ts'
import { normalizeDateTime } from '../model/date-time.ts'
import type { AttributeInstance, Attributes, Entity, Instant } from '../model/entity.ts'
import { isDeeperThan } from '../model/json-depth.ts'
import { isName } from '../model/name.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { type DecodeContext, decodeEntity } from './decode-entity.ts'
import type { DecodeLimits } from './decoder.ts'
import { differenceOf } from './difference.ts'
import { fault } from './path.ts'
import { renderEntity } from './render-entity.ts'

/**
 * A check that throws BadRequestData unless an entity, sent as it is shown, would be stored as it is, but for its system
 * times (4.5: representations are lossless): so there is no second set of rules. `context.terms`: those of the core alone.
 * A JSON pointer in what is thrown is one into what would be shown.
 */
export function createCreatableCheck(context: DecodeContext): (entity: Entity) => void {
  const { terms, forget } = withAliases(context)
  const naming = { ...context, terms }
  return (entity) => {
    checkTimes(entity, entity.id)
    checkAttributes(entity.attributes, context.limits)
    const sent = renderEntity(entity, { format: 'normalized', sysAttrs: false, terms })
    const difference = differenceOf(entity, decodeEntity(sent, naming))
    forget()
    if (difference === undefined) return
    const { at, found, read } = difference
    throw fault(at, `no client can have made this: ${show(found)} would have been stored as ${show(read)}`)
  }
}

/**
 * An @context may map a term to an IRI that is too long or too odd to be sent in the place of that term: it gets another
 * name for as long as it is looked at.
 */
function withAliases({ terms, limits }: DecodeContext): { readonly terms: TermTable; forget(): void } {
  const aliases = new Map<string, string>()
  const iris = new Map<string, string>()
  const aliasOf = (iri: string): string => {
    const alias = aliases.get(iri) ?? `urn:alias:${aliases.size}`
    aliases.set(iri, alias)
    iris.set(alias, iri)
    return alias
  }
  const isSendable = (name: string): boolean => isName(name) && name.length <= limits.idLength
  return {
    terms: {
      expand: (name) => iris.get(name) ?? terms.expand(name),
      compact: (iri) => {
        const name = terms.compact(iri)
        return isSendable(name) || !ABSOLUTE_IRI.test(iri) ? name : aliasOf(iri)
      },
      compactVocab: terms.compactVocab,
    },
    forget: () => {
      aliases.clear()
      iris.clear()
    },
  }
}

/** What expansion makes of names (JSON-LD 1.1, IRI expansion): a scheme or the `_` of a blank node, and no spaces. */
const ABSOLUTE_IRI = /^(?:[A-Za-z][A-Za-z0-9+.-]*|_):\S*$/

function checkAttributes(attributes: Attributes, limits: DecodeLimits): void {
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      checkTimes(instance, name)
      checkInstance(name, instance, limits)
      if (instance.attributes !== undefined) checkAttributes(instance.attributes, limits)
    }
  }
}

function checkInstance(name: string, { type, value }: AttributeInstance, { json: { depth } }: DecodeLimits): void {
  if (isDeeperThan(depth, value))
    throw badRequest(`the value of ${name} is more than ${depth} objects and arrays deep (BOYA_MAX_JSON_DEPTH)`)
  // What is shown is made from its items.
  if (type === 'ListRelationship' && !Array.isArray(value))
    throw badRequest(`the value of ${name}, a ${type}, is ${show(value)} and no array`)
}

interface SystemTimes {
  readonly createdAt: Instant
  readonly modifiedAt: Instant
  readonly expiresAt?: string
}

function checkTimes({ createdAt, modifiedAt, expiresAt }: SystemTimes, of: string): void {
  if (createdAt > modifiedAt)
    throw badRequest(`${of} was modified at ${modifiedAt}, before it was created at ${createdAt} (4.8)`)
  if (expiresAt !== undefined && normalizeDateTime(expiresAt) !== expiresAt)
    throw badRequest(`${of} expires at ${show(expiresAt)}, which is no date and time in UTC (4.6.3)`)
}
