/** Concise representation: values that stand alone (4.5.2.3, 4.7.3), by one rule for what is read and what is written. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { attributeType, elements, seals, valueMembers } from './attribute-members.ts'
import { PROOF } from './decode-value.ts'

/** Whether it has a member that only an Attribute's object has for its value. */
export function hasValueMember(json: Json): boolean {
  return isObject(json) && valueMembers.some((member) => Object.hasOwn(json, member))
}

/** Whether it says that it is an Attribute. */
export function hasAttributeType(json: Json): boolean {
  return isObject(json) && (attributeType(json.type) !== undefined || attributeType(json['@type']) !== undefined)
}

/** Whether an object that stands for the Attribute named `name`, an IRI, is the value of a Property and no Attribute (4.5.2.3). */
export function isBareObject(name: string, json: JsonObject): boolean {
  if (json.type !== undefined || hasValueMember(json)) return false
  // 5.5.7: inside an Attribute, where a reader takes this to be, there is no @context.
  if (Object.hasOwn(json, '@context')) return false
  if (Object.hasOwn(json, '@value')) return true
  return (
    json['@type'] === undefined &&
    !Object.keys(json).some((key) => elements.has(key) || (name === PROOF && seals.has(key)))
  )
}

/** Whether a patch takes an object that is bare for an Attribute of which only sub-attributes are sent (5.5.12). */
export function looksLikeFragment(json: JsonObject): boolean {
  const members = Object.values(json)
  return members.length > 0 && members.every((value) => hasValueMember(value) || hasAttributeType(value))
}

/** Whether an object that reads as a geometry is one also where it stands alone (4.7.3). */
export function isBareGeometry(json: JsonObject): boolean {
  return json['@type'] === undefined && !Object.hasOwn(json, '@context')
}

/**
 * Whether nobody would take the value of a Property for an Attribute, a geometry or several instances. Stricter than what
 * is read: an array of which one item could be an Attribute is not written bare.
 */
export function isUnmistakable(name: string, value: Json): boolean {
  if (Array.isArray(value)) return value.every((item) => !isObject(item) || isBareObject(name, item))
  return !isObject(value) || (isBareObject(name, value) && !looksLikeFragment(value))
}
