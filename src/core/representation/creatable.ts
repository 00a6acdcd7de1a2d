/** Whether an entity that comes whole, system times and all, is one that clients could have made of it: by the rules for these. */

import type { TermTable } from '../jsonld/terms.ts'
import { createEntity } from '../model/build.ts'
import type { AttributeInstance, Attributes, Entity, Json } from '../model/entity.ts'
import { isDeeperThan } from '../model/json-depth.ts'
import { isObject } from '../model/json-object.ts'
import { stringifyJson } from '../model/json-text.ts'
import { isName } from '../model/name.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { type DecodeContext, decodeEntity } from './decode-entity.ts'
import type { DecodeLimits } from './decoder.ts'
import { below, fault, type Path } from './path.ts'
import { renderEntity } from './render-entity.ts'

/**
 * Throws BadRequestData unless the entity, sent as it is shown, would be stored as it is, but for its system times
 * (4.5: representations are lossless): so there is no second set of rules. `context.terms`: those of the core alone. A
 * JSON pointer in what is thrown is one into what would be shown.
 */
export function checkCreatable(entity: Entity, context: DecodeContext): void {
  checkTimes(entity, entity.id)
  checkAttributes(entity.attributes, context.limits)
  const terms = withAliases(context.terms, context.limits)
  const sent = renderEntity(entity, { format: 'normalized', sysAttrs: true, terms })
  const made = createEntity(entity.id, decodeEntity(sent, { ...context, terms }), 0)
  const expected = timeless(entity)
  if (textOf(made) !== textOf(expected)) throw notAsStored(expected, made)
}

/**
 * An @context may map a term to an IRI that is too long or too odd to be sent in the place of that term: it gets another
 * name for as long as it is looked at.
 */
function withAliases({ expand, compact, compactVocab }: TermTable, { idLength }: DecodeLimits): TermTable {
  const aliases = new Map<string, string>()
  const iris = new Map<string, string>()
  const aliasOf = (iri: string): string => {
    const alias = aliases.get(iri) ?? `urn:alias:${aliases.size}`
    aliases.set(iri, alias)
    iris.set(alias, iri)
    return alias
  }
  return {
    expand: (name) => iris.get(name) ?? expand(name),
    compact: (iri) => {
      const name = compact(iri)
      const fits = (isName(name) && name.length <= idLength) || !ABSOLUTE_IRI.test(iri)
      return fits ? name : aliasOf(iri)
    },
    compactVocab,
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

function checkTimes(
  { createdAt, modifiedAt }: { readonly createdAt: number; readonly modifiedAt: number },
  of: string,
) {
  if (createdAt > modifiedAt)
    throw badRequest(`${of} was modified at ${modifiedAt}, before it was created at ${createdAt} (4.8)`)
}

function textOf(entity: Entity): string {
  return stringifyJson(entity).text
}

function timeless(entity: Entity): Entity {
  return { ...entity, createdAt: 0, modifiedAt: 0, attributes: withoutTimes(entity.attributes) }
}

function withoutTimes(attributes: Attributes): Attributes {
  const timelessOnes = Object.entries(attributes).map(([name, instances]) => [name, instances.map(timelessInstance)])
  return Object.fromEntries(timelessOnes)
}

function timelessInstance(instance: AttributeInstance): AttributeInstance {
  const { attributes } = instance
  return {
    ...instance,
    createdAt: 0,
    modifiedAt: 0,
    ...(attributes !== undefined && { attributes: withoutTimes(attributes) }),
  }
}

function notAsStored(found: Entity, made: Entity) {
  const [path, a, b] = differenceOf(found as unknown as Json, made as unknown as Json, undefined)
  return fault(path, `no client can have made this: ${show(a)} would have been stored as ${show(b)}`)
}

/** The deepest place that all differences of two values have in common begins with; what stands there in each. */
function differenceOf(a: Json | undefined, b: Json | undefined, path: Path): readonly [Path, unknown, unknown] {
  if (!isObject(a) || !isObject(b)) return [path, a, b]
  const key = Object.keys({ ...a, ...b }).find((name) => stringifyJson(a[name]).text !== stringifyJson(b[name]).text)
  return key === undefined ? [path, a, b] : differenceOf(a[key], b[key], below(path, key))
}
