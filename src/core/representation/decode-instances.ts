/** Instances of one Attribute in temporal representation (4.5.7–4.5.9) → what they add to an evolution. */

import type { NewInstance } from '../history/past-instance.ts'
import { buildInstance } from '../model/build.ts'
import { toInstant } from '../model/date-time.ts'
import { asDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Instant, Json } from '../model/entity.ts'
import { type AttributeFragment, removes } from '../model/fragment.ts'
import { isObject } from '../model/json-object.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { decodeAttribute } from './decode-attribute.ts'
import { type DecodeContext, geoNamed } from './decode-entity.ts'
import { type Decoder, decodeDateTime } from './decoder.ts'
import { below, fault, type Path } from './path.ts'
import { pairsAsInstances } from './temporal-pairs.ts'

export interface EvolutionContext extends DecodeContext {
  /** Instances of one document at most. */
  readonly instances: number
  /** What has no time of its own comes then; 0: when it is stored. Its sub-Attributes come now. */
  readonly now: Instant
  /** Whether `createdAt` and `modifiedAt` are taken as they are sent: of what was exported. Clients have no say in them (5.2.2). */
  readonly keepsTimes?: boolean
}

/** One document: it counts its instances down. */
export interface InstanceDecoder extends Decoder, Pick<EvolutionContext, 'now' | 'keepsTimes'> {}

export function instanceDecoder(context: EvolutionContext): InstanceDecoder {
  const { terms, limits, newer = false, instances, now, keepsTimes = false } = context
  return {
    ...{ terms, newer, now, keepsTimes, partial: false },
    limits: { ...limits, attributes: instances },
    // 5.5.4: NGSI-LD Null stands for a deletion in a temporal evolution; what else it stands for is refused here.
    nulls: true,
    nullsInValues: false,
    budget: {
      ...{ left: instances, setting: 'BOYA_MAX_INSTANCES' },
      many: (limit) => `there are more than ${limit} instances in one request; send them in several`,
    },
  }
}

/** With where each stands. `attribute`: its IRI. Throws BadRequestData. */
export function decodeInstances(
  attribute: string,
  json: Json,
  path: Path,
  decoder: InstanceDecoder,
): readonly (readonly [NewInstance, Path])[] {
  const instances = pairsAsInstances(json, path) ?? listed(json, path)
  return instances.map(([each, at]) => [decodeInstance(attribute, each, at, decoder), at])
}

/** An array of objects is one of instances, whatever their datasetIds; any other is a value. */
function listed(json: Json, path: Path): readonly (readonly [Json, Path])[] {
  if (!Array.isArray(json)) return [[json, path]]
  if (json.length === 0) throw fault(path, 'the array is empty; send at least one instance, or leave the Attribute out')
  return json.every(isObject) ? json.map((each, i) => [each, below(path, i)] as const) : [[json, path]]
}

function decodeInstance(attribute: string, json: Json, at: Path, decoder: InstanceDecoder): NewInstance {
  const [fragment] = decodeAttribute(attribute, json, at, decoder)
  if (fragment === undefined) throw fault(at, `expected an instance of an Attribute, found ${show(json)}`)
  const { value, ...others } = geoNamed(attribute, fragment, at)
  if (Object.values(others).includes(null) || removes({ attributes: fragment.attributes ?? {} })) {
    throw fault(
      at,
      `"${NGSI_LD_NULL}" may stand for the value of an instance, and so for the deletion of the Attribute; leave other members out`,
    )
  }
  const times = systemTimes(json, at, decoder)
  if (value !== null) return { ...buildInstance(fragment, decoder.now), ...times }
  return { ...deletionOf(fragment), ...times, deletedAt: deletedAt(fragment, json, at, decoder) }
}

function systemTimes(json: Json, at: Path, decoder: InstanceDecoder): Pick<NewInstance, 'createdAt' | 'modifiedAt'> {
  if (!decoder.keepsTimes) return { createdAt: 0, modifiedAt: 0 }
  const createdAt = sentTime(json, 'createdAt', at, decoder) ?? 0
  return { createdAt, modifiedAt: sentTime(json, 'modifiedAt', at, decoder) ?? createdAt }
}

function sentTime(json: Json, member: string, at: Path, decoder: Decoder): Instant | undefined {
  const sent = isObject(json) ? json[member] : undefined
  if (sent === undefined) return undefined
  const time = decodeDateTime(sent, below(at, member), { ...decoder, nulls: false })
  return time === null ? undefined : toInstant(time)
}

function deletionOf({ type = 'Property', datasetId, observedAt }: AttributeFragment): AttributeInstance {
  const gone = { type, value: NGSI_LD_NULL, createdAt: 0, modifiedAt: 0, ...(datasetId !== undefined && { datasetId }) }
  return { ...asDeleted(gone), ...(typeof observedAt === 'string' && { observedAt }) }
}

/** 4.5.7: "the deletedAt Temporal Property set". */
function deletedAt({ observedAt }: AttributeFragment, json: Json, at: Path, decoder: InstanceDecoder): Instant {
  const observed = typeof observedAt === 'string' ? toInstant(observedAt) : decoder.now
  return sentTime(json, 'deletedAt', at, decoder) ?? observed
}
