/** Documents in temporal representation (4.5.6–4.5.9, 5.2.20) → what they add to an evolution. */

import { type Addition, type NewInstance, SCOPE } from '../history/past-instance.ts'
import type { Json } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { attributeName } from './attribute-name.ts'
import { hasAttributeType, hasValueMember } from './bare-value.ts'
import { sameAttribute } from './decode-elements.ts'
import { decodeEntityFragment } from './decode-entity.ts'
import { decodeInstances, type EvolutionContext, type InstanceDecoder, instanceDecoder } from './decode-instances.ts'
import { decodeScope } from './decode-scope.ts'
import { below, fault, type Path } from './path.ts'

/** What a document says, before it is anywhere. */
export interface DecodedEvolution {
  readonly id?: string
  /** IRIs; empty where none were sent. */
  readonly types: readonly string[]
  readonly additions: readonly Addition[]
}

/** 5.2.20: with or without "id" and "type". Throws BadRequestData. */
export function decodeEvolution(json: Json, context: EvolutionContext): DecodedEvolution {
  if (!isObject(json)) throw fault(undefined, `expected a JSON object, found ${show(json)}`)
  const members = Object.fromEntries(Object.entries(json).filter(([name]) => MEMBERS.has(name)))
  const { id, types = [] } = decodeEntityFragment(members, 'append', context)
  const decoder = instanceDecoder(context)
  const seen = new Set<string>()
  const additions: Addition[] = []
  if (json.scope !== undefined)
    additions.push(...asAdditions(SCOPE, decodeScope(json.scope, below(undefined, 'scope'), decoder)))
  for (const [key, value] of Object.entries(json)) {
    if (NO_ATTRIBUTES.has(key)) continue
    const path = below(undefined, key)
    const attribute = attributeName(key, path, decoder)
    if (seen.has(attribute)) throw sameAttribute(key, attribute, path)
    seen.add(attribute)
    const found = decodeInstances(attribute, value, path, decoder)
    additions.push(
      ...asAdditions(
        attribute,
        found.map(([instance]) => instance),
      ),
    )
  }
  return { ...(id !== undefined && { id }), types, additions }
}

/** An Attribute as a request names it. */
export interface NamedAttribute {
  /** As it stands in the request. */
  readonly name: string
  /** IRI. */
  readonly attribute: string
}

/**
 * 5.6.14: one instance of the Attribute, alone or as the only one of an array, or an Entity Fragment with nothing but that.
 * Throws BadRequestData.
 * @param instanceId of the instance that it replaces: it may say so, and cannot become another one
 */
export function decodeOneInstance(
  json: Json,
  named: NamedAttribute,
  instanceId: string,
  context: EvolutionContext,
): NewInstance {
  const [sent, path] = instanceIn(json, named.name)
  checkInstanceId(sent, path, instanceId)
  const found = instancesOf(sent, path, named.attribute, instanceDecoder(context))
  const [only] = found
  if (only === undefined || found.length > 1)
    throw fault(path, `expected one instance of the Attribute, found ${found.length}`)
  return only
}

function checkInstanceId(sent: Json, path: Path, instanceId: string): void {
  const [one, at] = Array.isArray(sent) && sent.length === 1 ? [sent[0], below(path, 0)] : [sent, path]
  if (!isObject(one) || one.instanceId === undefined || one.instanceId === instanceId) return
  throw fault(
    below(at, 'instanceId'),
    `is ${show(one.instanceId)}, and the instance that is replaced is ${instanceId}, which it stays; leave it out`,
  )
}

function instanceIn(json: Json, name: string): readonly [Json, Path] {
  if (!isObject(json) || hasValueMember(json) || hasAttributeType(json)) return [json, undefined]
  const value = json[name]
  if (value === undefined)
    throw fault(
      undefined,
      `is no instance of an Attribute, such as {"type":"Property","value":1}, nor has it a member "${name}" with one`,
    )
  const more = Object.keys(json).find((key) => key !== name && !NO_ATTRIBUTES.has(key))
  if (more === undefined) return [value, below(undefined, name)]
  throw fault(below(undefined, more), `stands beside "${name}", of which one instance is replaced; leave it out`)
}

function instancesOf(json: Json, path: Path, attribute: string, decoder: InstanceDecoder): readonly NewInstance[] {
  if (attribute === SCOPE) return decodeScope(json, path, decoder)
  return decodeInstances(attribute, json, path, decoder).map(([instance]) => instance)
}

/** What an Entity has beside Attributes (5.2.4); that it expires says nothing of what it was, but has to be a time. */
const MEMBERS = new Set(['id', '@id', 'type', '@type', 'expiresAt'])
/** 5.2.2: createdAt, modifiedAt and deletedAt are ignored where they are provided. */
const NO_ATTRIBUTES = new Set([...MEMBERS, 'scope', '@context', 'createdAt', 'modifiedAt', 'deletedAt'])

function asAdditions(attribute: string, instances: readonly NewInstance[]): readonly Addition[] {
  return instances.map((instance) => ({ attribute, instance }))
}
