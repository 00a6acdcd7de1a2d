/** Attributes in normalized and concise representation (4.5.2–4.5.5, 4.7.3, 4.5.18–4.5.24) → fragments. */

import type { AttributeType, Json, JsonObject } from '../model/entity.ts'
import { type AttributeFragment, type Removal, type ValueMember, valueMemberOf } from '../model/fragment.ts'
import { looksLikeGeometry } from '../model/geometry.ts'
import { isObject } from '../model/json-object.ts'
import { Problem } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { attributeType, attributeTypeNames, typeOfMember, valueMembers } from './attribute-members.ts'
import { embeddedContext } from './attribute-name.ts'
import { hasAttributeType, hasValueMember, isBareObject, looksLikeFragment } from './bare-value.ts'
import { decodeElements } from './decode-elements.ts'
import { decodePropertyValue, decodeValueOf } from './decode-value.ts'
import { type Decoder, memberFor, removal } from './decoder.ts'
import { below, fault, type Path } from './path.ts'
import { bareReading, objectReading } from './reading.ts'

/** All instances of one Attribute; `name` is its IRI. */
export function decodeAttribute(name: string, json: Json, path: Path, decoder: Decoder): readonly AttributeFragment[] {
  if (!Array.isArray(json) || !holdsInstances(json)) return [decodeInstance(name, json, path, decoder)]
  const instances = json.map((item, i) => {
    if (!isObject(item)) throw fault(below(path, i), `among the instances of an Attribute, found ${show(item)}`)
    return decodeInstance(name, item, below(path, i), decoder)
  })
  const seen = new Set<string | undefined>()
  for (const [i, { datasetId }] of instances.entries()) {
    if (seen.has(datasetId)) throw twice(below(path, i), datasetId)
    seen.add(datasetId)
  }
  return instances
}

/** 4.5.5.1: "There can only be one default Attribute instance for an Attribute with a given Attribute name". */
function twice(path: Path, datasetId: string | undefined) {
  return datasetId === undefined
    ? fault(path, 'a second instance without datasetId; give each further instance a datasetId (4.5.5)')
    : fault(path, `a second instance with datasetId ${datasetId}; each datasetId can stand once`)
}

/** An array is several instances where its items are Attributes; else it is the value of a concise Property. */
function holdsInstances(items: readonly Json[]): boolean {
  if (items.length === 0) return false
  return items.some(hasAttributeType) || items.every(hasValueMember)
}

/** One instance; an array here is a value. */
function decodeInstance(name: string, json: Json, path: Path, decoder: Decoder): AttributeFragment {
  if (--decoder.budget.left < 0) {
    throw fault(path, `${decoder.budget.many(decoder.limits.attributes)} (${decoder.budget.setting})`)
  }
  if (!isObject(json)) return decodeBare(name, 'Property', json, path, decoder)
  if (Object.hasOwn(json, '@context')) throw embeddedContext(below(path, '@context'))
  if (!isBareObject(name, json)) return decodeAttributeObject(name, json, path, decoder)
  return decoder.partial
    ? decodeAmbiguous(name, json, path, decoder)
    : decodeBare(name, 'Property', json, path, decoder)
}

/** An object in a fragment that may be a value, or an Attribute of which only sub-attributes are sent. */
function decodeAmbiguous(name: string, json: JsonObject, path: Path, decoder: Decoder): AttributeFragment {
  const bare = decodeBare(name, 'Property', json, path, decoder)
  if (Object.keys(json).length === 0) return bare
  if (looksLikeFragment(json)) return decodeMembers(name, json, undefined, path, decoder)
  return { ...bare, otherwise: () => attempt(name, json, path, decoder) }
}

/**
 * Undefined where the object is no fragment of an Attribute at all. It has a budget of its own: what turns out to be a
 * value has no attributes that could count, and what is called twice has to say the same twice.
 */
