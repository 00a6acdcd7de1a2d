/** Documents in temporal representation (4.5.6–4.5.9, 5.2.20) → what they add to an evolution. */

import { type Addition, type NewInstance, SCOPE } from '../history/past-instance.ts'
import { buildInstance } from '../model/build.ts'
import { toInstant } from '../model/date-time.ts'
import { asDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Instant, Json, JsonObject } from '../model/entity.ts'
import { type AttributeFragment, removes } from '../model/fragment.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { attributeName } from './attribute-name.ts'
import { decodeAttribute } from './decode-attribute.ts'
import { sameAttribute } from './decode-elements.ts'
import { type DecodeContext, decodeEntityFragment } from './decode-entity.ts'
import { type Decoder, decodeDateTime } from './decoder.ts'
import { below, fault, type Path } from './path.ts'
import { pairsAsInstances } from './temporal-pairs.ts'

/** What a document says, before it is anywhere. */
export interface DecodedEvolution {
  readonly id?: string
  /** IRIs; empty where none were sent. */
  readonly types: readonly string[]
  readonly additions: readonly Addition[]
}

export interface EvolutionContext extends DecodeContext {
  /** Instances of one document at most. */
  readonly instances: number
  /** What has no time of its own comes then; 0: when it is stored. Its sub-Attributes come now. */
  readonly now: Instant
}

/** 5.2.20: with or without "id" and "type". Throws BadRequestData. */
export function decodeEvolution(json: Json, context: EvolutionContext): DecodedEvolution {
  if (!isObject(json)) throw fault(undefined, `expected a JSON object, found ${show(json)}`)
  const { scope, expiresAt, ...rest } = json
  if (expiresAt === NGSI_LD_NULL)
    throw fault(
      below(undefined, 'expiresAt'),
      `"${NGSI_LD_NULL}" removes something; here there is nothing to remove: leave the member out`,
    )
  const attributes = Object.entries(rest).filter(([name]) => !ENTITY_MEMBERS.has(name))
  const members = Object.fromEntries(Object.entries(json).filter(([name]) => MEMBERS.has(name)))
  const { id, types = [] } = decodeEntityFragment(members, 'append', context)
  const decoder = decoderOf(context)
  const seen = new Set<string>()
  const additions = attributes.flatMap(([key, value]) => {
    const path = below(undefined, key)
    const attribute = attributeName(key, path, decoder)
    if (seen.has(attribute)) throw sameAttribute(key, attribute, path)
    seen.add(attribute)
    return decodeInstances(attribute, value, path, decoder, context.now)
  })
  const scopes = scope === undefined ? [] : decodeScope(scope, context, decoder)
  return { ...(id !== undefined && { id }), types, additions: [...scopes, ...additions] }
}

/** 5.6.14: one instance, alone or as the only one of an array. Throws BadRequestData. */
export function decodeOneInstance(json: Json, attribute: string, context: EvolutionContext): NewInstance {
  const decoder = decoderOf(context)
  const found = decodeInstances(attribute, json, undefined, decoder, context.now)
  const [only] = found
  if (only === undefined || found.length > 1)
    throw fault(undefined, `expected one instance of the Attribute, found ${found.length}`)
  return only.instance
}

const MEMBERS = new Set(['id', '@id', 'type', '@type'])
/** 5.2.2: createdAt, modifiedAt and deletedAt are ignored where they are provided. */
const ENTITY_MEMBERS = new Set([...MEMBERS, '@context', 'createdAt', 'modifiedAt', 'deletedAt'])

function decoderOf({ terms, limits, newer = false, instances }: EvolutionContext): Decoder {
  // 5.5.4: NGSI-LD Null stands for a deletion in a temporal evolution; what else it stands for is refused here.
  const budget = { left: instances, setting: 'BOYA_MAX_INSTANCES' }
  const most = { ...limits, attributes: instances }
  return { terms, limits: most, newer, nulls: true, nullsInValues: false, partial: false, budget }
}

