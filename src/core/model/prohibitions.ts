/** Non-reified elements that have no place in Attributes of some types ("Prohibited" in 4.5.2.2 and its like). */

import type { AttributeType } from './entity.ts'

const RELATIONSHIPS: readonly AttributeType[] = ['Relationship', 'ListRelationship']
const UNITLESS: readonly AttributeType[] = [...RELATIONSHIPS, 'LanguageProperty', 'VocabProperty', 'JsonProperty']

/** Why a non-reified element has no place in an Attribute of that type; undefined where it has. */
export function prohibition(element: string, type: AttributeType): string | undefined {
  if (element === 'unitCode' && UNITLESS.includes(type)) return `a ${type} has no unit`
  if (element === 'valueType' && RELATIONSHIPS.includes(type)) return `a ${type} has no value, so no valueType`
  if (element === 'objectType' && !RELATIONSHIPS.includes(type))
    return `objectType is for Relationships, not for a ${type}`
  return undefined
}