function attempt(name: string, json: JsonObject, path: Path, decoder: Decoder): AttributeFragment | undefined {
  try {
    const budget = { ...decoder.budget, left: decoder.limits.attributes }
    return decodeMembers(name, json, undefined, path, { ...decoder, budget })
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

/** An object that is an Attribute, or a fragment of one. Throws BadRequestData where it is none. */
export function decodeAttributeObject(name: string, json: JsonObject, path: Path, decoder: Decoder): AttributeFragment {
  const member = memberFor('type', json, path)
  const type = json[member]
  const known = attributeType(type)
  if (known !== undefined) return decodeMembers(name, json, known, path, decoder)
  if (type !== undefined) return decodeTyped(name, json, type, below(path, member), path, decoder)
  return decodeUntyped(name, json, path, decoder)
}

/** 4.5.2.3: "If the provided value is a JSON object and contains a "type" field, the whole Attribute shall be treated as a normalized representation". */
function decodeTyped(
  name: string,
  json: JsonObject,
  type: Json,
  typePath: Path,
  path: Path,
  decoder: Decoder,
): AttributeFragment {
  if (looksLikeGeometry(json)) {
    return decodeBare(name, 'GeoProperty', json, path, decoder)
  }
  // 4.3.6.8: what a later version may call so is a Property or a Relationship here.
  const later = decoder.newer && typeof type === 'string'
  if (later && json.object !== undefined) return decodeMembers(name, json, 'Relationship', path, decoder)
  if (later && json.value !== undefined) return decodeMembers(name, json, 'Property', path, decoder)
  throw fault(
    typePath,
    `${show(type)} is no attribute type: an object with a "type" is read as an Attribute, whose type is one of ${attributeTypeNames}. ` +
      'If the object is the value of a Property, send {"type":"Property","value":{…}}',
  )
}

/** Concise: the type follows from the value member that is there (4.5.2.3, 4.5.3.3, 4.5.18.3 …). */
function decodeUntyped(name: string, json: JsonObject, path: Path, decoder: Decoder): AttributeFragment {
  const found = valueMembers.filter((member) => Object.hasOwn(json, member))
  if (found.length > 1) throw fault(path, `"${found.join('" and "')}" in one Attribute: it has one kind of value`)
  const [member] = found
  if (member !== undefined || decoder.partial) return decodeMembers(name, json, undefined, path, decoder, member)
  throw fault(
    path,
    'an Attribute needs a value: "value", "object", "languageMap", "vocab", "json", "valueList" or "objectList"',
  )
}

/** A value that stands alone: of a Property, a GeoProperty, or of what the Attribute is that it is merged into. */
export function decodeBare(
  name: string,
  type: AttributeType,
  json: Json,
  path: Path,
  decoder: Decoder,
): AttributeFragment {
  if (json === NGSI_LD_NULL) return { typeSent: false, value: removal(path, decoder) }
  if (decoder.partial) {
    // 5.6.4.4: what 5.5.4 refuses whatever is there is told before what is not there.
    if (!decoder.nullsInValues) decodePropertyValue(json, path, decoder)
    return { type, typeSent: false, reading: bareReading(name, json, path, decoder) }
  }
  return { type, typeSent: false, value: decodeValueOf(name, type, json, path, decoder) }
}

function decodeMembers(
  name: string,
  json: JsonObject,
  sent: AttributeType | undefined,
  path: Path,
  decoder: Decoder,
  only?: ValueMember,
): AttributeFragment {
  const member = sent === undefined ? only : valueMemberOf[sent]
  const raw = member === undefined ? undefined : json[member]
  const type = sent ?? (member === undefined ? undefined : inferredType(member, raw))
  if (raw === undefined && !decoder.partial) throw fault(path, `a ${type} needs the member "${member}"`)
  // "value" is that of several types, and without any value the fragment can be one of all.
  const decided = !decoder.partial || sent !== undefined || (member !== undefined && member !== 'value')
  const known = decided ? type : undefined
  const value = valueKnown(name, known, member, raw, path, decoder)
  const { attributes, ...found } = decodeElements(name, json, known, path, decoder, decodeAttribute)
  const object = { name, json, path, sent, member: raw === undefined ? undefined : member, decided, value }
  return {
    ...(type !== undefined && { type }),
    typeSent: sent !== undefined,
    ...(value !== undefined && { value }),
    ...(decoder.partial && { reading: objectReading(object, decoder) }),
    ...found,
    ...(attributes !== undefined && { attributes }),
  }
}

/** The value as far as it can be read yet: what is not decided is NGSI-LD Null, or else at least no Property's fault. */
function valueKnown(
  name: string,
  type: AttributeType | undefined,
  member: ValueMember | undefined,
  raw: Json | undefined,
  path: Path,
  decoder: Decoder,
): Json | Removal | undefined {
  if (raw === undefined || member === undefined) return undefined
  if (type !== undefined) return decodeValueOf(name, type, raw, below(path, member), decoder)
  return decodePropertyValue(raw, below(path, member), decoder) === null ? null : undefined
}

/** 4.7.3: "if the Property value resolves to a supported GeoJSON geometry, the type "GeoProperty" shall be inferred". */
function inferredType(member: ValueMember, raw: Json | undefined): AttributeType {
  return member === 'value' && looksLikeGeometry(raw) ? 'GeoProperty' : typeOfMember[member]
}