function decodeInstances(
  attribute: string,
  json: Json,
  path: Path,
  decoder: Decoder,
  now: Instant,
): readonly Addition[] {
  const instances = pairsAsInstances(json, path) ?? listed(json, path)
  return instances.map(([each, at]) => {
    const [fragment] = decodeAttribute(attribute, each, at, decoder)
    if (fragment === undefined) throw fault(at, `expected an instance of an Attribute, found ${show(each)}`)
    return { attribute, instance: newInstance(fragment, each, at, decoder, now) }
  })
}

/** An array of objects is one of instances, whatever their datasetIds; any other is a value. */
function listed(json: Json, path: Path): readonly (readonly [Json, Path])[] {
  if (!Array.isArray(json)) return [[json, path]]
  if (json.length === 0) throw fault(path, 'the array is empty; send at least one instance, or leave the Attribute out')
  return json.every(isObject) ? json.map((each, i) => [each, below(path, i)] as const) : [[json, path]]
}

function newInstance(fragment: AttributeFragment, json: Json, at: Path, decoder: Decoder, now: Instant): NewInstance {
  const { value, ...others } = fragment
  if (Object.values(others).includes(null) || removes({ attributes: fragment.attributes ?? {} })) {
    throw fault(
      at,
      `"${NGSI_LD_NULL}" may stand for the value of an instance, and so for the deletion of the Attribute; leave other members out`,
    )
  }
  const times = { createdAt: 0, modifiedAt: 0 }
  if (value !== null) return { ...buildInstance(fragment, now), ...times }
  return { ...deletionOf(fragment), ...times, deletedAt: deletedAt(fragment, json, at, decoder, now) }
}

function deletionOf({ type = 'Property', datasetId, observedAt }: AttributeFragment): AttributeInstance {
  const gone = { type, value: NGSI_LD_NULL, createdAt: 0, modifiedAt: 0, ...(datasetId !== undefined && { datasetId }) }
  return { ...asDeleted(gone), ...(typeof observedAt === 'string' && { observedAt }) }
}

/** 4.5.7: "the deletedAt Temporal Property set". */
function deletedAt({ observedAt }: AttributeFragment, json: Json, at: Path, decoder: Decoder, now: Instant): Instant {
  const sent = isObject(json) ? json.deletedAt : undefined
  const time =
    sent === undefined ? observedAt : decodeDateTime(sent, below(at, 'deletedAt'), { ...decoder, nulls: false })
  return typeof time === 'string' ? toInstant(time) : now
}

/** 4.5.6: "a temporal representation of a Property"; a scope as entities have it is one that holds from now on. */
function decodeScope(json: Json, context: EvolutionContext, decoder: Decoder): readonly Addition[] {
  const items = Array.isArray(json) ? json : [json]
  if (!items.some(isObject)) {
    const value = scopesOf(json, context, undefined)
    return [{ attribute: SCOPE, instance: { type: 'Property', value, createdAt: 0, modifiedAt: 0 } }]
  }
  return items.map((item, i) => {
    const path = Array.isArray(json) ? below(below(undefined, 'scope'), i) : below(undefined, 'scope')
    if (!isObject(item)) throw fault(path, `among the instances of the scope, found ${show(item)}`)
    const [{ instance } = NONE] = decodeInstances(SCOPE, item, path, decoder, context.now)
    if (instance === undefined || instance.type !== 'Property')
      throw fault(path, 'an instance of the scope is a Property (4.5.6)')
    if (instance.deletedAt !== undefined) return { attribute: SCOPE, instance }
    return { attribute: SCOPE, instance: { ...instance, value: scopesOf(instance.value, context, path) } }
  })
}

const NONE: { readonly instance?: NewInstance } = {}

function scopesOf(json: Json, context: EvolutionContext, at: Path): readonly string[] {
  const { scopes } = decodeEntityFragment({ scope: json } as JsonObject, 'append', context, at)
  return scopes ?? []
}
